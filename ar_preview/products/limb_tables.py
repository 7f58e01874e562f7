"""Tables of ``product.toml`` for what is worn on a limb: straps and clocks."""

from __future__ import annotations

import itertools
from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ar_preview.products.clocks import Clock
from ar_preview.products.straps import Run, Strap

__all__ = ["ClockTable", "StrapRun", "StrapTable", "Strict", "Text"]

Text = Annotated[str, Field(min_length=1)]
Limb = Annotated[float, Field(gt=1.0, le=200.0)]


class Strict(BaseModel):
    """Base of all tables: no unknown keys, no NaN."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ClockTable(Strict):
    """What of a watch shows the time: hands, or digits of seven segments."""

    shows: Annotated[
        str,
        Field(
            pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$",
            description="Time that the model shows, HH:MM or HH:MM:SS.",
        ),
    ]
    hour: Text | None = Field(None, description="Node; turns clockwise about its z.")
    minute: Text | None = None
    second: Text | None = None
    digits: tuple[Text, Text, Text, Text] | None = Field(
        None, description="HHMM; each is seven nodes NAME_a to NAME_g (g in the middle)."
    )
    sink_mm: float = Field(0.0, ge=0.0, le=5.0, description="How far dark segments sink, mm.")

    @model_validator(mode="after")
    def _shows_something(self) -> ClockTable:
        if self.digits is None and not (self.hour and self.minute):
            raise ValueError("needs hour and minute, or digits")
        if self.digits is not None and self.sink_mm <= 0.0:
            raise ValueError("digits need a sink_mm above 0")
        return self

    def clock(self) -> Clock:
        """Return the clock in metres."""
        named = {"hour": self.hour, "minute": self.minute, "second": self.second}
        return Clock(
            shows=time.fromisoformat(self.shows),
            hands={hand: node for hand, node in named.items() if node},
            digits=self.digits or (),
            sink_m=1e-3 * self.sink_mm,
        )


class StrapRun(Strict):
    """Parts in a row around the limb, from the head or from the top."""

    side: Literal["twelve", "six", "round"]
    nodes: list[Text] = Field(min_length=1, max_length=200)
    arc_mm: list[Annotated[float, Field(ge=0.0, le=600.0)]] = Field(
        description="Arc length of each node's origin from the bar or the top, rising, mm."
    )

    @model_validator(mode="after")
    def _in_order(self) -> StrapRun:
        if len(self.nodes) != len(self.arc_mm):
            raise ValueError(
                f"needs one arc_mm a node, got {len(self.arc_mm)} for {len(self.nodes)} nodes"
            )
        if any(b <= a for a, b in itertools.pairwise(self.arc_mm)):
            raise ValueError("arc_mm must rise")
        return self


class StrapTable(Strict):
    """How parts lie around the wrist: their origins on a taut curve over the skin."""

    rest_radii_mm: tuple[Limb, Limb] = Field(
        description="Half-axes of the wrist that the model is shaped for, x (wide) and z, mm."
    )
    standoff_mm: float = Field(ge=0.0, le=20.0, description="Origins' height over the skin, mm.")
    head: Text | None = Field(None, description="Node that stays on top: the case.")
    bar_mm: tuple[Limb, float] | None = Field(
        None, description="Where the strap leaves the head: x, and z over the skin, mm."
    )
    lift_mm: float = Field(
        0.0, ge=0.0, le=10.0, description="How far 6 o'clock's run climbs over the other, mm."
    )
    runs: list[StrapRun] = Field(min_length=1, max_length=4)

    @model_validator(mode="after")
    def _has_a_bar(self) -> StrapTable:
        if self.bar_mm is None and any(run.side != "round" for run in self.runs):
            raise ValueError("runs of twelve and six o'clock need bar_mm")
        return self

    def strap(self) -> Strap:
        """Return the strap in metres."""
        bar = self.bar_mm
        return Strap(
            rest_radii_m=(1e-3 * self.rest_radii_mm[0], 1e-3 * self.rest_radii_mm[1]),
            standoff_m=1e-3 * self.standoff_mm,
            runs=tuple(
                Run(run.side, tuple(run.nodes), tuple(1e-3 * mm for mm in run.arc_mm))
                for run in self.runs
            ),
            head=self.head,
            bar_m=None if bar is None else (1e-3 * bar[0], 1e-3 * bar[1]),
            lift_m=1e-3 * self.lift_mm,
        )
