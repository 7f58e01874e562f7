"""How far landmarks trail behind a moving head."""

from __future__ import annotations

import numpy as np
import pytest

from ar_preview.registration.trailing import trailing_s


def _walk(delay_s: float, noise: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    time = np.arange(200) / 30.0
    head = np.column_stack([np.sin(1.7 * time), 0.3 * np.cos(2.9 * time)]) * 0.3
    speed = np.gradient(head, time, axis=0)
    landmarks = head - delay_s * speed + [0.02, -0.01] + random.normal(0.0, noise, head.shape)
    return landmarks, head, speed


@pytest.mark.parametrize("delay_s", [0.0, 0.012, 0.03])
def test_a_delay_is_told_apart_from_an_offset(delay_s: float) -> None:
    assert trailing_s(*_walk(delay_s, 0.002)) == pytest.approx(delay_s, abs=0.002)


def test_wild_frames_do_not_tell() -> None:
    landmarks, head, speed = _walk(0.012, 0.002)
    landmarks[::9] += 0.3
    assert trailing_s(landmarks, head, speed) == pytest.approx(0.012, abs=0.003)


def test_who_keeps_still_tells_nothing() -> None:
    still = np.zeros((50, 2))
    noise = np.random.default_rng(5).normal(0.0, 0.002, (50, 2))
    assert trailing_s(noise, still, 1e-3 * noise[::-1]) == pytest.approx(0.0, abs=0.001)
