"""From samples in linear light to the two encoded halves of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import moderngl
import numpy as np

from ar_preview.rendering.tiles import TILE_PX

if TYPE_CHECKING:
    from ar_preview.rendering.programs import Programs
    from ar_preview.rendering.targets import ShadeTarget, Targets
    from ar_preview.rendering.tiles import Coverage

__all__ = ["ResolvePass"]

_PLAIN, _TINTED = frozenset({"HAS_PIECES"}), frozenset({"HAS_PIECES", "HAS_TINT"})


class ResolvePass:
    """Resolves in each tile only what may be there: samples of pieces, of tints, and shadows.

    Each buffer of samples that is read costs as much as all the arithmetic.

    Parameters
    ----------
    context : moderngl.Context
    programs : Programs
    """

    def __init__(self, context: Any, programs: Programs) -> None:
        self._context = context
        self._programs = programs
        self._middles = context.buffer(reserve=1 << 12, dynamic=True)
        self._arrays: dict[frozenset[str], Any] = {}

    def resolve(
        self,
        targets: Targets,
        coverage: Coverage,
        shade: ShadeTarget | None,
        corner: tuple[int, int],
    ) -> None:
        """Write ``targets.resolved``.

        Parameters
        ----------
        targets : Targets
        coverage : Coverage
            Where pieces are.
        shade : ShadeTarget or None
            The shadows, if there are any.
        corner : tuple of int
            (x, y) in px of `shade` where `targets` begin.
        """
        context = self._context
        context.enable_only(moderngl.NOTHING)
        context.point_size = float(TILE_PX)
        targets.bind_for_resolve()
        targets.resolved.use()
        if shade is not None:
            shade.bind()
        tinted = coverage.tinted > 0.0
        plain = (coverage.plain > 0.0) & ~tinted
        shaded = frozenset({"HAS_SHADE"} if shade is not None else ())
        kinds = ((~(tinted | plain), shaded), (plain, shaded | _PLAIN), (tinted, shaded | _TINTED))
        middles, ends = np.empty((tinted.size, 2), np.float32), [0]
        for where, _ in kinds:
            rows, columns = where.nonzero()
            ends.append(ends[-1] + len(rows))
            middles[ends[-2] : ends[-1], 0], middles[ends[-2] : ends[-1], 1] = columns, rows
        middles += 0.5
        middles *= 2.0 * TILE_PX / np.array(targets.size)
        middles -= 1.0
        if self._middles.size < middles.nbytes:
            self.release()
            self._middles = context.buffer(reserve=2 * middles.nbytes, dynamic=True)
        self._middles.write(middles)
        for (_, features), first, end in zip(kinds, ends[:-1], ends[1:], strict=True):
            if end > first:
                array = self._array(features)
                if shade is not None:
                    array.program["u_shade_place"].value = (*corner, *shade.per_px)
                array.render(moderngl.POINTS, vertices=end - first, first=first)

    def _array(self, features: frozenset[str]) -> Any:
        array = self._arrays.get(features)
        if array is None:
            program = self._programs.get("resolve", features)
            array = self._context.vertex_array(program, self._middles, "in_middle")
            self._arrays[features] = array
        return array

    def release(self) -> None:
        """Free the buffer and what was made for the programs."""
        for array in self._arrays.values():
            array.release()
        self._arrays.clear()
        self._middles.release()
