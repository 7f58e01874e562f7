"""What fingers and wrists wear, placed on every hand in the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ar_preview.fitting.hand import Bender, Cuff, LimbSeat, seat_on_finger, seat_on_wrist
from ar_preview.landmarks import FINGER_JOINTS
from ar_preview.scene import Item

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import time

    from ar_preview.geometry import RigidTransform
    from ar_preview.landmarks import Finger
    from ar_preview.poses import Poses
    from ar_preview.products.product import Product

__all__ = ["HandWardrobe"]

_MM = 1e-3
_USUAL_BAND_MM = 20.0


class HandWardrobe:
    """The rings, watches and bracelets that are worn; each hand wears all of them.

    Parameters
    ----------
    products : sequence of Product
    continuous : bool
        False where every frame is a picture of its own.
    """

    def __init__(
        self,
        products: Sequence[Product],
        continuous: bool = True,
    ) -> None:
        self._continuous = continuous
        self._rings: dict[Finger, Product] = {
            finger: product
            for product in products
            for finger in FINGER_JOINTS
            if product.slot == f"ring:{finger}"
        }
        self._for_wrists = [p for p in products if p.slot in {"watch", "bracelet"}]
        self._cuffs: dict[tuple[int, str], tuple[Cuff, Bender]] = {}

    @property
    def fingers(self) -> tuple[Finger, ...]:
        """Fingers that wear something."""
        return tuple(self._rings)

    @property
    def wrist(self) -> bool:
        """Whether wrists wear something."""
        return bool(self._for_wrists)

    def __bool__(self) -> bool:
        """Whether there is anything for hands."""
        return bool(self._rings or self._for_wrists)

    def dress(self, poses: Poses, now: time | None = None) -> tuple[Item, ...]:
        """Return the worn pieces of a frame.

        Parameters
        ----------
        poses : Poses
        now : datetime.time, optional
            What watches show; by default what their models do.
        """
        items = []
        for pose in poses.fingers:
            product = self._rings.get(pose.finger)
            if product is not None:
                items.append(self._item(product, pose.hand_id, seat_on_finger(product, pose)))
        present = {pose.hand_id for pose in poses.hands}
        self._cuffs = {key: cuff for key, cuff in self._cuffs.items() if key[0] in present}
        for wrist in poses.wrists:
            for product in self._for_wrists:
                cuff, bender = self._cuff(wrist.hand_id, product)
                shift, opacity = cuff.update(wrist.bare_m)
                if opacity > 0.0:
                    seat = seat_on_wrist(product, wrist, shift, now, bender)
                    items.append(self._item(product, wrist.hand_id, seat, opacity))
        return tuple(items)

    def _cuff(self, hand_id: int, product: Product) -> tuple[Cuff, Bender]:
        key = hand_id, product.id
        if key not in self._cuffs or not self._continuous:
            sizes = product.dimensions_mm
            widest = max(sizes.get("case_diameter", 0.0), sizes.get("band_width", 0.0))
            half = 0.5 * _MM * (widest or _USUAL_BAND_MM)
            self._cuffs[key] = Cuff(half, self._continuous), Bender()
        return self._cuffs[key]

    def _item(self, product: Product, hand_id: int, seat: LimbSeat, opacity: float = 1.0) -> Item:
        nodes: Mapping[str, RigidTransform] = seat.nodes
        return Item(
            product,
            f"hand:{hand_id}/{product.slot}",
            seat.camera_from_product,
            seat.scale,
            nodes,
            opacity=opacity,
        )
