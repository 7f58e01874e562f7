// glTF 2.0 metallic-roughness under image-based light.
// PASS_OPAQUE writes light and blocks the picture; PASS_LIGHT writes what a see-through surface
// adds and keeps back; where that is no gray it TINTS: PASS_TRANSMIT then writes what it lets
// through, per channel.

in vec3 v_position;
// Centroid: at a silhouette the pixel centre may lie off the triangle, where an extrapolated
// normal would face away and glow with grazing reflection.
centroid in vec3 v_normal;
in vec3 v_normal_middle; // for derivatives, which a wandering sample point would spoil
#ifdef HAS_BODY
in vec4 v_body_light;
#endif
#ifdef LIT_BY_VERTEX
in vec3 v_diffuse_light;
#if defined(HAS_BODY) && defined(CLEAR_GLASS)
in float v_body_met;
#endif
#endif
#ifdef HAS_FADE
in float v_fade;
#endif

#ifdef PASS_OPAQUE
layout(location = 0) out vec4 out_light; // alpha: the share of what is behind that it hides
#endif
#ifdef PASS_LIGHT
layout(location = 0, index = 0) out vec4 out_light; // alpha: the share that it takes away, if gray
#ifdef TINTS
layout(location = 0, index = 1) out vec4 out_factor;
#endif
#endif
#ifdef PASS_TRANSMIT
layout(location = 0) out vec4 out_transmit;
#endif

// Tangent frame from screen derivatives (Schüler 2013), so no tangents are stored.
#if defined(HAS_NORMAL_TEXTURE) || defined(HAS_CLEARCOAT_NORMAL_TEXTURE)
vec3 mapped_normal(sampler2D map, vec2 uv, float strength, vec3 n) {
    vec3 dx = dFdx(v_position), dy = dFdy(v_position);
    vec2 du = dFdx(uv), dv = dFdy(uv);
    vec3 a = cross(n, dy), b = cross(dx, n); // y runs down the picture
    vec3 t = a * du.x + b * dv.x;
    vec3 s = a * du.y + b * dv.y;
    float scale = max(dot(t, t), dot(s, s));
    if (scale <= 0.0) return n;
    // Texture v runs down the picture (glTF), the map's green axis up it.
    vec3 m = texture(map, uv).xyz * 2.0 - 1.0;
    m.xy *= strength;
    float inverse = inversesqrt(scale);
    return normalize(t * (inverse * m.x) - s * (inverse * m.y) + n * max(m.z, 1e-3));
}
#endif

