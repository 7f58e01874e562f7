from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.errors import SourceError
from ar_preview.evaluation import evaluate_hands, load_hand_truth
from ar_preview.evaluation.silhouette import finger_width, hand_silhouette
from ar_preview.geometry import ImageSize
from ar_preview.landmarks import FINGER_JOINTS
from ar_preview.recording import write_image
from tests import hand_model as model

if TYPE_CHECKING:
    from pathlib import Path


def test_silhouettes_have_the_width_of_the_fingers() -> None:
    truth = model.camera_from_palm() @ model.joints()
    camera = model.CAMERA.resized(ImageSize(640, 360))
    points = camera.project(truth)
    mask = hand_silhouette(model.picture(truth, width_m=0.016, camera=camera), points)
    base, middle = FINGER_JOINTS["middle"][:2]
    width = finger_width(mask, points[base], points[middle])
    # Pixels that are partly finger count as finger.
    true_px = 0.016 * camera.fx / truth[base, 2]
    assert width is not None
    assert true_px - 0.5 < width < true_px + 2.7
    assert finger_width(np.ones_like(mask), points[base], points[middle]) is None


def test_hand_truth_is_read_with_pixel_centres_at_integers(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", np.zeros((200, 320, 3), np.uint8))
    entry = {
        "file": "a.png",
        "K": [[300.0, 0.0, 159.5], [0.0, 300.0, 99.5], [0.0, 0.0, 1.0]],
        "joints3d_cm": (100.0 * model.joints() + [0.0, 0.0, 50.0]).tolist(),
    }
    (tmp_path / "truth.json").write_text(json.dumps([entry]))
    (truth,) = load_hand_truth(tmp_path)
    assert (truth.camera.cx, truth.camera.cy) == (160.0, 100.0)
    assert truth.joints_camera[0, 2] == pytest.approx(0.5)
    evaluation = evaluate_hands([truth])
    assert (evaluation.pictures, evaluation.found, evaluation.fingers) == (1, 0, ())


def test_a_folder_without_truth_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot read .*truth\.json"):
        load_hand_truth(tmp_path)
    (tmp_path / "truth.json").write_text('[{"file": "a.png"}]')
    with pytest.raises(SourceError, match="file, K and joints3d_cm"):
        load_hand_truth(tmp_path)


@pytest.mark.slow
@pytest.mark.shared
def test_fingers_of_the_truth_pictures(shared_data: Path) -> None:
    evaluation = evaluate_hands(load_hand_truth(shared_data / "hand_truth"))
    figures = evaluation.figures()
    assert evaluation.found == evaluation.facing_right == evaluation.pictures == 41
    assert figures["axis_mean_deg"] <= 12.5
    assert figures["roll_straight_median_deg"] <= 4.5
    assert figures["roll_bent_median_deg"] <= 5.0
    assert figures["across_median_mm"] <= 1.7
    assert figures["width_median_percent"] <= 3.0
