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
# # Light and materials
#
# A product looks real when it is lit as the face beside it is, and when its materials do with
# that light what lacquer, metal, cloth and glass do. This notebook shows what the pipeline makes
# of the light in a clip, puts it beside a studio's, and tries other materials on the same frame.

# %%
import dataclasses
import time

import matplotlib.pyplot as plt
import numpy as np

import ar_preview as ar
from ar_preview.compositing import composite
from ar_preview.geometry import octahedral_directions, sh_basis
from ar_preview.ladder import SOFTWARE_RUNGS
from ar_preview.products import Material
from ar_preview.rendering import Renderer
from ar_preview.rendering.sheen import charlie_albedo
from ar_preview.rendering.thin_film import film_reflectance

glasses = ar.load_product("marlow-havana")
FRAMES = 30


def worn(frames, **options):
    """Return the last result of a run."""
    with ar.Preview([glasses], **options) as preview:
        for frame in frames:
            result = preview.step(frame)
    return result


def around(result, margin=0.1):
    """Slices of the picture about the drawn layer."""
    (x, y), (h, w) = result.layer.offset, result.layer.add.shape[:2]
    m = int(margin * w)
    return slice(max(y - m, 0), y + h + m), slice(max(x - m, 0), x + w + m)


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
# ## The room's light beside a studio's
#
# `auto` asks the skin and the background, `studio` is a showroom that only follows exposure and
# white, `off` shows the product's own colours. The lenses are real glass: they reflect what is
# before the face and let its eyes through.

# %%
with ar.open_source("sample:face", end=FRAMES) as source:
    frames = list(source)
results = {light: worn(frames, light=light) for light in ("auto", "studio", "off")}
result = results["auto"]
close = around(result)
pictures = {f"light: {name}": r.image[close] for name, r in results.items()}
show({"the frame": result.frame.image[close], **pictures}, columns=2)

# %% [markdown]
# ## The same face in a third of the light, and in warm light
#
# Nothing tells the pipeline that the picture was changed; the face does. The studio, too, follows
# brightness and colour, but its windows stay in the lenses wherever the person is.

# %%
DIM, WARM = (0.3, 0.3, 0.3), (1.0, 0.72, 0.42)


def relit(frame, factors):
    """Return the frame as under light of another strength and colour (linear factors)."""
    linear = (frame.image / 255.0) ** 2.2 * factors
    image = np.rint(255.0 * linear ** (1 / 2.2)).astype(np.uint8)
    return dataclasses.replace(frame, image=image)


pictures = {}
for name, factors in (("a third of the light", DIM), ("warm", WARM)):
    changed = [relit(frame, factors) for frame in frames]
    for light in ("auto", "studio"):
        pictures[f"{name}, light: {light}"] = worn(changed, light=light).image[close]
show(pictures, columns=2)

# %% [markdown]
# ## What was estimated
#
# Nine numbers a colour say how much light comes from where (spherical harmonics, from the shading
# of the skin); the map beside it is what polished parts mirror: the harmonics' energy with the
# detail of the frame's background. Left: a white matte ball in this light, seen from the camera.

# %%
light = result.scene.light
y, x = np.mgrid[1:-1:128j, 1:-1:128j]
inside = x**2 + y**2 < 1.0
normals = np.stack([x, y, -np.sqrt(np.clip(1.0 - x**2 - y**2, 0.0, None))], axis=-1)
lobe = np.array([1.0, *[2 / 3] * 3, *[1 / 4] * 5])
matte = np.clip(sh_basis(normals.reshape(-1, 3)) @ (lobe[:, None] * light.irradiance), 0.0, None)
matte = np.where(inside[..., None], matte.reshape(128, 128, 3), 0.0)


def encoded(linear):
    """For the eye: gamma, and the brightest clipped."""
    return np.clip(linear, 0.0, 1.0) ** (1 / 2.2)


show(
    {
        "a white ball": encoded(matte / matte.max()),
        "what is mirrored (octahedral)": encoded(light.radiance / np.quantile(light.radiance, 0.9)),
    },
    columns=2,
    width=8,
)
directions = octahedral_directions(light.radiance.shape[0]).reshape(-1, 3)
brightest = directions[light.radiance.mean(axis=-1).argmax()]
print(f"most light comes from {np.round(brightest, 2)} (x right, y down, z away from the camera)")

# %% [markdown]
# ## Other materials on the same frame
#
# A scene is plain data: the item keeps its pose, what is not glass gets another material. The
# renderer follows glTF 2.0 and its extensions; a shader does just what its material asks for.

