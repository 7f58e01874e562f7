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
# # Rings, watches and bracelets
#
# A hand turns faster than a head, bends in twenty places and hides itself. This notebook follows
# the bundled sample, a palm that is offered to the camera and moves on a known path, from the
# tracker's dots to the ring on the finger, and measures what a jeweller would.

# %%
import json

import matplotlib.pyplot as plt
import numpy as np

import ar_preview as ar
from ar_preview.assets import asset_path
from ar_preview.fitting import measure_hand
from ar_preview.landmarks import FINGER_JOINTS, HandLandmark
from ar_preview.registration.hand import HandRegistration

PIECES = [ar.load_product(name) for name in ("lumen-solitaire", "orrery-40")]

with ar.open_source("sample:hand") as source:
    frames = list(source)
with ar.Preview(PIECES) as preview:
    results = [preview.step(frame) for frame in frames]
worn = [r for r in results if r.scene.items]
print(f"{len(frames)} frames, a hand in {sum(bool(r.tracks.hands) for r in results)}")


def show(pictures, columns=3, width=12):
    """Draw pictures with their titles, side by side."""
    rows = -(-len(pictures) // columns)
    shape = next(iter(pictures.values())).shape
    height = width / columns * shape[0] / shape[1] * rows + 0.4 * rows
    figure, axes = plt.subplots(rows, columns, figsize=(width, height), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, (title, picture) in zip(axes.flat, pictures.items(), strict=False):
        axis.imshow(picture)
        axis.set_title(title)
    figure.tight_layout()


# %% [markdown]
# ## What is worn, over the clip
#
# What is worn decides which trackers run: nothing asks for hands where nobody wears a ring.

# %%
picked = [worn[i] for i in np.linspace(0, len(worn) - 1, 6).astype(int)]
show({f"frame {r.frame.index}": r.image for r in picked})

# %% [markdown]
# ## From dots to limbs
#
# The tracker sees 21 joints in the picture and guesses their depth. Registration lifts them: every
# joint stays on the ray of its pixel, and the depths are those of a hand whose bones keep their
# lengths. Then each limb gets axes of its own: y along the bone towards the tip, z out of the back
# of the hand. Red x, green y, blue z, 15 mm long.

# %%
result = picked[len(picked) // 2]
camera, hand, track = result.scene.camera, result.poses.hands[0], result.tracks.hands[0]
low, high = track.points_image.min(axis=0) - [200, 60], track.points_image.max(axis=0) + 60

figure, (left, right) = plt.subplots(1, 2, figsize=(12, 6))
left.imshow(result.frame.image)
for joints in FINGER_JOINTS.values():
    chain = track.points_image[[HandLandmark.WRIST, *joints]]
    left.plot(*chain.T, "-o", ms=3, lw=1)
left.set(xlim=(low[0], high[0]), ylim=(high[1], low[1]), title="joints in the picture")
left.axis("off")

right.imshow(result.image)
limbs = [f.camera_from_finger for f in result.poses.fingers]
limbs += [w.camera_from_wrist for w in result.poses.wrists]
for camera_from_limb in limbs:
    ends = camera.project(camera_from_limb @ np.vstack([np.zeros(3), 0.015 * np.eye(3)]))
    for end, colour in zip(ends[1:], "rgb", strict=True):
        right.plot(*np.stack([ends[0], end]).T, colour, lw=2)
right.set(xlim=(low[0], high[0]), ylim=(high[1], low[1]), title="limbs with their axes")
right.axis("off")
figure.tight_layout()

# %% [markdown]
# ## What hides what
#
# Fingers, palm and arm are simple bodies of the measured widths. They are not drawn, but hide
# what is behind them: the ring's far half, the strap under the arm. Here they are as outlines, and
# the layer alone, before it is laid over the frame.

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 6))
left.imshow(result.frame.image)
for occluder in result.scene.occluders:
    corners = camera.project(occluder.vertices_camera.astype(float))
    left.triplot(*corners.T, occluder.triangles, lw=0.3, label=occluder.name)
left.set(xlim=(low[0], high[0]), ylim=(high[1], low[1]), title="occluders")
left.axis("off")
alone = np.full_like(result.image, 128)
(x, y), (h, w) = result.layer.offset, result.layer.add.shape[:2]
part = alone[y : y + h, x : x + w] / 255.0 * result.layer.transmit + result.layer.add
alone[y : y + h, x : x + w] = np.clip(np.rint(part), 0, 255)
right.imshow(alone)
right.set(xlim=(low[0], high[0]), ylim=(high[1], low[1]), title="the layer alone, over gray")
right.axis("off")
figure.tight_layout()

# %% [markdown]
# ## Does it stick?
#
# The hand moves on a known path. Where the ring sits is one point of the hand: its path in the
# picture, beside the path of the one point fixed to the true hand that explains it best, and what
# is left between them.

# %%
truth = json.loads(asset_path("samples", "hand_truth.json").read_text(encoding="utf-8"))
camera_from_hand = np.array([f["camera_from_hand"] for f in truth["frames"]])
ring = PIECES[0].id
seen = {
    r.frame.index: camera.project(item.camera_from_product.translation[None])[0]
    for r in worn
    for item in r.scene.items
    if item.product.id == ring
}
index = np.array(sorted(seen))
path = np.array([seen[i] for i in index])

# The point: linear triangulation over all frames.
k = truth["camera"]
rays = (path - [k["cx"], k["cy"]]) / [k["fx"], k["fy"]]
motion = camera_from_hand[index]
rows = rays[..., None] * motion[:, 2:3] - motion[:, :2]
rows = rows.reshape(-1, 4)
point_hand = np.linalg.lstsq(rows[:, :3], -rows[:, 3], rcond=None)[0]
true = motion[:, :3, :3] @ point_hand + motion[:, :3, 3]
true_image = [k["fx"], k["fy"]] * true[:, :2] / true[:, 2:] + [k["cx"], k["cy"]]
apart = np.linalg.norm(path - true_image, axis=1)

figure, (left, right) = plt.subplots(1, 2, figsize=(12, 3.6))
left.plot(index, true_image, c="black", lw=1)
left.plot(index, path, ".", ms=3)
left.set(title="ring in the picture: dots over the true lines", xlabel="frame", ylabel="px")
right.plot(index, apart)
right.set(title=f"what is left, median {np.median(apart):.2f} px", xlabel="frame", ylabel="px")
for axis in (left, right):
    axis.grid(alpha=0.3)
figure.tight_layout()

# %% [markdown]
# ## Sizes
#
# Finger widths and the wrist are measured at their edges in the picture. Their size in mm needs a
# scale: that of people's hands gives 15 %, a bank card beside the hand
# (`ar-preview measure IN --hand --card`) a ring size or so. The preview measures fingers that wear
# something; here all of them are asked. The lines are 95 % intervals.

# %%
registration = HandRegistration(0)
for r in results:
    known = registration.update(
        r.tracks.hands[0], r.scene.camera, r.frame.timestamp_ns, r.frame.image
    )
measured = measure_hand(known.fingers, known.wrist)
fingers = list(measured.finger_diameters_mm)
values = [measured.finger_diameters_mm[f] for f in fingers]
figure, axis = plt.subplots(figsize=(7, 3))
for row, value in enumerate(values):
    axis.plot([value.low, value.high], [row, row], lw=2)
    axis.plot(value.value, row, "ko")
axis.set(yticks=range(len(fingers)), yticklabels=fingers, xlabel="diameter, mm")
axis.grid(alpha=0.3)
figure.tight_layout()
if measured.wrist_girth_mm is not None:
    girth = measured.wrist_girth_mm
    print(f"wrist {girth.value:.0f} mm around [{girth.low:.0f}, {girth.high:.0f}]")

# %% [markdown]
# How near joints, axes and widths come to measured hands is told by `ar-preview evaluate hands
# DIR`; what hands cost and how calm they are by `tests/benchmarks/hands.py`.
