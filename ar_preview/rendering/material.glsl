// What the numbers and textures of one glTF material make of a place on it.
in vec2 v_uv;
#ifdef HAS_SECOND_UV
in vec2 v_second_uv;
#endif

#ifdef MOVES_UV
layout(std140) uniform TextureBlock {
    vec4 m_uv_rows[32]; // two rows a texture, in the order of resources.py; w: second set
};

vec2 texture_uv(int slot) {
    vec4 row = m_uv_rows[2 * slot];
    vec3 uv = vec3(v_uv, 1.0);
#ifdef HAS_SECOND_UV
    if (row.w > 0.5) uv.xy = v_second_uv;
#endif
    return vec2(dot(row.xyz, uv), dot(m_uv_rows[2 * slot + 1].xyz, uv));
}
#else
vec2 texture_uv(int slot) {
    return v_uv;
}
#endif

// Within 0.2 % of the sRGB transfer function and free of pow.
vec3 linear_from_srgb(vec3 c) {
    return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
}

#ifdef HAS_COLOR
centroid in vec4 v_color;
#endif
#ifdef HAS_BASE_TEXTURE
uniform sampler2D t_base;
#endif

vec4 base_color() {
    vec4 c = m_base_color;
#ifdef HAS_COLOR
    c *= v_color;
#endif
#ifdef HAS_BASE_TEXTURE
    vec4 t = texture(t_base, texture_uv(0));
    c *= vec4(linear_from_srgb(t.rgb), t.a);
#endif
    return c;
}

#ifdef HAS_METALLIC_ROUGHNESS_TEXTURE
uniform sampler2D t_metallic_roughness;
#endif

vec2 metallic_roughness() {
#ifdef HAS_METALLIC_ROUGHNESS_TEXTURE
    return m_surface.xy * texture(t_metallic_roughness, texture_uv(1)).bg;
#elif defined(ALL_METAL) // as a constant, so that what dielectrics do is left out
    return vec2(1.0, m_surface.y);
#else
    return m_surface.xy;
#endif
}

#ifdef HAS_NORMAL_TEXTURE
uniform sampler2D t_normal;
#endif
#ifdef HAS_OCCLUSION_TEXTURE
uniform sampler2D t_occlusion;
#endif
#ifdef HAS_EMISSIVE_TEXTURE
uniform sampler2D t_emissive;
#endif

vec3 emission() {
#ifdef HAS_EMISSIVE_TEXTURE
    return m_emissive.rgb * linear_from_srgb(texture(t_emissive, texture_uv(4)).rgb);
#else
    return m_emissive.rgb;
#endif
}

#ifdef HAS_TRANSMISSION_TEXTURE
uniform sampler2D t_transmission;
#endif
#ifdef HAS_THICKNESS_TEXTURE
uniform sampler2D t_thickness;
#endif

float transmission() {
#ifdef HAS_TRANSMISSION_TEXTURE
    return m_coat.w * texture(t_transmission, texture_uv(5)).r;
#else
    return m_coat.w;
#endif
}

vec3 optical_depth() {
#ifdef HAS_THICKNESS_TEXTURE
    return m_absorption.rgb * texture(t_thickness, texture_uv(6)).g;
#else
    return m_absorption.rgb;
#endif
}

#ifdef HAS_SPECULAR_TEXTURE
uniform sampler2D t_specular;
#endif
#ifdef HAS_SPECULAR_COLOR_TEXTURE
uniform sampler2D t_specular_color;
#endif

vec4 specular_color() {
    vec4 c = m_specular;
#ifdef HAS_SPECULAR_TEXTURE
    c.a *= texture(t_specular, texture_uv(7)).a;
#endif
#ifdef HAS_SPECULAR_COLOR_TEXTURE
    c.rgb *= linear_from_srgb(texture(t_specular_color, texture_uv(8)).rgb);
#endif
    return c;
}

#ifdef HAS_CLEARCOAT
#ifdef HAS_CLEARCOAT_TEXTURE
uniform sampler2D t_clearcoat;
#endif
#ifdef HAS_CLEARCOAT_ROUGHNESS_TEXTURE
uniform sampler2D t_clearcoat_roughness;
#endif
#ifdef HAS_CLEARCOAT_NORMAL_TEXTURE
uniform sampler2D t_clearcoat_normal;
#endif

float clearcoat() {
#ifdef HAS_CLEARCOAT_TEXTURE
    return m_coat.x * texture(t_clearcoat, texture_uv(9)).r;
#else
    return m_coat.x;
#endif
}

float clearcoat_roughness() {
#ifdef HAS_CLEARCOAT_ROUGHNESS_TEXTURE
    return m_coat.y * texture(t_clearcoat_roughness, texture_uv(10)).g;
#else
    return m_coat.y;
#endif
}
#endif

// Tables over the cosine (across) and a second quantity (down), both from 0 to 1.
vec2 table_uv(vec2 size, vec2 position) {
    return (position * (size - 1.0) + 0.5) / size;
}

#ifdef HAS_FILM
uniform sampler2D t_film; // Fresnel reflectance of the coated surface, by share of the thickness
#ifdef HAS_FILM_TEXTURE
uniform sampler2D t_iridescence;
#endif
#ifdef HAS_FILM_THICKNESS_TEXTURE
uniform sampler2D t_iridescence_thickness;
#endif

vec3 film_fresnel(float cosine) {
#ifdef HAS_FILM_THICKNESS_TEXTURE
    float share = texture(t_iridescence_thickness, texture_uv(13)).g;
#else
    const float share = 0.0;
#endif
    return texture(t_film, table_uv(vec2(textureSize(t_film, 0)), vec2(cosine, share))).rgb;
}

float iridescence() {
#ifdef HAS_FILM_TEXTURE
    return m_film.x * texture(t_iridescence, texture_uv(12)).r;
#else
    return m_film.x;
#endif
}
#endif

#ifdef HAS_SHEEN
uniform sampler2D t_sheen; // directional albedo, by roughness
#ifdef HAS_SHEEN_COLOR_TEXTURE
uniform sampler2D t_sheen_color;
#endif
#ifdef HAS_SHEEN_ROUGHNESS_TEXTURE
uniform sampler2D t_sheen_roughness;
#endif

// Share of even light that the fibres send back.
vec3 sheen_albedo(float cosine) {
    vec3 c = m_sheen.rgb;
#ifdef HAS_SHEEN_COLOR_TEXTURE
    c *= linear_from_srgb(texture(t_sheen_color, texture_uv(14)).rgb);
#endif
    float roughness = m_sheen.w;
#ifdef HAS_SHEEN_ROUGHNESS_TEXTURE
    roughness *= texture(t_sheen_roughness, texture_uv(15)).a;
#endif
    return c * texture(t_sheen, table_uv(vec2(textureSize(t_sheen, 0)),
                                         vec2(cosine, roughness))).r;
}
#endif
