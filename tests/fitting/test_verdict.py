from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ar_preview.fitting import HeadMeasurer, fit_verdict, resized
from ar_preview.fitting.measure import face_width
from ar_preview.fitting.verdict import temple_need_mm
from ar_preview.person import Interval, Measurements, Person
from ar_preview.registration.anatomy import complete_head
from ar_preview.tracking import load_face_model
from tests.people import box_glasses

MODEL = load_face_model()


def person(size: float = 1.0, spread: float = 0.06) -> Person:
    face = size * MODEL.vertices_head
    scale = Interval(size, size * (1 - spread), size * (1 + spread))
    pupils = scale.scaled(0.065)
    return Person(0, scale, complete_head(face, face), pupil_distance_m=pupils)


def measurements(face: float, bridge: float = 18.0, spread: float = 0.05) -> Measurements:
    def around(value: float) -> Interval:
        return Interval(value, (1.0 - spread) * value, (1.0 + spread) * value)

    return Measurements(around(63.0), around(face), around(bridge), around(152.0))


def test_widths_are_cut_where_they_are_said_to_be() -> None:
    """On a cone whose widths are known: x = 70 mm less a third of z, level in y."""
    z = np.linspace(0.06, -0.08, 29)
    y = np.linspace(-0.1, 0.12, 23)
    depth, height = np.meshgrid(z, y)
    half = 0.030 + (0.06 - depth) / 3
    sides = [np.stack([s * half, height, depth], axis=-1).reshape(-1, 3) for s in (1, -1)]
    vertices = np.concatenate(sides)
    index = np.arange(len(sides[0])).reshape(height.shape)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
    half_faces = np.concatenate([np.stack([a, b, c], -1), np.stack([b, d, c], -1)]).reshape(-1, 3)
    faces = np.concatenate([half_faces, half_faces + len(sides[0])])
    # The lids at z = 30 mm, and so the pupils at z = 32 mm.
    found = face_width(vertices, faces, np.array([0.0, 0.02, 0.03]))
    assert found == pytest.approx(2 * (0.030 + (0.06 + 0.008) / 3), abs=1e-6)


def test_a_head_is_measured_in_proportion() -> None:
    measurer = HeadMeasurer(MODEL)
    one = measurer.measure(person())
    large = HeadMeasurer(MODEL).measure(person(1.1))
    assert one is not None and large is not None
    for name in vars(one):
        small, big = getattr(one, name), getattr(large, name)
        # Temples and pads stay so many millimetres from the eyes, where a larger head is not
        # quite as much wider; the nose is much less so near its crest.
        slack = {"face_width_mm": 0.025, "bridge_width_mm": 0.08}.get(name, 1e-9)
        assert big.value == pytest.approx(1.1 * small.value, rel=slack)
        assert big.low < big.value < big.high
    assert 130 < one.face_width_mm.value < 150
    assert 14 < one.bridge_width_mm.value < 22
    assert measurer.measure(replace(person(), head=None)) is None
    assert HeadMeasurer(MODEL).measure(replace(person(), pupil_distance_m=None)) is None


def test_surer_sizes_give_surer_widths() -> None:
    rough = HeadMeasurer(MODEL).measure(person(spread=0.08))
    fine = HeadMeasurer(MODEL).measure(person(spread=0.005))
    assert rough is not None and fine is not None
    for name in ("face_width_mm", "bridge_width_mm", "head_width_mm"):
        a, b = getattr(rough, name), getattr(fine, name)
        assert b.high - b.low < a.high - a.low


def test_a_head_at_another_size_is_the_same_head() -> None:
    before = person()
    after = resized(before, Interval(0.9, 0.89, 0.91))
    assert after.head is not None and before.head is not None
    np.testing.assert_allclose(after.head.face_head, 0.9 * before.head.face_head)
    np.testing.assert_allclose(
        after.head.ears["left"].root_head, 0.9 * before.head.ears["left"].root_head
    )
    assert after.pupil_distance_m is not None
    assert after.pupil_distance_m.value == pytest.approx(0.9 * 0.065)
    assert after.pupil_distance_m.high / after.pupil_distance_m.value < 1.025


@pytest.mark.parametrize(
    ("face_mm", "good", "text"),
    [
        (150.0, False, "10 mm narrower than your face{}: too narrow: the temples press"),
        (143.0, True, "3 mm narrower than your face{}: snug fit"),
        (140.2, True, "as wide as your face{}: regular fit"),
        (136.0, True, "4 mm wider than your face{}: relaxed fit"),
        (130.0, False, "10 mm wider than your face{}: oversized look"),
        (124.0, False, "16 mm wider than your face{}: too wide: it slides"),
    ],
)
def test_the_width_in_an_opticians_words(face_mm: float, good: bool, text: str) -> None:
    head = person().head
    assert head is not None
    sure, unsure = (
        fit_verdict(box_glasses(0.140), head, measurements(face_mm, spread=spread))[0]
        for spread in (0.001, 0.05)
    )
    assert (sure.part, sure.good, sure.text) == ("width", good, text.format(""))
    assert sure.difference_mm == pytest.approx(140.0 - face_mm)
    assert unsure.uncertain_mm == pytest.approx(0.05 * face_mm)
    size, verdict = text.format(f", give or take {0.05 * face_mm:.0f} mm").split(": ", 1)
    assert unsure.text in {f"{size}: {hedge}{verdict}" for hedge in ("", "probably ", "perhaps ")}
    assert unsure.good == good


def test_what_is_hardly_known_is_said_with_care() -> None:
    """4 mm wider is a relaxed fit between 2.5 and 8 mm."""
    head = person().head
    assert head is not None
    said = [
        fit_verdict(box_glasses(0.140), head, measurements(136.0, spread=spread))[0].text
        for spread in (0.012, 0.025, 0.06)
    ]
    assert [text.split(": ")[1] for text in said] == [
        "relaxed fit",
        "probably relaxed fit",
        "perhaps relaxed fit",
    ]


def test_every_part_is_judged_that_is_known() -> None:
    head = person(0.97).head
    assert head is not None
    glasses = box_glasses()
    parts = {n.part: n for n in fit_verdict(glasses, head, measurements(138.0))}
    assert list(parts) == ["width", "bridge", "temples", "centring"]
    assert parts["bridge"].text == (
        "2 mm wider than your nose, give or take 1 mm: regular on your nose"
    )
    assert parts["centring"].difference_mm == pytest.approx(50 + 20 - 63)
    assert 125 < temple_need_mm(head) < 150
    bare = replace(glasses, dimensions_mm={})
    (only,) = fit_verdict(bare, head, measurements(138.0))
    assert only.part == "width"
    assert only.difference_mm == pytest.approx(2.0, abs=0.1)
    assert fit_verdict(replace(glasses, slot="hat"), head, measurements(138.0)) == ()


def test_a_narrow_bridge_pinches() -> None:
    head = person().head
    assert head is not None
    notes = {n.part: n for n in fit_verdict(box_glasses(), head, measurements(138.0, 25.0))}
    assert not notes["bridge"].good
    assert "pinches" in notes["bridge"].text
