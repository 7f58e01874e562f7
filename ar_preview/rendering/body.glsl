// The body a piece is worn on, as an ellipsoid that hides the light from behind and sends back
// its own.
#ifdef HAS_BODY
// Share of a surface's view that it fills (Quilez, "Sphere ambient occlusion", with horizon).
float body_over(vec3 p, vec3 n) {
    vec3 q = (u_unit_from_camera * vec4(p, 1.0)).xyz;
    // Normals go with the inverse transpose.
    vec3 normal = normalize((mat3(u_unit_from_camera) * n) * u_body_radii2);
    float h = max(length(q), 1.0);
    float towards = -dot(normal, q / max(length(q), 1e-3));
    float t = clamp(0.5 * (towards * h + 1.0) / (h * h), 0.0, 1.0);
    return t * sqrt(t);
}

// How far a reflected ray meets it; a wide lobe meets its edge softly.
float body_along(vec3 p, vec3 d, float roughness) {
    vec3 q = (u_unit_from_camera * vec4(p, 1.0)).xyz;
    vec3 r = normalize(mat3(u_unit_from_camera) * d);
    float ahead = dot(q, r);
    float closest2 = max(dot(q, q) - ahead * ahead, 0.0);
    // Hair and ears stand beyond the ellipsoid.
    float soft = 0.2 + 0.5 * roughness;
    return smoothstep(1.15 + soft, 1.15 - soft, sqrt(closest2))
        * smoothstep(0.3 * soft, -soft, ahead);
}

// Rays rearwards along its side meet what stands beside it, as hair and ears, not the room.
vec3 met_beside(vec3 radiance, vec3 p, vec3 d) {
    float side = (u_unit_from_camera * vec4(p, 1.0)).x;
    vec3 r = normalize(mat3(u_unit_from_camera) * d);
    vec4 beside = side > 0.0 ? u_beside[0] : u_beside[1];
    float out_there = smoothstep(0.4, 0.8, abs(side));
    return mix(radiance, beside.rgb, beside.a * out_there * smoothstep(0.3, 0.7, -r.z));
}
#endif
