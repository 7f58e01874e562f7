"""The renderer as an object: errors, threads, memory, repeatability, the golden picture."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from ar_preview.compositing import composite
from ar_preview.errors import RenderError
from ar_preview.frames import ImageSize
from ar_preview.geometry import Camera
from ar_preview.products.product import Material, Texture
from ar_preview.rendering import Renderer
from ar_preview.rendering.environment import load_environment
from ar_preview.scene import Light, Scene
from tests.rendering.stage_kit import Stage, ball, matte, placed, product, quad

if TYPE_CHECKING:
    from pathlib import Path


def golden_scene() -> Scene:
    """Lacquer, brushed metal and a tinted lens in the bundled studio."""
    lacquer = Material(
        base_color=(0.05, 0.02, 0.01, 1.0), metallic=0.0, roughness=0.3, clearcoat=1.0
    )
    steel = Material(base_color=(0.7, 0.68, 0.65, 1.0), metallic=1.0, roughness=0.25)
    lens = Material(base_color=(0.5, 0.6, 0.45, 1.0), metallic=0.0, roughness=0.0, transmission=1.0)
    camera = Camera.from_fov(ImageSize(240, 160), 40.0)
    return Scene(
        camera,
        (
            placed(product(ball(0.05), m=lacquer), x=-0.06),
            placed(product(ball(0.035), m=steel), x=0.07, y=-0.02),
            placed(product(ball(0.04), m=lens), z=0.4, x=0.01, y=0.02),
        ),
    )


def gradient(size: tuple[int, int]) -> Any:
    rows, columns = np.mgrid[: size[1], : size[0]]
    image = np.stack([columns % 256, 120 + rows // 3, 255 - columns], axis=-1)
    return np.ascontiguousarray(image.astype(np.uint8))


def test_the_golden_picture(root: Path, request: pytest.FixtureRequest) -> None:
    path = root / "tests" / "goldens" / "studio.png"
    scene = golden_scene()
    with Renderer() as renderer:
        image = gradient((240, 160))
        picture = composite(image, renderer.render(scene, image))
    if request.config.getoption("--regenerate-goldens"):
        assert cv2.imwrite(str(path), picture[..., ::-1])
    expected = cv2.imread(str(path))[..., ::-1].astype(int)
    difference = np.abs(picture - expected)
    # Drivers differ at edges and in the last bit of a texture look-up.
    assert difference.mean() < 0.7
    assert np.quantile(difference, 0.995) <= 10


def test_the_bundled_studio_is_what_its_builder_makes() -> None:
    from ar_preview.assets import asset_path
    from ar_preview.workshop.environments import build_studio

    bundled = load_environment(asset_path("environments"), "studio")
    built = build_studio()
    np.testing.assert_allclose(built.irradiance, bundled.irradiance, rtol=1e-3, atol=1e-3)
    for ours, theirs in zip(built.levels, bundled.levels, strict=True):
        assert ours.shape == theirs.shape
        assert np.abs(ours.astype(float) - theirs.astype(float)).mean() < 0.005


def test_equal_input_gives_equal_bytes(stage: Stage, environments: Path) -> None:
    item = placed(product(ball(0.03), m=Material(base_color=(0.7, 0.5, 0.3, 1), roughness=0.2)))
    scene, image = stage.scene(item), gradient((160, 120))
    first = stage.renderer.render(scene, image)
    stage.renderer.render(stage.scene(placed(product(quad(1.0, 1.0), m=matte(0.9)))), image)
    again = stage.renderer.render(scene, image)
    with Renderer(environments) as other:
        fresh = other.render(scene, image)
    for layer in (again, fresh):
        assert layer.offset == first.offset
        np.testing.assert_array_equal(layer.add, first.add)
        np.testing.assert_array_equal(layer.transmit, first.transmit)


def test_the_frame_is_not_changed(stage: Stage) -> None:
    image = gradient((160, 120))
    before = image.copy()
    stage.renderer.render(stage.scene(placed(product(ball(0.03), m=matte(0.5)))), image)
    np.testing.assert_array_equal(image, before)


def test_gpu_copies_live_as_long_as_their_originals(environments: Path) -> None:
    image = np.zeros((120, 160, 3), np.uint8)
    with Renderer(environments) as renderer:
        stage = Stage(renderer)

        def draw() -> None:
            texture = Texture(np.full((4, 4, 4), 255, np.uint8))
            textured = matte(0.5, base_color_texture=texture)
            scene = stage.scene(placed(product(quad(), m=textured)))
            renderer.render(scene, image)
            renderer.render(scene, image)
            assert renderer.held == (1, 1, 1)

        draw()
        gc.collect()
        draw()


def test_driver_has_a_name(stage: Stage) -> None:
    assert stage.renderer.driver
    assert stage.renderer.is_software == any(
        name in stage.renderer.driver.lower() for name in ("llvmpipe", "softpipe", "swrast")
    )


def test_wrong_use_is_explained(stage: Stage, environments: Path) -> None:
    scene = stage.scene(placed(product(quad(), m=matte(0.5))))
    with pytest.raises(RenderError, match=r"expected a \(120, 160, 3\) uint8 picture"):
        stage.renderer.render(scene, np.zeros((90, 160, 3), np.uint8))
    with pytest.raises(RenderError, match="uint8"):
        stage.renderer.render(scene, np.zeros((120, 160, 3), np.float32))  # type: ignore[arg-type]
    for name in ("moonlight", "../secret"):
        with pytest.raises(RenderError, match="there are: dark, uniform"):
            stage.renderer.render(
                Scene(stage.camera, scene.items, light=Light(name)), stage.background()
            )
    nameless = product(quad(material="gone"), m=matte(0.5))
    with pytest.raises(RenderError, match="no material 'gone'"):
        stage.renderer.render(stage.scene(placed(nameless)), stage.background())
    closed = Renderer(environments)
    closed.close()
    closed.close()
    with pytest.raises(RenderError, match="closed"):
        closed.render(scene, stage.background())


def test_another_thread_is_refused_but_may_have_its_own(stage: Stage, environments: Path) -> None:
    scene = stage.scene(placed(product(ball(0.03), m=matte(0.5))))
    results: list[Any] = []

    def work() -> None:
        try:
            stage.renderer.render(scene, stage.background())
        except RenderError as error:
            results.append(str(error))
        with Renderer(environments) as own:
            results.append(own.render(scene, stage.background()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert "thread" in results[0]
    here = stage.renderer.render(scene, stage.background())
    np.testing.assert_array_equal(results[1].add, here.add)


def test_a_broken_environment_is_explained(tmp_path: Path) -> None:
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(RenderError, match=r"broken\.npz cannot be read"):
        load_environment(tmp_path, "broken")
    np.savez(tmp_path / "odd.npz", level_0=np.zeros((4, 5, 3)), irradiance=np.zeros((9, 3)))
    with pytest.raises(RenderError, match="expected square maps"):
        load_environment(tmp_path, "odd")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="hides Mesa's drivers on Linux")
def test_without_a_driver_the_packages_are_named(tmp_path: Path) -> None:
    code = (
        "from ar_preview.errors import RenderError\n"
        "from ar_preview.rendering import Renderer\n"
        "try:\n    Renderer()\n"
        "except RenderError as error:\n    print('said:', error)\n"
    )
    hidden = {
        **os.environ,
        "__EGL_VENDOR_LIBRARY_DIRS": str(tmp_path),
        "LIBGL_DRIVERS_PATH": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=hidden, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "said: no usable OpenGL 3.3 driver" in done.stdout
    assert "apt-get install libgl1 libegl1 libgles2 libgl1-mesa-dri" in done.stdout
