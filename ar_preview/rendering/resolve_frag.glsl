// From linear light over the samples of a pixel to the two factors on encoded values:
// encode(T b + A) = transmit * encode(b) + add, exactly, for the real pixel b behind.
#ifdef HAS_PIECES
uniform sampler2DMS t_light;
#endif
#ifdef HAS_TINT
uniform sampler2DMS t_transmit;
#endif
#ifdef HAS_SHADE
uniform sampler2D t_shade; // square root of the light that shadows leave
flat in vec4 v_shade_place;
#endif
uniform sampler2D t_frame;

layout(location = 0) out vec4 out_add;
layout(location = 1) out vec4 out_transmit;

// sRGB within 0.08 % of full scale by a square root and a polynomial of it (least maximum): pow is
// slow on a CPU, and only differences and ratios of these values count below. The straight foot
// of the curve is exact: in dark pixels the ratio would otherwise be anything.
vec3 encode(vec3 c) {
    vec3 r = sqrt(c);
    vec3 curve = r * (r * (r * (r * -0.30955437 + 0.84272956) - 0.94479937) + 1.44787833)
        - 0.03700275;
    return mix(curve, 12.92 * c, lessThan(c, vec3(0.0031308)));
}

// Its inverse, as near in encoded values.
vec3 decode(vec3 c) {
    vec3 curve = c * (c * (c * (c * -0.11680105 + 0.52652912) + 0.56036222) + 0.02840591)
        + 0.00104619;
    return mix(curve, c / 12.92, lessThan(c, vec3(0.04045)));
}

#ifdef HAS_PIECES
vec3 light = vec3(0.0), through = vec3(0.0);

void add_sample(ivec2 pixel, int i) {
    vec4 surface = texelFetch(t_light, pixel, i);
    light += surface.rgb;
    vec3 kept = vec3(1.0 - surface.a);
#ifdef HAS_TINT
    vec3 root = texelFetch(t_transmit, pixel, i).rgb;
    kept *= root * root;
#endif
    through += kept;
}
#endif

#if defined(HAS_PIECES) || defined(HAS_SHADE)
void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
#ifdef HAS_PIECES
    // Without loops or branches: drivers on a CPU make twice as slow code of them.
    add_sample(pixel, 0);
#if SAMPLES > 1
    add_sample(pixel, 1);
#endif
#if SAMPLES > 2
    add_sample(pixel, 2);
    add_sample(pixel, 3);
#endif
    light /= float(SAMPLES);
    through /= float(SAMPLES);
#else
    vec3 through = vec3(1.0);
#endif
#ifdef HAS_SHADE
    vec3 shade = texture(t_shade, (gl_FragCoord.xy + v_shade_place.xy) * v_shade_place.zw).rgb;
    through *= shade * shade;
#endif
    vec3 behind = texelFetch(t_frame, pixel, 0).rgb;
    bvec3 black = lessThan(behind, vec3(1e-3));
    // The share of the encoded value that stays; as if the pixel were white where it is black.
    vec3 linear = decode(mix(behind, vec3(1.0), black));
    vec3 filtered = through * linear, encoded = encode(filtered);
    vec3 share = clamp(encoded / encode(linear), 0.0, 1.0);
#ifdef HAS_PIECES
    vec3 kept = floor(share * 255.0 + 0.5) / 255.0;
    // Differences of encoded values: where there is no light, exactly nothing is added.
    filtered = mix(filtered, vec3(0.0), black);
    vec3 lit = encode(min(filtered + light, vec3(1.0))) - mix(encoded, vec3(0.0), black);
    out_add = vec4(max(lit + (share - kept) * behind, vec3(0.0)), 1.0);
    out_transmit = vec4(kept, 1.0);
#else
    out_add = vec4(0.0);
    out_transmit = vec4(share, 1.0);
#endif
}
#else
void main() {
    out_add = vec4(0.0);
    out_transmit = vec4(1.0);
}
#endif
