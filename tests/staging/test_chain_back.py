"""The back of a necklace is hidden, its front never, however the trunk is turned."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ar_preview.fitting import seat_necklace
from ar_preview.posture import camera_from_trunk, guessed_trunk
from ar_preview.products.catalogue import load_product
from ar_preview.scene import Item
from ar_preview.staging.chain_back import chain_back
from ar_preview.staging.chain_shadow import ChainLine
from tests.people import CAMERA
from tests.shoulders import HEAD, body_of, head, told, turned


@pytest.mark.parametrize("name", ["serena-strand", "lyra-pendant"])
@pytest.mark.parametrize("heading", [0.0, -25.0, 45.0])
def test_a_chain_is_seen_until_it_turns_behind_the_neck(name: str, heading: float) -> None:
    product = load_product(name)
    seen = head()
    guess = guessed_trunk(seen.camera_from_head, HEAD)
    pose = told(seen, body_of(turned(guess, heading)))
    seat = seat_necklace(product, HEAD)
    place = camera_from_trunk(pose, HEAD) @ seat.head_from_product
    item = Item(product, "face:0/necklace", place, scale=seat.scale)
    line = ChainLine.of(product)
    found = chain_back(item, line, pose, HEAD)
    rim = found.vertices_camera[:-1].astype(np.float64)
    outline = CAMERA.project(rim).astype(np.float32)
    points = item.camera_from_product @ (item.scale * line.loop)
    inside = np.array(
        [cv2.pointPolygonTest(outline, (u, v), False) > 0.0 for u, v in CAMERA.project(points)]
    )
    assert inside.all()
    # Nothing of the half that faces the camera is behind it, only ends of the other are before.
    nearer = points[:, 2] < found.vertices_camera[:, 2].min()
    farther = points[:, 2] > found.vertices_camera[:, 2].max()
    middle = 0.5 * (points[:, 2].min() + points[:, 2].max())
    assert nearer[points[:, 2] < middle - 0.02].all()
    assert farther[points[:, 2] > middle + 0.035].all()
    assert farther.sum() > 0.2 * len(points)
