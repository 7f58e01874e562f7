"""What is worn on a head, from the ears to the neck: seated once, carried along in every frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ar_preview.fitting.earrings import Earrings, seat_earring
from ar_preview.fitting.glasses import seat_glasses
from ar_preview.fitting.hat import seat_hat
from ar_preview.fitting.necklace import seat_necklace
from ar_preview.fitting.over_ear import seat_over_ear
from ar_preview.posture import camera_from_trunk
from ar_preview.scene import Item

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ar_preview.fitting.seat import Seat
    from ar_preview.landmarks import FaceModel
    from ar_preview.person import HeadShape, Person
    from ar_preview.poses import HeadPose
    from ar_preview.products.product import Product
    from ar_preview.tracks import Handedness

__all__ = ["HEAD_SLOTS", "HeadWear"]

HEAD_SLOTS = frozenset({"glasses", "hat", "over_ear", "earrings", "necklace"})

_EASE, _CREEPING_FRAMES = 0.85, 40
"""What is left of a change of seat one frame later, and when nothing is."""

_EARS: tuple[Handedness, ...] = ("left", "right")


@dataclass(eq=False)
class _Seated:
    """Where a product belongs on a person, and where it is shown on its way there."""

    head: HeadShape
    goal: Mapping[str, Seat]
    shown: Mapping[str, Seat]
    left: int = 0
    """Frames until it is there."""

    def step(self) -> Mapping[str, Seat]:
        """Go on by a frame and return where it is shown."""
        self.left = max(self.left - 1, 0)
        if self.left:
            self.shown = {k: s.towards(self.goal[k], 1.0 - _EASE) for k, s in self.shown.items()}
        else:
            self.shown = self.goal
        return self.shown

    def is_news(self, goal: Mapping[str, Seat]) -> bool:
        """Whether another seat is visibly another."""
        return any(seat.differs_from(self.goal[k]) for k, seat in goal.items())


class HeadWear:
    """The products worn on heads, and where they sit on each person.

    Parameters
    ----------
    model : FaceModel
    products : sequence of Product
        Those for other places are left alone.
    continuous : bool
        True for a video or camera: a better seat is crept to instead of jumped to, and what
        hangs swings.
    """

    def __init__(
        self, model: FaceModel, products: Sequence[Product], continuous: bool = True
    ) -> None:
        self._model = model
        self._products = [p for p in products if p.slot in HEAD_SLOTS]
        self._continuous = continuous
        self._seats: dict[tuple[int, str], _Seated] = {}
        self._earrings: dict[int, Earrings] = {}

    def place(self, pose: HeadPose, person: Person, time_s: float) -> list[Item]:
        """Return the worn pieces of one head.

        Parameters
        ----------
        pose : HeadPose
        person : Person
            Whose head it is.
        time_s : float
            Of the frame.
        """
        items: list[Item] = []
        for product in self._products if person.head is not None else ():
            assert person.head is not None
            seats = self._seated(person, product, person.head)
            if product.slot == "earrings":
                if person.id not in self._earrings:
                    self._earrings[person.id] = Earrings(product, self._continuous)
                items += self._earrings[person.id].place(pose, person.head, time_s, seats)
                continue
            carrier = pose.camera_from_head
            if product.slot == "necklace":
                carrier = camera_from_trunk(pose, person.head)
            seat = seats["whole"]
            items.append(
                Item(
                    product,
                    f"face:{pose.person_id}/{product.slot}",
                    carrier @ seat.head_from_product,
                    scale=seat.scale,
                    nodes=seat.nodes,
                    fade=seat.fade,
                )
            )
        return items

    def _seated(self, person: Person, product: Product, head: HeadShape) -> Mapping[str, Seat]:
        """Seat anew only when the person's shape was learned anew and the seat is another.

        A pair that creeps is seen, one that sits a millimetre beside its best place is not.
        """
        key = (person.id, product.id)
        seated = self._seats.get(key)
        if seated is None or seated.head is not head:
            goal = self._goal(person, product, head)
            if seated is None or not self._continuous:
                seated = _Seated(head, goal, goal)
            elif not person.settled or seated.is_news(goal):
                seated = _Seated(head, goal, seated.shown, _CREEPING_FRAMES)
            else:
                seated.head = head
            self._seats[key] = seated
        return seated.step()

    def _goal(self, person: Person, product: Product, head: HeadShape) -> dict[str, Seat]:
        if product.slot == "earrings":
            return {side: seat_earring(head, side) for side in _EARS}
        if product.slot == "hat":
            return {"whole": seat_hat(product, head, person.true_from_drawn)}
        if product.slot == "over_ear":
            return {"whole": seat_over_ear(product, head)}
        if product.slot == "necklace":
            return {"whole": seat_necklace(product, head)}
        return {"whole": seat_glasses(product, head, self._model.triangles)}
