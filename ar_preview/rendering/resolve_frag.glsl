// From linear light over the samples of a pixel to the two factors on encoded values:
// encode(T b + A) = transmit * encode(b) + add, exactly, for the real pixel b behind.
uniform sampler2DMS t_light;
uniform sampler2DMS t_transmit;
uniform sampler2D t_frame;

layout(location = 0) out vec4 out_add;
layout(location = 1) out vec4 out_transmit;

vec3 encode(vec3 c) {
    return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c));
}

vec3 decode(vec3 c) {
    return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
}

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    vec3 light = vec3(0.0), through = vec3(0.0);
    for (int i = 0; i < SAMPLES; ++i) {
        light += texelFetch(t_light, pixel, i).rgb;
        through += texelFetch(t_transmit, pixel, i).rgb;
    }
    light /= float(SAMPLES);
    through /= float(SAMPLES);
    if (through == vec3(1.0) && light == vec3(0.0)) {
        out_add = vec4(0.0);
        out_transmit = vec4(1.0);
        return;
    }
    vec3 behind = texelFetch(t_frame, pixel, 0).rgb;
    vec3 filtered = through * decode(behind);
    vec3 result = encode(clamp(filtered + light, 0.0, 1.0));
    // Never above what the filtered pixel keeps, so that add cannot be negative.
    vec3 kept = min(pow(through, vec3(1.0 / 2.2)), encode(filtered) / max(behind, vec3(1e-4)));
    kept = mix(kept, pow(through, vec3(1.0 / 2.2)), lessThan(behind, vec3(1e-3)));
    kept = floor(clamp(kept, 0.0, 1.0) * 255.0 + 0.5) / 255.0;
    out_add = vec4(max(result - kept * behind, vec3(0.0)), 1.0);
    out_transmit = vec4(kept, 1.0);
}
