// The middle of a tile.
in vec2 in_middle;
#ifdef HAS_SHADE
uniform vec4 u_shade_place; // corner of this target in the picture, px; its coordinates for a px
flat out vec4 v_shade_place; // as told.glsl
#endif

void main() {
#ifdef HAS_SHADE
    v_shade_place = u_shade_place;
#endif
    gl_Position = vec4(in_middle, 0.0, 1.0);
}
