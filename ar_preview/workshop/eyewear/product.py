"""Glasses as a product: what is built and how it is offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ar_preview.workshop.eyewear.build import build_glasses
from ar_preview.workshop.eyewear.detail import FULL, LOD1
from ar_preview.workshop.eyewear.shield import ShieldStyle, build_shield

if TYPE_CHECKING:
    from ar_preview.workshop.eyewear.style import GlassesStyle
    from ar_preview.workshop.generate import Listing
    from ar_preview.workshop.model import Model

__all__ = ["GlassesProduct"]


@dataclass(frozen=True)
class GlassesProduct:
    """A style with its listing; `generate_product` writes it.

    Parameters
    ----------
    style : GlassesStyle or ShieldStyle
    listing : Listing
    """

    style: GlassesStyle | ShieldStyle
    listing: Listing

    @property
    def category(self) -> str:
        """The manifest's category."""
        return "glasses"

    @property
    def anchor(self) -> str:
        """The manifest's anchor."""
        return "nose_bridge"

    @property
    def dimensions_mm(self) -> dict[str, float]:
        """Real dimensions by manifest name."""
        return self.style.dimensions_mm

    @property
    def worn(self) -> dict[str, object]:
        """Nothing else: the fitting room asks the person's head."""
        return {}

    def models(self) -> tuple[Model, Model]:
        """Build the full model and its level of detail."""
        if isinstance(self.style, ShieldStyle):
            return build_shield(self.style, FULL), build_shield(self.style, LOD1)
        return build_glasses(self.style, FULL), build_glasses(self.style, LOD1)
