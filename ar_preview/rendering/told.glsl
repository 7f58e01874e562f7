// What fragments are told of frame, draw and material. A driver on a CPU fetches each number of a
// block for every pixel by itself; what is the same all over a triangle it has at hand.
#ifdef ON_CPU
#ifdef VERTEX
out Told {
#else
in Told {
#endif
    flat vec4 u_distortion2;
    flat vec4 u_reflection;
    flat vec4 u_irradiance[9];
    flat mat4 u_unit_from_camera;
    flat vec3 u_body_radii2;
    flat float u_opacity;
    flat vec4 u_beside[2];
    flat vec4 m_base_color;
    flat vec4 m_emissive;
    flat vec4 m_surface;
    flat vec4 m_specular;
    flat vec4 m_coat;
    flat vec4 m_absorption;
    flat vec4 m_sheen;
    flat vec4 m_film;
#ifdef VERTEX
} told;

// What the fragments have no use for is left out when the two are linked.
void tell() {
    told.u_distortion2 = u_distortion2;
    told.u_reflection = u_reflection;
    told.u_irradiance = u_irradiance;
    told.u_unit_from_camera = u_unit_from_camera;
    told.u_body_radii2 = u_body_radii2;
    told.u_opacity = u_opacity;
    told.u_beside = u_beside;
    told.m_base_color = m_base_color;
    told.m_emissive = m_emissive;
    told.m_surface = m_surface;
    told.m_specular = m_specular;
    told.m_coat = m_coat;
    told.m_absorption = m_absorption;
    told.m_sheen = m_sheen;
    told.m_film = m_film;
}
#else
};
#endif
#endif
