// From linear light over the samples of a pixel to the two factors on encoded values:
// encode(T b + A) = transmit * encode(b) + add, exactly, for the real pixel b behind.
uniform sampler2DMS t_light;
uniform sampler2DMS t_transmit;
uniform sampler2D t_frame;

layout(location = 0) out vec4 out_add;
layout(location = 1) out vec4 out_transmit;

// sRGB within 0.15 % of full scale by square roots: pow is slow on a CPU, and only differences
// and ratios of these values count below. The straight foot of the curve is exact: in dark pixels
// the ratio would otherwise be anything.
vec3 encode(vec3 c) {
    vec3 r2 = sqrt(c), r4 = sqrt(r2), r8 = sqrt(r4);
    vec3 curve = 0.662002687 * r2 + 0.684122060 * r4 - 0.323583601 * r8 - 0.0225411470 * c;
    return mix(curve, 12.92 * c, lessThan(c, vec3(0.0031308)));
}

vec3 decode(vec3 c) {
    vec3 curve = c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
    return mix(curve, c / 12.92, lessThan(c, vec3(0.04045)));
}

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    vec3 light = vec3(0.0), through = vec3(0.0);
    for (int i = 0; i < SAMPLES; ++i) {
        vec4 surface = texelFetch(t_light, pixel, i);
        vec3 root = texelFetch(t_transmit, pixel, i).rgb;
        light += surface.rgb;
        through += root * root * (1.0 - surface.a);
    }
    light /= float(SAMPLES);
    through /= float(SAMPLES);
    out_add = vec4(0.0);
    out_transmit = vec4(1.0);
    // A loop of one round: drivers on a CPU skip loops that no pixel enters, but run both sides
    // of every branch.
    bool changed = through != vec3(1.0) || light != vec3(0.0);
    for (int once = 0; once < (changed ? 1 : 0); ++once) {
        vec3 behind = texelFetch(t_frame, pixel, 0).rgb;
        vec3 linear = decode(behind);
        vec3 filtered = through * linear;
        // The share of the encoded value that stays; as if the pixel were white where it is black.
        vec3 kept = mix(encode(filtered) / max(encode(linear), vec3(1e-4)), encode(through),
                        lessThan(behind, vec3(1e-3)));
        kept = floor(clamp(kept, 0.0, 1.0) * 255.0 + 0.5) / 255.0;
        vec3 result = encode(min(filtered + light, vec3(1.0)));
        out_add = vec4(max(result - kept * behind, vec3(0.0)), 1.0);
        out_transmit = vec4(kept, 1.0);
    }
}
