"""Evaluation: how well worn pieces stick and sit, against clips whose motion is known."""

from __future__ import annotations

from ar_preview.evaluation.clips import count_frames, frames_backward, frames_forward
from ar_preview.evaluation.consistency import ConsistencyScore, measure_consistency
from ar_preview.evaluation.drawn import PRODUCT_POINTS, DrawnPath
from ar_preview.evaluation.evaluate import (
    BASELINE,
    CAMERAS,
    ClipEvaluation,
    Evaluation,
    Row,
    Timing,
    evaluate_clip,
    evaluate_poses,
    evaluate_truth,
)
from ar_preview.evaluation.hands import HandEvaluation, HandTruth, evaluate_hands, load_hand_truth
from ar_preview.evaluation.hardening import AS_IT_IS, HARDENINGS, Hardening, hardening
from ar_preview.evaluation.head_mesh import HeadMesh
from ar_preview.evaluation.light import (
    LIGHTS,
    LightEvaluation,
    LightScore,
    evaluate_light,
)
from ar_preview.evaluation.light_report import light_figures_of, write_light_report
from ar_preview.evaluation.light_truth import LightSetup, LightTruth, load_light_truth
from ar_preview.evaluation.occlusion import OcclusionScore, measure_occlusion
from ar_preview.evaluation.placing import PlacedProduct, place_each_frame, place_on_head
from ar_preview.evaluation.report import euler_degrees, write_report
from ar_preview.evaluation.seat import SeatScore, measure_seat
from ar_preview.evaluation.speed import SpeedReport, measure_speed
from ar_preview.evaluation.stick import StickScore, measure_stick, stick_errors, triangulate
from ar_preview.evaluation.table import figures_of
from ar_preview.evaluation.truth import Truth, load_truth

__all__ = [
    "AS_IT_IS",
    "BASELINE",
    "CAMERAS",
    "HARDENINGS",
    "LIGHTS",
    "PRODUCT_POINTS",
    "ClipEvaluation",
    "ConsistencyScore",
    "DrawnPath",
    "Evaluation",
    "HandEvaluation",
    "HandTruth",
    "Hardening",
    "HeadMesh",
    "LightEvaluation",
    "LightScore",
    "LightSetup",
    "LightTruth",
    "OcclusionScore",
    "PlacedProduct",
    "Row",
    "SeatScore",
    "SpeedReport",
    "StickScore",
    "Timing",
    "Truth",
    "count_frames",
    "euler_degrees",
    "evaluate_clip",
    "evaluate_hands",
    "evaluate_light",
    "evaluate_poses",
    "evaluate_truth",
    "figures_of",
    "frames_backward",
    "frames_forward",
    "hardening",
    "light_figures_of",
    "load_hand_truth",
    "load_light_truth",
    "load_truth",
    "measure_consistency",
    "measure_occlusion",
    "measure_seat",
    "measure_speed",
    "measure_stick",
    "place_each_frame",
    "place_on_head",
    "stick_errors",
    "triangulate",
    "write_light_report",
    "write_report",
]
