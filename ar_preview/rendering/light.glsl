// Image-based light: prefiltered octahedral maps, one layer a roughness, and harmonics.
uniform sampler2DArray t_environment;

// Mean radiance about a direction for a perceptual roughness.
vec3 reflected_light(vec3 d, float roughness) {
    vec2 o = d.xy / (abs(d.x) + abs(d.y) + abs(d.z));
    vec2 folded = (1.0 - abs(o.yx)) * vec2(o.x < 0.0 ? -1.0 : 1.0, o.y < 0.0 ? -1.0 : 1.0);
    o = d.z < 0.0 ? folded : o;
    // Corner-aligned texels, see environment.py.
    float size = u_reflection.w;
    vec2 uv = o * (0.5 * (size - 1.0) / size) + 0.5;
    float layer = min(roughness, 1.0) * u_distortion2.w;
    vec3 e = texture(t_environment, vec3(uv, layer)).rgb;
    return e * e * e * u_reflection.rgb;
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
    vec3 over = max(c - knee, vec3(0.0)) * (1.0 / (1.0 - knee));
    return min(c, vec3(knee)) + (1.0 - knee) * over * inversesqrt(1.0 + over * over);
}
