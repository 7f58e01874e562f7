// Image-based light: prefiltered octahedral maps, one layer a roughness, and harmonics.
uniform sampler2DArray t_environment;

// Mean radiance about a direction for a perceptual roughness.
vec3 reflected_light(vec3 d, float roughness) {
    vec2 o = d.xy / (abs(d.x) + abs(d.y) + abs(d.z));
    vec2 folded = (1.0 - abs(o.yx)) * vec2(o.x < 0.0 ? -1.0 : 1.0, o.y < 0.0 ? -1.0 : 1.0);
    o = d.z < 0.0 ? folded : o;
    // Corner-aligned texels, see environment.py.
    const float size = float(ENVIRONMENT_TEXELS);
    vec2 uv = o * (0.5 * (size - 1.0) / size) + 0.5;
    float layer = min(roughness, 1.0) * float(ENVIRONMENT_LAYERS - 1);
    vec3 e = texture(t_environment, vec3(uv, layer)).rgb;
    return e * e * e * u_reflection.rgb;
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

// Scale and bias of F0 and F90 in the specular albedo of GGX (Karis 2014, "Physically based
// shading on mobile"); an analytic fit costs less than a look-up on a CPU.
vec2 split_sum(float cosine, float roughness) {
    vec4 r = roughness * vec4(-1.0, -0.0275, -0.572, 0.022) + vec4(1.0, 0.0425, 1.04, -0.04);
    float a = min(r.x * r.x, exp2(-9.28 * cosine)) * r.x + r.y;
    return max(vec2(-1.04, 1.04) * a + r.zw, vec2(0.0));
}

float fifth_power(float x) {
    float x2 = x * x;
    return x2 * x2 * x;
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
