// Where the nodes of one draw are: three rows of camera_from_node, three of normals' own.
layout(std140) uniform NodeBlock {
    vec4 u_node_rows[6 * MOST_NODES];
};
