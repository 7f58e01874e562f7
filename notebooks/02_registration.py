# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Does it stick, and does it sit?
#
# A pair of glasses that slides over the face by a few pixels looks like a sticker. This notebook
# shows what registration is made of and measures it against the true motion of the bundled
# sample, with the instrument that ships in the box: `ar-preview evaluate sample:face`.

# %%
import dataclasses

import matplotlib.pyplot as plt
import numpy as np

import ar_preview as ar
from ar_preview import evaluation as ev
from ar_preview.landmarks import FaceLandmark

glasses = ar.load_product("marlow-havana")
truth = ev.load_truth("sample:face")
truth = dataclasses.replace(truth, camera_from_head=truth.camera_from_head[:120])
print(
    f"{len(truth)} frames, the head turns from {truth.yaw_degrees.min():.0f} "
    f"to {truth.yaw_degrees.max():.0f} degrees"
)

# %% [markdown]
# ## What the tracker sees
#
# Landmarks are a network's guess in each frame. We know the true motion, so we can ask of each
# landmark what we ask of glasses: is there one point on the head that explains its path? The
# colour is the residual. No landmark is good to a pixel, and the errors depend on where the head
# looks: a pose that is computed from landmarks alone inherits them.

# %%
frames = ev.frames_forward(truth.clip, len(truth), camera=truth.camera)
with ar.Preview([glasses]) as preview:
    results = [preview.step(frame) for frame in frames]
print(f"{len(results)} frames, drawn by {preview.driver}")

tracked = [r.frame.index for r in results if r.tracks.faces]
landmarks = np.array([results[i].tracks.faces[0].points_image[:468] for i in tracked])
slides = ev.stick_errors(truth.camera, truth.camera_from_head[tracked], landmarks)
rms = np.sqrt((slides**2).sum(axis=-1).mean(axis=0))

