// Image-based light: prefiltered octahedral maps, harmonics, the split-sum table.
uniform sampler2D t_environment;
uniform sampler2D t_split_sum;

const float ENVIRONMENT_SIZE = float(ENVIRONMENT_TEXELS);
const float SPLIT_SUM_SIZE = float(SPLIT_SUM_TEXELS);

vec3 environment_level(vec2 octahedral, float level) {
    float size = max(ENVIRONMENT_SIZE / exp2(level), 1.0);
    vec2 uv = (octahedral * 0.5 + 0.5) * ((size - 1.0) / size) + 0.5 / size;
    return textureLod(t_environment, uv, level).rgb;
}

// Mean radiance about a direction for a perceptual roughness.
vec3 reflected_light(vec3 d, float roughness) {
    vec2 o = d.xy / (abs(d.x) + abs(d.y) + abs(d.z));
    if (d.z < 0.0) o = (1.0 - abs(o.yx)) * vec2(o.x < 0.0 ? -1.0 : 1.0, o.y < 0.0 ? -1.0 : 1.0);
    float level = clamp(roughness, 0.0, 1.0) * u_reflection.w;
    float lower = floor(level);
    vec3 e = environment_level(o, lower);
    float f = level - lower;
    if (f > 0.004) e = mix(e, environment_level(o, lower + 1.0), f);
    return e * u_reflection.rgb;
}

// Irradiance / pi: what a white matte surface sends back.
vec3 diffuse_light(vec3 n) {
    vec3 e = u_irradiance[0].rgb
        + u_irradiance[1].rgb * n.y + u_irradiance[2].rgb * n.z + u_irradiance[3].rgb * n.x
        + u_irradiance[4].rgb * (n.x * n.y) + u_irradiance[5].rgb * (n.y * n.z)
        + u_irradiance[6].rgb * (3.0 * n.z * n.z - 1.0)
        + u_irradiance[7].rgb * (n.x * n.z) + u_irradiance[8].rgb * (n.x * n.x - n.y * n.y);
    return max(e, vec3(0.0));
}

vec2 split_sum(float cosine, float roughness) {
    vec2 uv = vec2(cosine, roughness) * ((SPLIT_SUM_SIZE - 1.0) / SPLIT_SUM_SIZE)
        + 0.5 / SPLIT_SUM_SIZE;
    return textureLod(t_split_sum, uv, 0.0).rg;
}

// Unpolarised reflectance of one dielectric interface (Fresnel's equations).
float fresnel_dielectric(float cosine, float ior) {
    float sine2 = (1.0 - cosine * cosine) / (ior * ior);
    if (sine2 >= 1.0) return 1.0;
    float inner = sqrt(1.0 - sine2);
    float s = (cosine - ior * inner) / (cosine + ior * inner);
    float p = (ior * cosine - inner) / (ior * cosine + inner);
    return 0.5 * (s * s + p * p);
}

// A camera's shoulder: highlights roll off instead of clipping, and what is resolved over the
// samples of a pixel is bounded.
vec3 shoulder(vec3 c) {
    const float knee = 0.8;
    vec3 over = max(c - knee, vec3(0.0));
    return min(c, vec3(knee)) + (1.0 - knee) * (1.0 - exp(-over / (1.0 - knee)));
}
