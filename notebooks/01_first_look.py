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
# # A first look
#
# A person in a clip puts on a pair of glasses, and every intermediate is on the table:
# landmarks in pixels, the head's pose in metres, the layer that is added to the picture, the
# time each stage took. Everything runs on this machine, without a camera, a screen or a network.

# %%
import json

import matplotlib.pyplot as plt
import numpy as np

import ar_preview as ar
from ar_preview.assets import asset_path

# %% [markdown]
# ## The whole pipeline in a loop
#
# A source gives frames, `Preview.step` turns a frame into a result, a result keeps everything.

# %%
glasses = ar.load_product("marlow-havana")

with ar.open_source("sample:face", end=90) as source, ar.Preview([glasses]) as preview:
    results = [preview.step(frame) for frame in source]
    print(f"{len(results)} frames of {source.info.size}, drawn by {preview.driver}")

# %% [markdown]
# ## Before and after

# %%
chosen = [results[i] for i in (0, len(results) // 2, len(results) - 1)]
figure, axes = plt.subplots(2, 3, figsize=(12, 8))
for column, result in enumerate(chosen):
    axes[0, column].imshow(result.frame.image)
    axes[0, column].set_title(f"{result.frame.time_s:.2f} s")
    axes[1, column].imshow(result.image)
for axis in axes.flat:
    axis.axis("off")
figure.tight_layout()

# %% [markdown]
# ## What the tracker saw, and what registration made of it
#
# Landmarks are pixels. The pose is a rigid transform from head space (x to the subject's left,
# y up, z out of the nose) to the camera (x right, y down, z forward), in metres. The three axes
# are drawn 5 cm long from the bridge of the glasses.

# %%
# Faces that hardly move are not looked for in every frame.
seen = [result for result in results if result.tracks.faces]
result = seen[len(seen) // 2]
face = result.tracks.faces[0]
head = result.poses.heads[0]
item = result.scene.items[0]
camera = result.scene.camera

axes_product = np.array([[0, 0, 0], [0.05, 0, 0], [0, 0.05, 0], [0, 0, 0.05]])
axes_image = camera.project(item.camera_from_product @ axes_product)

figure, axis = plt.subplots(figsize=(8, 8))
axis.imshow(result.frame.image)
axis.scatter(*face.points_image.T, s=2, c="white")
for end, colour, name in zip(axes_image[1:], ("red", "lime", "deepskyblue"), "xyz", strict=True):
    axis.plot(*np.stack([axes_image[0], end]).T, c=colour, lw=3, label=name)
axis.legend()
axis.axis("off")

distance = head.camera_from_head.translation[2]
print(f"the head is {distance:.2f} m away")
person = result.persons[0]
print(f"size of this head against the average: {person.scale}")

# %% [markdown]
# ## The head's turn through the clip, against the truth
#
# The sample was rendered from a portrait by this project's own workshop, so its true motion is
# known: `assets/samples/face_truth.json`.

# %%
truth = json.loads(asset_path("samples", "face_truth.json").read_text())


def yaw_degrees(camera_from_head):
    """Angle between the nose and the optical axis, seen from above."""
    nose = camera_from_head[:3, 2]
    return np.degrees(np.arctan2(nose[0], -nose[2]))


times = [r.frame.time_s for r in results]
measured = [yaw_degrees(r.poses.heads[0].camera_from_head.matrix) for r in results]
true = [yaw_degrees(np.array(f["camera_from_head"])) for f in truth["frames"][: len(results)]]

figure, axis = plt.subplots(figsize=(8, 3))
axis.plot(times, true, "k--", label="truth")
axis.plot(times, measured, label="registration")
axis.set(xlabel="time, s", ylabel="yaw, degrees")
axis.legend()

# %% [markdown]
# ## The layer
#
# A layer is exact for lenses and shadows: `image = transmit * frame + add`, per channel, only
# inside a small rectangle.

# %%
layer = result.layer
figure, axes = plt.subplots(1, 2, figsize=(10, 3))
axes[0].imshow(layer.add)
axes[0].set_title("add")
axes[1].imshow(layer.transmit)
axes[1].set_title("transmit")
for axis in axes:
    axis.axis("off")

# %% [markdown]
# ## Where the time goes

# %%
stages = list(results[0].timings_ms)
median = [np.median([r.timings_ms[s] for r in results]) for s in stages]
figure, axis = plt.subplots(figsize=(8, 2.5))
axis.barh(stages[::-1], median[::-1])
axis.set(xlabel="median, ms a frame")
print({stage: round(float(ms), 2) for stage, ms in zip(stages, median, strict=True)})
