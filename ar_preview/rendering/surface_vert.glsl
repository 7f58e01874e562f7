in vec3 in_position;
in vec3 in_normal;
in vec2 in_uv;
in float in_node;
#ifdef HAS_SECOND_UV
in vec2 in_second_uv;
out vec2 v_second_uv;
#endif
#ifdef HAS_COLOR
in vec4 in_color;
centroid out vec4 v_color;
#endif

#ifdef HAS_FADE
out float v_fade;
#endif

out vec3 v_position;
centroid out vec3 v_normal;
out vec3 v_normal_middle;
out vec2 v_uv;
#ifdef HAS_BODY
out vec4 v_body_light;
#endif
#ifdef LIT_BY_VERTEX
out vec3 v_diffuse_light;
#if defined(HAS_BODY) && defined(CLEAR_GLASS)
out float v_body_met;
#endif
#endif

#ifdef HAS_BODY
const float PIECE = 0.004; // half the height of a temple or rim, m
const float LEAST_GAP = 0.05; // as the ellipsoid is only coarse; of its half-axis

// What it sends back to a place beside it, as its own side there is lit; alpha: the share of the
// sky that the piece leaves to what it lies on. A long bar hides a / sqrt(a^2 + gap^2).
vec4 body_light(vec3 p) {
    vec3 q = (u_unit_from_camera * vec4(p, 1.0)).xyz;
    vec3 outwards = normalize(q * mat3(u_unit_from_camera));
    const vec3 luminance = vec3(0.2126, 0.7152, 0.0722);
    float seen = dot(diffuse_light(vec3(0.0, 0.0, -1.0)), luminance);
    float here = dot(diffuse_light(outwards), luminance);
    float gap = max(length(q) - 1.0, LEAST_GAP);
    float half_height = PIECE * inversesqrt(u_body_radii2.x);
    float hidden = half_height * inversesqrt(half_height * half_height + gap * gap);
    return vec4(u_body_light * clamp(here / max(seen, 1e-3), 0.0, 1.5), 1.0 - hidden);
}
#endif

invariant gl_Position;

void main() {
    int row = 6 * int(in_node);
    vec4 place = vec4(in_position, 1.0);
    vec3 p = vec3(dot(u_node_rows[row], place), dot(u_node_rows[row + 1], place),
                  dot(u_node_rows[row + 2], place));
    v_position = p;
#ifdef HAS_FADE
    v_fade = dot(u_fade.xyz, p) + u_fade.w;
#endif
    v_normal = vec3(dot(u_node_rows[row + 3].xyz, in_normal),
                    dot(u_node_rows[row + 4].xyz, in_normal),
                    dot(u_node_rows[row + 5].xyz, in_normal));
    v_normal_middle = v_normal;
    v_uv = in_uv;
#ifdef HAS_SECOND_UV
    v_second_uv = in_second_uv;
#endif
#ifdef HAS_BODY
    v_body_light = body_light(p);
#endif
#ifdef LIT_BY_VERTEX
    vec3 n = normalize(v_normal);
    v_diffuse_light = diffuse_light(n);
#ifdef HAS_BODY
    v_diffuse_light = mix(v_diffuse_light, v_body_light.rgb, body_over(p, n));
#ifdef CLEAR_GLASS
    v_body_met = body_along(p, reflect(normalize(p), n), u_roughness);
#endif
#endif
#endif
#ifdef HAS_COLOR
    v_color = in_color;
#endif
#ifdef ON_CPU
    tell();
#endif
    gl_Position = clip_from_camera(p);
}
