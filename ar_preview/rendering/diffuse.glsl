// Irradiance / pi: what a white matte surface sends back.
vec3 diffuse_light(vec3 n) {
    vec3 e = u_irradiance[0].rgb
        + u_irradiance[1].rgb * n.y + u_irradiance[2].rgb * n.z + u_irradiance[3].rgb * n.x
        + u_irradiance[4].rgb * (n.x * n.y) + u_irradiance[5].rgb * (n.y * n.z)
        + u_irradiance[6].rgb * (3.0 * n.z * n.z - 1.0)
        + u_irradiance[7].rgb * (n.x * n.z) + u_irradiance[8].rgb * (n.x * n.x - n.y * n.y);
    return max(e, vec3(0.0));
}