float largest(vec3 c) {
    return max(c.r, max(c.g, c.b));
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
    vec2 mr = metallic_roughness();
    float metallic = mr.x, roughness = mr.y;
    vec4 specular = specular_color();
    vec3 flat_normal = normalize(v_normal);
    if (!gl_FrontFacing) flat_normal = -flat_normal;
    vec3 view = -normalize(v_position);
    vec3 n = flat_normal;
#ifdef HAS_NORMAL_TEXTURE
    n = mapped_normal(t_normal, texture_uv(2), m_surface.w, flat_normal);
#endif
    float cosine = clamp(dot(n, view), 0.0, 1.0);
    float flat_cosine = clamp(dot(flat_normal, view), 0.0, 1.0);

    float coat_fresnel = 0.0;
#ifdef HAS_CLEARCOAT
    vec3 coat_normal = flat_normal;
#ifdef HAS_CLEARCOAT_NORMAL_TEXTURE
    coat_normal = mapped_normal(t_clearcoat_normal, texture_uv(11), m_film.y, flat_normal);
#endif
    float coat_cosine = clamp(dot(coat_normal, view), 0.0, 1.0);
    coat_fresnel = clearcoat() * (0.04 + 0.96 * fifth_power(1.0 - coat_cosine));
#endif
    float below = 1.0 - coat_fresnel; // what the layers above leave
#ifdef HAS_SHEEN
    // As much is taken from what is below as the fibres send back (KHR_materials_sheen: albedo
    // scaling).
    vec3 sheen = sheen_albedo(cosine);
    float under_sheen = 1.0 - min(largest(sheen), 1.0);
    below *= under_sheen;
#endif

#ifdef SEE_THROUGH
    // A smooth slab with all its inner reflections: R = 2F / (1 + F), T = (1 - F) / (1 + F).
    vec3 f = vec3(fresnel_dielectric(max(flat_cosine, 1e-3), m_coat.z));
#ifdef HAS_FILM
    f = mix(f, film_fresnel(flat_cosine), iridescence());
#endif
    vec3 slab = clamp(specular.a * 2.0 * f / (1.0 + f), 0.0, 1.0);
    float alpha = m_absorption.w > 0.5 ? base.a : 1.0;
#ifdef CLEAR_GLASS
    const float clear = 1.0;
#else
    float clear = transmission() * (1.0 - metallic);
#endif
    vec3 through = clear * base.rgb * ((1.0 - slab) * below);
#ifdef HAS_ABSORPTION
    // The path inside is longer at an angle: 1 / cos of the refracted ray.
    float path = inversesqrt(max(1.0 - (1.0 - flat_cosine * flat_cosine)
                                 / max(m_coat.z * m_coat.z, 1.0), 0.05));
    through *= exp(-optical_depth() * path);
#endif
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
    vec3 from_body = v_body_light.rgb;
#ifndef SEE_THROUGH
    // In the gap light goes to and fro between piece and skin.
    from_body *= mix(base.rgb, vec3(1.0), v_body_light.a);
#endif
#if defined(LIT_BY_VERTEX) && defined(CLEAR_GLASS) // on flat sheets the vertices tell it
    float met = v_body_met;
#else
    float met = body_along(v_position, ray, lobe);
#endif
#ifndef CLEAR_GLASS
    radiance = met_beside(radiance, v_position, ray);
#endif
    radiance = mix(radiance, from_body, met);
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
    vec3 color = radiance * slab * specular.rgb;
#else
    float f0 = (m_coat.z - 1.0) / (m_coat.z + 1.0);
    vec3 dielectric = min(f0 * f0 * specular.rgb, vec3(1.0)) * specular.a;
    vec2 table = split_sum(cosine, lobe);
    vec3 single = dielectric * table.x + specular.a * table.y;
#ifdef HAS_SPECULAR_COLOR
    // The largest, or what is left would shine in the complementary colour.
    vec3 matte = base.rgb * (1.0 - metallic) * (1.0 - largest(single));
#else
    vec3 matte = base.rgb * (1.0 - metallic) * (1.0 - single);
#endif
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
    vec3 film = film_fresnel(cosine) * (table.x + table.y);
    float filmed = iridescence();
    single = mix(single, film, filmed);
    matte = mix(matte, base.rgb * (1.0 - metallic) * (1.0 - largest(film)), filmed);
#endif
#ifdef SEE_THROUGH
    single = mix(single, slab * specular.rgb, clear);
    matte *= 1.0 - clear;
#endif
#ifdef LIT_BY_VERTEX
    vec3 irradiance = v_diffuse_light;
#else
    vec3 irradiance = diffuse_light(n);
#ifdef HAS_BODY
    irradiance = mix(irradiance, from_body, body_over(v_position, n));
#endif
#endif
    vec3 color = radiance * single + irradiance * matte * occlusion;
#ifdef HAS_SHEEN
    // Charlie's lobe leans back and to the sides; as it is wide, the light about the normal does.
    color = color * under_sheen + sheen * irradiance * occlusion;
#endif
#endif

    color += emission();
#if defined(HAS_CLEARCOAT) && !defined(UNLIT)
    float coat_roughness = clearcoat_roughness();
    float coat_squared = coat_roughness * coat_roughness;
    float coat_lobe = sqrt(sqrt(min(coat_squared * coat_squared + spread, 1.0)));
    vec3 coat_ray = reflect(-view, coat_normal);
    vec3 coat = reflected_light(coat_ray, coat_lobe) * occlusion;
#ifdef HAS_BODY
    coat = met_beside(coat, v_position, coat_ray);
    coat = mix(coat, from_body, met);
#endif
    color = color * (1.0 - coat_fresnel) + coat * coat_fresnel;
#endif
#ifndef UNLIT
    color = shoulder(color);
#endif
#ifdef PASS_OPAQUE
    // A vanishing rear shows the picture behind it, nothing else of the piece.
    out_light = vec4(color * fade, fade);
#else
#ifdef TINTS
    out_light = vec4(color * (alpha * opacity), 0.0);
    out_factor = vec4(factor, 1.0);
#else
    out_light = vec4(color * (alpha * opacity), 1.0 - dot(factor, vec3(1.0 / 3.0)));
#endif
#endif
#endif
}
