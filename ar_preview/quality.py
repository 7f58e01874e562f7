"""How much work a frame may take: what a slow machine leaves out first."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GPU", "SOFTWARE", "Quality"]


@dataclass(frozen=True)
class Quality:
    """What drawing a frame may cost.

    Parameters
    ----------
    coarseness : float
        Size of triangles in the picture; 1 is the largest that is not seen, 0 draws models as
        they come.
    light_every : int
        Frames from one look at the light to the next.
    scale : float
        Side of a drawn pixel's share of a picture's one: 1 draws every pixel.
    track_every : int
        Frames from one search for landmarks to the next; in between the picture alone holds
        the pose.
    match : bool
        Whether what is drawn is made as soft and as grainy as the picture.

    Raises
    ------
    ValueError
        If a value is out of range.
    """

    coarseness: float = 1.0
    light_every: int = 6
    scale: float = 1.0
    track_every: int = 1
    match: bool = True

    def __post_init__(self) -> None:
        if not (self.coarseness >= 0.0 and 0.0 < self.scale <= 1.0):
            raise ValueError(f"expected coarseness >= 0 and scale in (0, 1], got {self}")
        if self.light_every < 1 or self.track_every < 1:
            raise ValueError(f"expected whole numbers of frames from 1 on, got {self}")


GPU = Quality(coarseness=0.0)
"""Where a graphics card draws."""

SOFTWARE = Quality()
"""Where the CPU draws: nothing is left out that could be seen."""
