// The numbers of one glTF material.
layout(std140) uniform MaterialBlock {
    vec4 m_base_color;
    vec4 m_emissive;    // rgb, alpha cutoff
    vec4 m_surface;     // metallic, roughness, occlusion strength, normal scale
    vec4 m_specular;    // colour, strength
    vec4 m_coat;        // clearcoat, its roughness, ior, transmission
    vec4 m_absorption;  // optical depth of the thickness at normal incidence, is BLEND
    vec4 m_sheen;       // colour, roughness
    vec4 m_film;        // iridescence, scale of the coat's normals
};
