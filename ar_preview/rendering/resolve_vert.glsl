// A tile: its place in the target.
in vec2 in_corner;      // of the tile, px
uniform vec2 u_size;    // of the target, px

void main() {
    gl_Position = vec4(2.0 * (in_corner + 0.5 * float(TILE_PX)) / u_size - 1.0, 0.0, 1.0);
}
