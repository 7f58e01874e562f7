// What hides pieces leaves the picture as it is, but for the shadow that they cast on it.
#ifdef HAS_SHADOW
uniform sampler2D t_shadow; // square root of the share of light that stays
uniform float u_strength;
in vec2 v_uv;
layout(location = 0) out vec4 out_transmit;

void main() {
    out_transmit = vec4(mix(vec3(1.0), texture(t_shadow, v_uv).rgb, u_strength), 1.0);
}
#else
void main() {}
#endif
