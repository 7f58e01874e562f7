// What is worn where one draw is.
layout(std140) uniform DrawBlock {
    vec4 u_fade;             // camera-space plane whose value falls from 1 to 0
    mat4 u_unit_from_camera; // to the space in which the body is the unit sphere at the origin
    vec3 u_body_radii2;      // its half-axes, squared
    float u_opacity;
    vec3 u_body_light;       // its radiance
    float u_roughness;       // of the material
    vec4 u_beside[2];        // radiance of what stands beside it at +x and -x; alpha: is known
};
