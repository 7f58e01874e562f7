"""A bank card drawn into a picture, in a known place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.measuring import CARD_SIZE_M

if TYPE_CHECKING:
    from ar_preview.geometry import Array, Camera, RigidTransform

_CORNER_M = 0.00318
_SCALE = 6000  # px a metre


def card_picture(colour: tuple[int, int, int] = (24, 60, 120)) -> tuple[Array, Array]:
    """RGB and cover of a card with stripe, chip and round corners."""
    width, height = (round(s * _SCALE) for s in CARD_SIZE_M)
    card = np.empty((height, width, 3))
    card[:] = colour
    card *= np.linspace(0.9, 1.1, width)[None, :, None]
    card[round(0.33 * height) : round(0.5 * height), 60:140] = (205, 180, 110)
    for x in range(70, width - 120, 44):
        card[round(0.62 * height) : round(0.68 * height), x : x + 26] = (225, 228, 235)
    cover = np.zeros((height, width))
    r = round(_CORNER_M * _SCALE)
    cv2.rectangle(cover, (r, 0), (width - r, height), 1.0, -1)
    cv2.rectangle(cover, (0, r), (width, height - r), 1.0, -1)
    for x in (r, width - r):
        for y in (r, height - r):
            cv2.circle(cover, (x, y), r, 1.0, -1)
    return card, cover


def draw_card(
    image: Array,
    camera: Camera,
    camera_from_card: RigidTransform,
    colour: tuple[int, int, int] = (24, 60, 120),
) -> Array:
    """Draw the card as `CardSighting` has it: x along its width, y down its height."""
    card, cover = card_picture(colour)
    half = np.array([*CARD_SIZE_M, 0.0]) / 2
    model = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * half
    k = 4
    corners = camera.project(camera_from_card @ model)
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, image.shape[1::-1])
    goal = (k * (corners - low) - 0.5).astype(np.float32)
    height, width = cover.shape
    start = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(start.astype(np.float32), goal)
    small = tuple(int(v) for v in high - low)
    size = (small[0] * k, small[1] * k)
    flat = cv2.warpPerspective((card * cover[..., None]).astype(np.float32), matrix, size)
    alpha = cv2.warpPerspective(cover.astype(np.float32), matrix, size)
    flat = cv2.resize(flat, small, interpolation=cv2.INTER_AREA)
    alpha = cv2.resize(alpha, small, interpolation=cv2.INTER_AREA)[..., None]
    image = np.array(image, dtype=np.float64)
    part = image[low[1] : high[1], low[0] : high[0]]
    part[:] = part * (1.0 - alpha) + flat
    return image