# %%
item = result.scene.items[0]
frame_names = [name for name, m in glasses.materials.items() if m.transmission == 0.0]
wardrobe = {
    "as it is": None,
    "gold": Material(base_color=(1.0, 0.77, 0.36, 1.0), roughness=0.18),
    "lacquer (clear coat)": Material(
        base_color=(0.35, 0.01, 0.02, 1.0), metallic=0.3, roughness=0.5, clearcoat=1.0
    ),
    "velvet (sheen)": Material(
        base_color=(0.02, 0.03, 0.12, 1.0),
        metallic=0.0,
        roughness=1.0,
        sheen_color=(0.35, 0.45, 1.0),
        sheen_roughness=0.5,
    ),
    "anodised (iridescence)": Material(
        base_color=(0.55, 0.55, 0.57, 1.0),
        roughness=0.2,
        iridescence=1.0,
        iridescence_ior=1.9,
        iridescence_thickness_nm=(100.0, 260.0),
    ),
    "honey (transmission, volume)": Material(
        metallic=0.0,
        roughness=0.05,
        transmission=1.0,
        thickness=0.004,
        attenuation_color=(0.85, 0.45, 0.12),
        attenuation_distance=0.004,
    ),
}

background = result.frame.image
pictures = {}
with Renderer() as renderer:
    for name, material in wardrobe.items():
        materials = {} if material is None else dict.fromkeys(frame_names, material)
        dressed = dataclasses.replace(item, materials={**item.materials, **materials})
        scene = dataclasses.replace(result.scene, items=(dressed,))
        pictures[name] = composite(background, renderer.render(scene, background))[close]
show(pictures)

# %% [markdown]
# ## What a lens does to the light behind it
#
# A layer says what is added to the picture and what share of it stays. Lenses filter in linear
# light; their colour is what the glass absorbs over its thickness, and on top lies what they
# mirror. Below: a clear lens and the sun variant, close up with the eye behind, and the share of
# the picture that stays (of its encoded values, which is why the eye shows in it).

# %%
pictures = {}
for name, options in (("clear", {}), ("sun", {"variant": "sun"})):
    lens = worn(frames, **options)
    worn_item = lens.scene.items[0]
    node = next(n for n in glasses.nodes if n.name == "lens_right")
    product_from_node = glasses.product_from_node(
        {k: v.matrix for k, v in worn_item.nodes.items()}
    )[node.name]
    points = node.primitives[0].positions @ product_from_node[:3, :3].T + product_from_node[:3, 3]
    points_camera = worn_item.camera_from_product @ (worn_item.scale * points)
    points_image = lens.scene.camera.project(points_camera)
    x0, y0 = (points_image.min(axis=0) - 20).astype(int)
    x1, y1 = (points_image.max(axis=0) + 20).astype(int)
    kept = np.full_like(lens.image, 255)
    (x, y), (h, w) = lens.layer.offset, lens.layer.add.shape[:2]
    kept[y : y + h, x : x + w] = lens.layer.transmit
    pictures[f"{name}: picture"] = lens.image[y0:y1, x0:x1]
    pictures[f"{name}: what stays of it"] = kept[y0:y1, x0:x1]
show(pictures, columns=4)

# %% [markdown]
# ## The quality ladder
#
# Live, the pipeline measures what a frame costs and steps down when the camera is faster: lighter
# models, light looked at less often, fewer pixels. The rungs that change the picture, side by
# side, with the CPU time of drawing here.

# %%
pictures = {}
with Renderer() as renderer:
    for number, quality in enumerate(SOFTWARE_RUNGS[:4]):
        laps = []
        for _ in range(5):
            start = time.process_time()
            layer = renderer.render(result.scene, background, quality)
            laps.append(1e3 * (time.process_time() - start))
        name = f"rung {number}: scale {quality.scale:g}, {np.median(laps):.0f} ms"
        pictures[name] = composite(background, layer)[close]
show(pictures, columns=2)

# %% [markdown]
# ## The formulas behind it
#
# Reflection over the angle: a plain lens by Fresnel's equations with all bounces inside, a mirror
# coat as a thin film (colours by Airy's sum over the spectrum), and cloth, whose fibres shine at
# the rim. The tests hold the drawn pixels against these curves.

# %%
degrees = np.linspace(0.0, 89.0, 90)
cosines = np.cos(np.radians(degrees))
bare = film_reflectance(cosines, 1.5, 1.5, 0.0)[:, 1]
coat = film_reflectance(cosines, 2.0, 1.5, 250.0)

figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 3.6), sharex=True)
left.plot(degrees, 2 * bare / (1 + bare), c="black")
left.set(title="a lens, n = 1.5", ylabel="share of light")
for channel, colour in enumerate(("red", "green", "blue")):
    middle.plot(degrees, coat[:, channel], c=colour)
middle.set(title="250 nm of n = 2 on it, one side")
for roughness in (0.3, 0.5, 0.8):
    right.plot(degrees, charlie_albedo(cosines, roughness), label=f"roughness {roughness}")
right.legend()
right.set(title="white fibres")
for axis in (left, middle, right):
    axis.set(xlabel="angle, degrees", ylim=(0, 1))
    axis.grid(alpha=0.3)

# %% [markdown]
# How near all this comes to the truth is measured with path-traced pictures:
# `ar-preview evaluate light DIR`. What one pass cannot do is said by `ar-preview products check`:
# glass does not bend what is behind it, and frosted glass is drawn clear.
