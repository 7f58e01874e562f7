in vec3 in_position;

void main() {
    gl_Position = clip_from_camera(in_position);
}
