// glTF 2.0 metallic-roughness under image-based light.
// PASS_OPAQUE writes light and blocks the picture; PASS_LIGHT and PASS_TRANSMIT are the two
// halves of a see-through surface: what it adds, and what it lets through, per channel.
layout(std140) uniform MaterialBlock {
    vec4 m_base_color;
    vec4 m_emissive;    // rgb, alpha cutoff
    vec4 m_surface;     // metallic, roughness, occlusion strength, normal scale
    vec4 m_specular;    // colour, strength
    vec4 m_coat;        // clearcoat, its roughness, ior, transmission
    vec4 m_absorption;  // optical depth of the thickness at normal incidence, is BLEND
    vec4 m_uv_rows[12]; // two rows a texture: base, metallic-roughness, normal, occlusion,
                        // emissive, transmission
};

uniform float u_opacity;

#ifdef HAS_BASE_TEXTURE
uniform sampler2D t_base;
#endif
#ifdef HAS_METALLIC_ROUGHNESS_TEXTURE
uniform sampler2D t_metallic_roughness;
#endif
#ifdef HAS_NORMAL_TEXTURE
uniform sampler2D t_normal;
#endif
#ifdef HAS_OCCLUSION_TEXTURE
uniform sampler2D t_occlusion;
#endif
#ifdef HAS_EMISSIVE_TEXTURE
uniform sampler2D t_emissive;
#endif
#ifdef HAS_TRANSMISSION_TEXTURE
uniform sampler2D t_transmission;
#endif

#ifdef HAS_FILM
uniform sampler2D t_film; // Fresnel reflectance of a coated surface over the cosine

vec3 film_fresnel(float cosine) {
    float size = float(textureSize(t_film, 0).x);
    return texture(t_film, vec2((cosine * (size - 1.0) + 0.5) / size, 0.5)).rgb;
}
#endif

in vec3 v_position;
// Centroid: at a silhouette the pixel centre may lie off the triangle, where an extrapolated
// normal would face away and glow with grazing reflection.
centroid in vec3 v_normal;
in vec3 v_normal_middle; // for derivatives, which a wandering sample point would spoil
in vec2 v_uv;
#ifdef LIT_BY_VERTEX
in vec3 v_diffuse_light;
#endif
#ifdef HAS_FADE
in float v_fade;
#endif
#ifdef HAS_COLOR
centroid in vec4 v_color;
#endif

#ifdef PASS_OPAQUE
layout(location = 0) out vec4 out_light;
layout(location = 1) out vec4 out_transmit;
#endif
#ifdef PASS_LIGHT
layout(location = 0, index = 0) out vec4 out_light;
layout(location = 0, index = 1) out vec4 out_factor;
#endif
#ifdef PASS_TRANSMIT
layout(location = 0) out vec4 out_transmit;
#endif

vec2 texture_uv(int slot) {
    vec3 uv = vec3(v_uv, 1.0);
    return vec2(dot(m_uv_rows[2 * slot].xyz, uv), dot(m_uv_rows[2 * slot + 1].xyz, uv));
}

// Within 0.2 % of the sRGB transfer function and free of pow.
vec3 linear_from_srgb(vec3 c) {
    return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
}

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

float transmission() {
#ifdef HAS_TRANSMISSION_TEXTURE
    return m_coat.w * texture(t_transmission, texture_uv(5)).r;
#else
    return m_coat.w;
#endif
}

// Tangent frame from screen derivatives (Schüler 2013), so no tangents are stored.
vec3 shading_normal(vec3 n) {
#ifdef HAS_NORMAL_TEXTURE
    vec2 uv = texture_uv(2);
    vec3 dx = dFdx(v_position), dy = dFdy(v_position);
    vec2 du = dFdx(uv), dv = dFdy(uv);
    vec3 a = cross(n, dy), b = cross(dx, n); // y runs down the picture
    vec3 t = a * du.x + b * dv.x;
    vec3 s = a * du.y + b * dv.y;
    float scale = max(dot(t, t), dot(s, s));
    if (scale <= 0.0) return n;
    // Texture v runs down the picture (glTF), the map's green axis up it.
    vec3 m = texture(t_normal, uv).xyz * 2.0 - 1.0;
    m.xy *= m_surface.w;
    float inverse = inversesqrt(scale);
    return normalize(t * (inverse * m.x) - s * (inverse * m.y) + n * max(m.z, 1e-3));
#else
    return n;
#endif
}

