"""Everything worn, placed on everybody in the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ar_preview.errors import ProductError
from ar_preview.fitting.hand_wardrobe import HandWardrobe
from ar_preview.fitting.head_wear import HeadWear
from ar_preview.fitting.presence import Presence
from ar_preview.geometry import RigidTransform
from ar_preview.products.product import HAND_SLOTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import time

    from ar_preview.landmarks import FaceModel
    from ar_preview.person import Person
    from ar_preview.poses import Poses
    from ar_preview.products.product import Material, Product
    from ar_preview.scene import Item

__all__ = ["Wardrobe"]


@dataclass(frozen=True, eq=False)
class _Outfit:
    """What heads wear, and in which materials."""

    products: tuple[Product, ...]
    head_wear: HeadWear
    materials: Mapping[str, Mapping[str, Material]]


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
        If two products want the same slot, or no product has the variant.
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
        self._materials = _materials(products, variant)
        self._outfit = self._outfit_of(products, self._materials)
        self._own: dict[int, _Outfit] = {}
        self._presence = Presence()
        self._hands = HandWardrobe([p for p in products if p.slot in HAND_SLOTS], continuous)

    def wear_alone(
        self, person_id: int, products: Sequence[Product], variant: str | None = None
    ) -> None:
        """Give one person's head something else to wear than everybody's.

        Parameters
        ----------
        person_id : int
            As `HeadPose.person_id`.
        products : sequence of Product
            Instead of what all wear; may be empty.
        variant : str, optional

        Raises
        ------
        ProductError
            If two products want the same slot, one is not for a head, or no product has the
            variant.
        """
        for product in products:
            if product.slot in HAND_SLOTS:
                raise ProductError(f"{product.id} is worn on a hand, whose person is not known")
        self._own[person_id] = self._outfit_of(products, _materials(products, variant))

    def _outfit_of(
        self, products: Sequence[Product], materials: Mapping[str, Mapping[str, Material]]
    ) -> _Outfit:
        for_head = tuple(p for p in products if p.slot not in HAND_SLOTS)
        return _Outfit(for_head, HeadWear(self._model, for_head, self._continuous), materials)

    @property
    def products(self) -> tuple[Product, ...]:
        """What everybody wears, one product per slot."""
        return self._products

    @property
    def for_heads(self) -> tuple[Product, ...]:
        """What is worn on heads, by everybody or one person alone."""
        own = (p for outfit in self._own.values() for p in outfit.products)
        return tuple(dict.fromkeys((*self._outfit.products, *own)))

    @property
    def for_hands(self) -> HandWardrobe:
        """What of it is worn on fingers and wrists."""
        return self._hands

    def dress(
        self,
        poses: Poses,
        persons: Sequence[Person],
        time_s: float = 0.0,
        now: time | None = None,
    ) -> tuple[Item, ...]:
        """Return the worn pieces of a frame.

        Parameters
        ----------
        poses : Poses
        persons : sequence of Person
            The persons of the head poses.
        time_s : float
            Of the frame: what hangs swings in it.
        now : datetime.time, optional
            What watches show; by default what their models do.
        """
        by_id = {person.id: person for person in persons}
        items: list[Item] = []
        opacity = self._presence.update([pose.person_id for pose in poses.heads], time_s)
        for pose in poses.heads:
            outfit = self._own.get(pose.person_id, self._outfit)
            worn = outfit.head_wear.place(pose, by_id[pose.person_id], time_s)
            if self._continuous and opacity[pose.person_id] < 1.0:
                worn = [replace(i, opacity=opacity[pose.person_id] * i.opacity) for i in worn]
            items += [_nudged(i, outfit.materials[i.product.id]) for i in worn]
        in_hand = self._hands.dress(poses, now)
        items += [_nudged(i, self._materials[i.product.id]) for i in in_hand]
        return tuple(items)

    def note_worn(self, persons: Sequence[Person], items: Sequence[Item]) -> tuple[Person, ...]:
        """Return the persons with the ids of what each of them wears."""
        worn: dict[str, tuple[str, ...]] = {}
        for item in items:
            wearer = item.anchor.partition("/")[0]
            # A pair is two items.
            worn[wearer] = tuple(dict.fromkeys((*worn.get(wearer, ()), item.product.id)))
        return tuple(replace(p, worn=worn.get(f"face:{p.id}", ())) for p in persons)


def _materials(
    products: Sequence[Product], variant: str | None
) -> dict[str, Mapping[str, Material]]:
    """Return the materials that a variant replaces, by product; check that all can be worn."""
    slots: dict[str, Product] = {}
    for product in products:
        if product.slot in slots:
            raise ProductError(
                f"{slots[product.slot].id} and {product.id} are both worn as "
                f"{product.slot}: choose one"
            )
        slots[product.slot] = product
    known = sorted({name for product in products for name in product.variants})
    if variant is not None and products and variant not in known:
        raise ProductError(f"no variant {variant!r}: there is {', '.join(known) or 'none'}")
    return {product.id: product.variants.get(variant or "", {}) for product in products}


def _nudged(item: Item, materials: Mapping[str, Material]) -> Item:
    """Return a piece in its materials, moved by hand from where it sits by itself."""
    nudge = item.product.nudge
    move = RigidTransform(nudge.rotation, item.scale * nudge.translation)
    return replace(item, materials=materials, camera_from_product=item.camera_from_product @ move)
