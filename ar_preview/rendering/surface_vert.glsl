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
    gl_Position = clip_from_camera(p);
}