void main() {
#ifdef HAS_FADE
    float fade = smoothstep(0.0, 1.0, v_fade);
    if (fade <= 0.0) discard;
#else
    const float fade = 1.0;
#endif
    float opacity = u_opacity * fade;
    vec4 base = base_color();
#ifdef ALPHA_MASK
    if (base.a < m_emissive.w) discard;
#endif
    float metallic = m_surface.x;
#ifdef HAS_METALLIC_ROUGHNESS_TEXTURE
    vec2 mr = texture(t_metallic_roughness, texture_uv(1)).bg;
    metallic *= mr.x;
    float roughness = m_surface.y * mr.y;
#else
    float roughness = m_surface.y;
#endif
    vec3 flat_normal = normalize(v_normal);
    if (!gl_FrontFacing) flat_normal = -flat_normal;
    vec3 view = -normalize(v_position);
    vec3 n = shading_normal(flat_normal);
    float cosine = clamp(dot(n, view), 0.0, 1.0);
    float flat_cosine = clamp(dot(flat_normal, view), 0.0, 1.0);

    float coat_fresnel = 0.0;
#ifdef HAS_CLEARCOAT
    coat_fresnel = m_coat.x * (0.04 + 0.96 * fifth_power(1.0 - flat_cosine));
#endif

#ifdef SEE_THROUGH
    // A smooth slab with all its inner reflections: R = 2F / (1 + F), T = (1 - F) / (1 + F).
#ifdef HAS_FILM
    vec3 f = film_fresnel(flat_cosine);
#else
    vec3 f = vec3(fresnel_dielectric(max(flat_cosine, 1e-3), m_coat.z));
#endif
    vec3 slab = clamp(m_specular.w * 2.0 * f / (1.0 + f), 0.0, 1.0);
    float alpha = m_absorption.w > 0.5 ? base.a : 1.0;
    float clear = transmission() * (1.0 - metallic);
    // The path inside is longer at an angle: 1 / cos of the refracted ray.
    float path = inversesqrt(max(1.0 - (1.0 - flat_cosine * flat_cosine)
                                 / max(m_coat.z * m_coat.z, 1.0), 0.05));
    vec3 through = clear * base.rgb * exp(-m_absorption.rgb * path)
        * ((1.0 - slab) * (1.0 - coat_fresnel));
    vec3 factor = mix(vec3(1.0), through, alpha * opacity);
#else
    float alpha = 1.0; // an opaque piece that fades
    vec3 factor = vec3(1.0 - opacity);
#endif

#ifdef PASS_TRANSMIT
    out_transmit = vec4(sqrt(factor), 1.0);
#else
    // Normals that turn within a pixel widen the lobe (Tokuyoshi and Kaplanyan 2019): thin
    // glossy wires must not sparkle.
    vec3 middle = normalize(v_normal_middle);
    vec3 nx = dFdx(middle), ny = dFdy(middle);
    float spread = min(0.5 * (dot(nx, nx) + dot(ny, ny)), 0.18);
    float squared = roughness * roughness;
    float lobe = sqrt(sqrt(min(squared * squared + spread, 1.0)));
    vec3 ray = reflect(-view, n);
    vec3 radiance = reflected_light(ray, lobe);
#ifdef HAS_BODY
    float met = body_along(v_position, ray, lobe);
    radiance = mix(radiance, u_body_light, met);
#endif
    float occlusion = 1.0;
#ifdef HAS_OCCLUSION_TEXTURE
    occlusion = mix(1.0, texture(t_occlusion, texture_uv(3)).r, m_surface.z);
    radiance *= clamp(pow(cosine + occlusion, exp2(-16.0 * lobe - 1.0)) - 1.0 + occlusion,
                      0.0, 1.0);
#endif

#ifdef UNLIT
#ifdef SEE_THROUGH
    vec3 color = base.rgb * (1.0 - clear);
#else
    vec3 color = base.rgb;
#endif
#elif defined(CLEAR_GLASS)
    vec3 color = radiance * slab * m_specular.rgb;
#else
    float f0 = (m_coat.z - 1.0) / (m_coat.z + 1.0);
    vec3 dielectric = min(f0 * f0 * m_specular.rgb, vec3(1.0)) * m_specular.w;
    vec2 table = split_sum(cosine, lobe);
    vec3 single = dielectric * table.x + m_specular.w * table.y;
    vec3 matte = base.rgb * (1.0 - metallic) * (1.0 - single);
#ifdef HAS_METAL
    // Light that bounces more than once between facets (Fdez-Aguera 2019); what dielectrics
    // lose to it is below a thousandth.
    vec3 metal = base.rgb * table.x + table.y;
    vec3 average = base.rgb + (1.0 - base.rgb) / 21.0;
    float missing = 1.0 - (table.x + table.y);
    matte += metallic * missing * metal * average / (1.0 - missing * average);
    single = mix(single, metal, metallic);
#endif
#ifdef HAS_FILM
    single = film_fresnel(cosine) * (table.x + table.y);
    matte = base.rgb * (1.0 - metallic) * (1.0 - single);
#endif
#ifdef SEE_THROUGH
    single = mix(single, slab * m_specular.rgb, clear);
    matte *= 1.0 - clear;
#endif
#ifdef LIT_BY_VERTEX
    vec3 irradiance = v_diffuse_light;
#else
    vec3 irradiance = diffuse_light(n);
#ifdef HAS_BODY
    irradiance = mix(irradiance, u_body_light, body_over(v_position, n));
#endif
#endif
    vec3 color = radiance * single + irradiance * matte * occlusion;
#endif

    vec3 emissive = m_emissive.rgb;
#ifdef HAS_EMISSIVE_TEXTURE
    emissive *= linear_from_srgb(texture(t_emissive, texture_uv(4)).rgb);
#endif
    color += emissive;
#if defined(HAS_CLEARCOAT) && !defined(UNLIT)
    float coat_squared = m_coat.y * m_coat.y;
    float coat_lobe = sqrt(sqrt(min(coat_squared * coat_squared + spread, 1.0)));
    vec3 coat = reflected_light(reflect(-view, flat_normal), coat_lobe) * occlusion;
#ifdef HAS_BODY
    coat = mix(coat, u_body_light, met);
#endif
    color = color * (1.0 - coat_fresnel) + coat * coat_fresnel;
#endif
#ifndef UNLIT
    color = shoulder(color);
#endif
#ifdef PASS_OPAQUE
    // A vanishing rear shows the picture behind it, nothing else of the piece.
    out_light = vec4(color * fade, 1.0);
    out_transmit = vec4(vec3(sqrt(1.0 - fade)), 0.0);
#else
    out_light = vec4(color * (alpha * opacity), 1.0);
    out_factor = vec4(factor, 1.0);
#endif
#endif
}
