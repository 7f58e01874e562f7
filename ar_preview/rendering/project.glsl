// Camera space (OpenCV axes, metres) to clip space of the region. Row 0 of the framebuffer is
// the top row of the picture, so y is not flipped; pixel centres lie at +0.5 in both.
vec4 clip_from_camera(vec3 p) {
    vec2 q = p.xy; // normalised coordinates times depth
    if (u_distortion2.z > 0.5 && p.z > u_viewport.z) {
        vec2 n = p.xy / p.z;
        float r2 = min(dot(n, n), u_distortion2.y);
        float radial = 1.0 + r2 * (u_distortion.x + r2 * (u_distortion.y + r2 * u_distortion2.x));
        vec2 pt = u_distortion.zw;
        float r2t = dot(n, n);
        vec2 tangential = vec2(2.0 * pt.x * n.x * n.y + pt.y * (r2t + 2.0 * n.x * n.x),
                               pt.x * (r2t + 2.0 * n.y * n.y) + 2.0 * pt.y * n.x * n.y);
        q = (n * radial + (r2t > r2 ? vec2(0.0) : tangential)) * p.z;
    }
    vec2 pixel_w = q * u_focal.xy + u_focal.zw * p.z;
    float near = u_viewport.z, far = u_viewport.w;
    return vec4(2.0 * pixel_w / u_viewport.xy - p.z,
                ((far + near) * p.z - 2.0 * far * near) / (far - near),
                p.z);
}
