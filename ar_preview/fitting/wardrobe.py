"""Everything worn, placed on everybody in the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ar_preview.errors import ProductError
from ar_preview.fitting.glasses import GlassesSeat, seat_glasses
from ar_preview.products.product import FITTED_SLOTS
from ar_preview.scene import Item

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ar_preview.landmarks import FaceModel
    from ar_preview.person import HeadShape, Person
    from ar_preview.poses import Poses
    from ar_preview.products.product import Material, Product

__all__ = ["Wardrobe"]


_EASE, _CREEPING_FRAMES = 0.85, 40
"""What is left of a change of seat one frame later, and when nothing is."""


@dataclass(eq=False)
class _Seated:
    """Where a product belongs on a head, and where it is shown on its way there."""

    head: HeadShape
    goal: GlassesSeat
    shown: GlassesSeat
    left: int = 0
    """Frames until it is there."""

    def step(self) -> GlassesSeat:
        """Go on by a frame and return where it is shown."""
        self.left = max(self.left - 1, 0)
        self.shown = self.shown.towards(self.goal, 1.0 - _EASE) if self.left else self.goal
        return self.shown


class Wardrobe:
    """The products that are worn, one per slot, and where they sit on each person.

    Parameters
    ----------
    model : FaceModel
    products : sequence of Product
    variant : str, optional
        Variant to show, for every product that has one of this name.
    continuous : bool
        True for a video or camera: a better seat is crept to instead of jumped to.

    Raises
    ------
    ProductError
        If two products want the same slot, a slot cannot be worn by this version, or no product
        has the variant.
    """

    def __init__(
        self,
        model: FaceModel,
        products: Sequence[Product],
        variant: str | None = None,
        continuous: bool = True,
    ) -> None:
        self._model = model
        self._continuous = continuous
        self._products = tuple(products)
        self._materials: dict[str, Mapping[str, Material]] = {}
        slots: dict[str, Product] = {}
        for product in products:
            if product.slot not in FITTED_SLOTS:
                raise ProductError(
                    f"{product.id} is worn as {product.slot}; this version fits only "
                    f"{', '.join(sorted(FITTED_SLOTS))}"
                )
            if product.slot in slots:
                raise ProductError(
                    f"{slots[product.slot].id} and {product.id} are both worn as "
                    f"{product.slot}: choose one"
                )
            slots[product.slot] = product
        known = sorted({name for product in products for name in product.variants})
        if variant is not None and products and variant not in known:
            raise ProductError(f"no variant {variant!r}: there is {', '.join(known) or 'none'}")
        for product in products:
            self._materials[product.id] = product.variants.get(variant or "", {})
        self._seats: dict[tuple[int, str], _Seated] = {}

    @property
    def products(self) -> tuple[Product, ...]:
        """What is worn, one product per slot."""
        return self._products

    def dress(self, poses: Poses, persons: Sequence[Person]) -> tuple[Item, ...]:
        """Return the worn pieces of a frame.

        Parameters
        ----------
        poses : Poses
        persons : sequence of Person
            The persons of the head poses.
        """
        by_id = {person.id: person for person in persons}
        items = []
        for pose in poses.heads:
            person = by_id[pose.person_id]
            if person.head is None:
                continue
            for product in self._products:
                seat = self._seat(person, product, person.head)
                items.append(
                    Item(
                        product,
                        f"face:{pose.person_id}/{product.slot}",
                        pose.camera_from_head @ seat.head_from_product,
                        nodes=seat.nodes,
                        materials=self._materials[product.id],
                        fade=seat.fade,
                    )
                )
        return tuple(items)

    def note_worn(self, persons: Sequence[Person], items: Sequence[Item]) -> tuple[Person, ...]:
        """Return the persons with the ids of what each of them wears."""
        worn: dict[str, tuple[str, ...]] = {}
        for item in items:
            wearer = item.anchor.partition("/")[0]
            worn[wearer] = (*worn.get(wearer, ()), item.product.id)
        return tuple(replace(p, worn=worn.get(f"face:{p.id}", ())) for p in persons)

    def _seat(self, person: Person, product: Product, head: HeadShape) -> GlassesSeat:
        """Seat anew only when the person's shape was learned anew and the seat is another.

        A pair that creeps is seen, one that sits a millimetre beside its best place is not.
        """
        seated = self._seats.get((person.id, product.id))
        if seated is None or seated.head is not head:
            goal = seat_glasses(product, head, self._model.triangles)
            if seated is None or not self._continuous:
                seated = _Seated(head, goal, goal)
            elif not person.settled or goal.differs_from(seated.goal):
                seated = _Seated(head, goal, seated.shown, _CREEPING_FRAMES)
            else:
                seated.head = head
            self._seats[person.id, product.id] = seated
        return seated.step()