middle = results[tracked[len(tracked) // 2]]
points = middle.tracks.faces[0].points_image[:468]
low, high = points.min(axis=0) - 40, points.max(axis=0) + 40
figure, axis = plt.subplots(figsize=(7, 7))
axis.imshow(middle.frame.image)
dots = axis.scatter(*points.T, c=rms, s=8, cmap="turbo", vmin=0, vmax=np.percentile(rms, 95))
figure.colorbar(dots, label="px rms over the clip", shrink=0.7)
axis.set(xlim=(low[0], high[0]), ylim=(high[1], low[1]), title="how far each landmark slides")
axis.axis("off")
print(f"landmarks slide by {np.median(rms):.1f} px (median), best {rms.min():.1f} px")
print(f"bridge of the nose: {rms[FaceLandmark.NASION]:.1f} px")

# %% [markdown]
# ## What registration makes of it
#
# The pose of the head over time, as the glasses were drawn: dots over the true lines. Size and
# distance look the same in one picture; the alignment finds the one place and size on the true
# head that explain all frames.

# %%
path = ev.DrawnPath.of_poses(
    (r.frame.index, r.scene.camera, r.scene.items[0].camera_from_product.matrix)
    for r in results
    if r.scene.items
)
placed = ev.place_on_head(truth, path)
drawn = ev.place_each_frame(truth, path, placed)
head_from_product = placed.head_from_product
angles = ev.euler_degrees(truth.camera_from_head[:, :3, :3])
drawn_angles = ev.euler_degrees(
    np.array([(pose @ head_from_product.inverse()).rotation for pose in drawn])
)
time = np.array([r.frame.time_s for r in results])

figure, (top, bottom) = plt.subplots(2, 1, figsize=(9, 6), sharex=True)
for k, name in enumerate(("yaw", "pitch", "roll")):
    (line,) = top.plot(time, angles[:, k], lw=1, label=name)
    top.plot(time[path.index], drawn_angles[:, k], ".", ms=3, c=line.get_color())
    bottom.plot(time[path.index], drawn_angles[:, k] - angles[path.index, k], lw=1, label=name)
top.set(ylabel="degrees", title="truth (lines) and as drawn (dots)")
bottom.set(xlabel="time, s", ylabel="difference, degrees")
for axis in (top, bottom):
    axis.legend()
    axis.grid(alpha=0.3)

# %% [markdown]
# ## The stick error
#
# For every point of the product: the head-fixed point that best explains its pixel path
# (triangulation with the true motion), and the residual. It does not ask where the glasses sit or
# how large they are; it sees everything that slides, trembles or lags. The same clip is run with
# the true camera, with the camera that is assumed when nothing is known, and with a field of view
# of 90 degrees; the last curve is MediaPipe's own face matrix, which most demos ship.

# %%
result = ev.evaluate_truth(truth, glasses)

figure, axis = plt.subplots(figsize=(9, 3.5))
for row in result.rows:
    axis.plot(time, row.stick.errors_px, lw=1.2, label=f"{row.name}: {row.stick.rms_px:.2f} px")
axis.set(xlabel="time, s", ylabel="stick error, px rms", ylim=(0, None))
axis.legend()
axis.grid(alpha=0.3)

# %%
header, lines = ev.figures_of(result)
table = np.array([header, *lines])
widths = [max(map(len, column)) for column in table.T]
for name, *values in table:
    print(name.ljust(widths[0]), *map(str.rjust, values, widths[1:]), sep="  ")

# %% [markdown]
# ## The seat
#
# Glasses that float in the air together with the head have no stick error at all. So the drawn
# product is held against the true head: the air under the bridge and the pads, how far the front
# is sunk into the face, where the lenses are before the eyes. Below, the front of the glasses is
# cut by the plane through the middle of the nose, and seen from above at the height of the pads.

# %%
head = ev.HeadMesh.read(truth.head_path)
vertices = placed @ glasses.vertices_product()
figure, (side, above) = plt.subplots(1, 2, figsize=(11, 5))
bridge = head_from_product.translation
slices = (
    (side, 0, 2, 1, bridge[0], 0.002, "z, mm (out of the face)", "y, mm"),
    (above, 1, 0, 2, bridge[1] - 0.008, 0.002, "x, mm (to the wearer's left)", "z, mm"),
)
for axis, normal, across, up, level, half, xlabel, ylabel in slices:
    for cloud, colour, size, label in (
        (head.vertices_head, "tan", 6, "true head"),
        (vertices, "black", 3, "glasses as drawn"),
    ):
        near = np.abs(cloud[:, normal] - level) < half
        axis.scatter(
            1e3 * cloud[near, across], 1e3 * cloud[near, up], s=size, c=colour, label=label
        )
    axis.set(xlabel=xlabel, ylabel=ylabel, aspect="equal")
    axis.set_xlim(1e3 * bridge[across] - 45, 1e3 * bridge[across] + 45)
    axis.set_ylim(1e3 * bridge[up] - 45, 1e3 * bridge[up] + 45)
    axis.legend()
for name, value in dataclasses.asdict(result.rows[0].seat).items():
    print(f"{name:20s} {value if value is None else round(value, 2)}")

# %% [markdown]
# ## The worst second
#
# A tracker is judged by its worst second, so the instrument makes clips harder: half of the light
# with noise, every second frame, black frames, something that moves before the face. Here the
# pipeline runs in half of the light, and is told nothing of it.

# %%
dim = ev.hardening("dim")
frames = ev.frames_forward(truth.clip, 90, camera=truth.camera, hardening=dim)
with ar.Preview([glasses]) as preview:
    dark = [preview.step(frame) for frame in frames]
path = ev.DrawnPath.of_poses(
    (r.frame.index, r.scene.camera, r.scene.items[0].camera_from_product.matrix)
    for r in dark
    if r.scene.items
)
beginning = dataclasses.replace(truth, camera_from_head=truth.camera_from_head[:90])
score = ev.measure_stick(beginning, path)
worst = int(np.nanargmax(score.errors_px))

figure, axes = plt.subplots(1, 2, figsize=(11, 5.5))
axes[0].imshow(dark[worst].image)
axes[0].set_title(f"the worst frame: {score.errors_px[worst]:.2f} px")
axes[0].axis("off")
axes[1].plot(time[:90], score.errors_px, label=f"dim: {score.rms_px:.2f} px")
axes[1].plot(time[:90], result.rows[0].stick.errors_px[:90], label="as it is")
axes[1].set(xlabel="time, s", ylabel="stick error, px rms", ylim=(0, None))
axes[1].legend()
axes[1].grid(alpha=0.3)
