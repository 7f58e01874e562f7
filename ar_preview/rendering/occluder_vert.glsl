in vec3 in_position;
#ifdef HAS_SHADOW
in vec2 in_uv;
out vec2 v_uv;
#endif

void main() {
#ifdef HAS_SHADOW
    v_uv = in_uv;
#endif
    gl_Position = clip_from_camera(in_position);
}
