from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

import ar_preview.sources.camera as camera_module
from ar_preview.errors import MeasurementError
from ar_preview.frames import Frame
from ar_preview.geometry import Array, Camera, ImageSize, RigidTransform
from ar_preview.measuring import Board, BoardCollector
from ar_preview.recording import write_image
from ar_preview.sources import FakeCamera, load_calibration, open_source, save_calibration
from ar_preview.sources.calibration import CONFIG_VARIABLE, calibration_path

if TYPE_CHECKING:
    from pathlib import Path

SIZE = ImageSize(960, 540)
CAMERA = Camera(960, 540, 812.0, 806.0, 474.0, 275.5, (-0.12, 0.05, 0.001, -0.0008, 0.0))
BOARD = Board(9, 6, 25.0)
SUPERSAMPLING = 2


@functools.cache
def lens_rays(camera: Camera) -> Array:
    """Where every sub-pixel of the picture looks."""
    k = SUPERSAMPLING
    y, x = np.mgrid[0 : SIZE.height * k, 0 : SIZE.width * k]
    return camera.unproject(np.stack([(x + 0.5) / k, (y + 0.5) / k], axis=-1).reshape(-1, 2), 1.0)


def board_picture(pose: RigidTransform, camera: Camera = CAMERA) -> Array:
    """A board seen by a lens, drawn by looking up every sub-pixel's ray on the board."""
    k = SUPERSAMPLING
    rays = lens_rays(camera)
    normal = pose.rotation[:, 2]
    depth = (normal @ pose.translation) / (rays @ normal)
    on_board = ((rays * depth[:, None]) - pose.translation) @ pose.rotation[:, :2] / 0.025
    col, row = np.floor(on_board[:, 0] + 1), np.floor(on_board[:, 1] + 1)
    inside = (col >= 0) & (col < 10) & (row >= 0) & (row < 7)
    paper = (np.abs(on_board - [4.0, 2.5]) < [6.0, 4.5]).all(axis=1)
    value = np.where(paper, 235.0, 120.0)
    value[inside] = np.where((col + row)[inside] % 2 == 0, 25.0, 235.0)
    image = cv2.resize(
        value.reshape(SIZE.height * k, SIZE.width * k).astype(np.float32),
        tuple(SIZE),
        interpolation=cv2.INTER_AREA,
    )
    image = cv2.GaussianBlur(image, (0, 0), 0.6)
    image = image + np.random.default_rng(0).normal(0.0, 1.5, image.shape)
    return np.repeat(np.clip(image, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def poses() -> list[RigidTransform]:
    found = []
    for i, (rx, ry, dx, dy, z) in enumerate(
        [
            *((0, 0, 0, 0, 0.45), (30, 5, -0.10, 0.02, 0.5), (-30, 0, 0.1, -0.03, 0.5)),
            *((5, 32, 0.05, 0.06, 0.5), (0, -32, -0.06, -0.05, 0.5), (20, 20, 0.15, 0.06, 0.6)),
            *(
                (-22, 20, -0.15, 0.06, 0.6),
                (20, -24, 0.14, -0.06, 0.6),
                (-20, -20, -0.1, -0.05, 0.6),
            ),
        ]
    ):
        turn = RigidTransform.from_rotation_vector(np.radians([rx, ry, 7.0 * (i % 3) - 7.0]))
        centre = np.array([dx, dy, z])
        found.append(RigidTransform(turn.rotation, centre - turn.rotation @ [0.1, 0.0625, 0.0]))
    return found


@pytest.fixture(scope="module")
def pictures() -> list[Array]:
    return [board_picture(pose) for pose in poses()]


def test_a_camera_is_recovered_with_its_lens(pictures: list[Array]) -> None:
    collector = BoardCollector(BOARD)
    kept = [collector.add(Frame(image)) for image in pictures]
    assert sum(kept) == collector.views >= 8
    # The same view again tells nothing new.
    assert not collector.add(Frame(pictures[1]))
    result = collector.solve()
    assert result.error_px < 0.3
    assert result.camera.fx == pytest.approx(CAMERA.fx, rel=0.004)
    assert result.camera.fy == pytest.approx(CAMERA.fy, rel=0.004)
    assert result.camera.cx == pytest.approx(CAMERA.cx, abs=2.5)
    assert result.camera.cy == pytest.approx(CAMERA.cy, abs=2.5)
    assert abs(result.camera.fov_degrees - CAMERA.fov_degrees) < 4 * result.fov_sd_degrees + 0.1
    # What matters is where points fall, over the whole picture.
    corners = np.array([[x, y] for x in (40, 480, 920) for y in (30, 270, 510)], float)
    rays = CAMERA.unproject(corners, 1.0)
    assert np.linalg.norm(result.camera.project(rays) - corners, axis=1).max() < 4.0


def test_what_cannot_be_solved_is_said(pictures: list[Array]) -> None:
    with pytest.raises(MeasurementError, match="at least 3x3"):
        Board(2, 6, 25.0)
    few = BoardCollector(BOARD)
    for image in pictures[:3]:
        few.add(Frame(image))
    with pytest.raises(MeasurementError, match="different views"):
        few.solve()
    with pytest.raises(MeasurementError, match="differ in size"):
        few.add(Frame(np.zeros((100, 100, 3), np.uint8)))
    flat = BoardCollector(BOARD)
    for dx in (-0.15, -0.05, 0.05, 0.15):
        for dy in (-0.05, 0.06):
            place = RigidTransform(np.eye(3), np.array([dx - 0.1, dy - 0.06, 0.7]))
            flat.add(Frame(board_picture(place)))
    with pytest.raises(MeasurementError, match="tilt it"):
        flat.solve()


def test_a_calibration_is_kept_for_its_camera(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path))
    assert load_calibration(0, SIZE) is None
    path = save_calibration(0, CAMERA, 0.2)
    assert path == calibration_path(0, SIZE)
    assert load_calibration(0, SIZE) == CAMERA
    half = load_calibration(0, ImageSize(480, 270))
    assert half is not None
    assert half.fx == pytest.approx(CAMERA.fx / 2)
    assert half.distortion == CAMERA.distortion
    assert load_calibration(0, ImageSize(640, 480)) is None
    assert load_calibration(1, SIZE) is None
    path.write_text('{"format": "ar-preview-camera", "version": 1, "width": "wide"}')
    assert load_calibration(0, SIZE) is None


def test_a_live_camera_uses_its_calibration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path))
    save_calibration(0, CAMERA, 0.2)
    image = np.full((SIZE.height, SIZE.width, 3), 90, np.uint8)
    pictures = tmp_path / "frames"
    pictures.mkdir()
    write_image(pictures / "a.png", image)
    fake = FakeCamera.from_path(pictures)
    # A fake given by hand is another camera than number 0 ...
    with open_source("camera:0", capture_factory=fake.open) as source:
        other = next(source).camera
        assert other is not None and not other.distortion
    # ... the device behind OpenCV is the one that was calibrated.
    monkeypatch.setattr(camera_module, "OpenCvCapture", fake.open)
    with open_source("camera:0") as source:
        assert next(source).camera == CAMERA
    with open_source("camera:0", fov_degrees=60.0) as source:
        told = next(source).camera
        assert told is not None
        assert told.fov_degrees == pytest.approx(60.0)
