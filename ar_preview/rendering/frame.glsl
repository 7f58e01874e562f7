// Shared by every stage: the frame's camera and light.
layout(std140) uniform FrameBlock {
    vec4 u_focal;         // fx, fy, cx - x0, cy - y0 (px)
    vec4 u_viewport;      // width, height (px), near, far (m)
    vec4 u_distortion;    // k1, k2, p1, p2
    vec4 u_distortion2;   // k3, largest squared radius, 1 if distorted, last environment layer
    vec4 u_reflection;    // colour factor on the environment, texels a side of its map
    vec4 u_irradiance[9]; // cosine-convolved harmonics / pi, by sh_basis order with constants
};
