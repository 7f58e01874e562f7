"""The face sample: a portrait that turns its head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import Camera
from ar_preview.workshop.samples.actor import Actor
from ar_preview.workshop.samples.chart import Chart, measure_surface
from ar_preview.workshop.samples.clip import add_noise, write_clip
from ar_preview.workshop.samples.face import PUPIL_DISTANCE_M, find_landmarks, fit_face
from ar_preview.workshop.samples.motion import FPS, face_motion
from ar_preview.workshop.samples.outline import match_outline
from ar_preview.workshop.samples.plate import build_plate, sway_plate
from ar_preview.workshop.samples.portrait import HEAD_CENTRE, SIZE, Portrait, load_portrait
from ar_preview.workshop.samples.texture import bake_texture
from ar_preview.workshop.samples.truth import truth_document, write_json
from ar_preview.workshop.samples.volume import build_volume

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array

__all__ = ["FaceStage", "build_face_clip", "set_face_stage"]

FOV_DEGREES = 38.0
"""Of the sample's camera: at 68 cm, a head fills a picture as in the portrait."""

_NOISE_SIGMA = 0.5


@dataclass(frozen=True, eq=False)
class FaceStage:
    """Everything the clip is drawn from.

    Parameters
    ----------
    portrait : Portrait
    plate : ndarray, shape (960, 960, 3), uint8
    actor : Actor
    landmarks_image : ndarray, shape (478, 2)
        As found in the portrait, px.
    """

    portrait: Portrait
    plate: RgbImage
    actor: Actor
    landmarks_image: Array

    def frame(self, turn: Array, sway: Array) -> Array:
        """Draw one frame without noise, (960, 960, 3) float."""
        camera = self.actor.face.camera
        depth = float(self.actor.face.camera_from_head.translation[2])
        plate = sway_plate(self.plate, sway * camera.fx / depth, sway[2] / depth)
        return self.actor.draw(plate, turn, sway)


def set_face_stage(portrait_path: Path) -> FaceStage:
    """Build head, texture and plate from the portrait.

    Parameters
    ----------
    portrait_path : Path
    """
    portrait = load_portrait(portrait_path)
    plate = build_plate(portrait)
    landmarks = find_landmarks(portrait.image)
    face = fit_face(landmarks, Camera.from_fov(SIZE, FOV_DEGREES))
    volume = build_volume(face, portrait.hair)
    surface = measure_surface(Chart.standard(), face, volume, portrait.hair)
    surface = match_outline(surface, face, portrait.person, HEAD_CENTRE)
    texture = bake_texture(surface, face, portrait)
    return FaceStage(portrait, plate, Actor(surface, face, texture), landmarks)


def build_face_clip(portrait_path: Path, out_dir: Path) -> None:
    """Write ``face.mp4``, ``face_truth.json`` and ``face_head.npz``.

    Parameters
    ----------
    portrait_path : Path
    out_dir : Path
        Exists; files of these names are replaced.
    """
    stage = set_face_stage(portrait_path)
    turns, sway = face_motion()
    write_clip(out_dir / "face.mp4", SIZE, FPS, _frames(stage, turns, sway))
    actor = stage.actor
    poses = [actor.camera_from_head(t, s) for t, s in zip(turns, sway, strict=True)]
    facts = {
        "head": "face_head.npz",
        "scale": round(actor.face.scale, 6),
        "pupil_distance_mm": 1000 * PUPIL_DISTANCE_M,
    }
    document = truth_document(actor.face.camera, FPS, poses, "camera_from_head", facts, {})
    write_json(out_dir / "face_truth.json", document)
    _write_head(out_dir / "face_head.npz", actor)


def _frames(stage: FaceStage, turns: Array, sway: Array) -> Iterator[RgbImage]:
    for index, (turn, shift) in enumerate(zip(turns, sway, strict=True)):
        yield add_noise(stage.frame(turn, shift), _NOISE_SIGMA, seed=index)


def _write_head(path: Path, actor: Actor) -> None:
    """Save the rigid part of the drawn mesh and the landmarks' positions, head space, metres."""
    vertices, triangles = actor.rigid_head()
    np.savez_compressed(
        path,
        vertices_head=np.round(vertices, 5).astype(np.float32),
        triangles=triangles.astype(np.int32),
        landmarks_head=actor.face.face_head.astype(np.float32),
    )
