"""Rigid transforms, named ``target_from_source``."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ar_preview.geometry.rotation import nearest_rotation, orthonormality, so3_exp, so3_log

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry.pixels import Array

__all__ = ["RigidTransform"]


@dataclass(frozen=True, eq=False)
class RigidTransform:
    """A rotation and a translation, ``p_target = rotation @ p_source + translation``.

    Parameters
    ----------
    rotation : array_like, shape (3, 3)
        Proper rotation matrix; small numerical drift (1e-3) is repaired.
    translation : array_like, shape (3,)
        Metres.

    Raises
    ------
    ValueError
        If a value is not finite or the matrix is not a proper rotation.
    """

    rotation: Array = field(default_factory=lambda: np.eye(3))
    translation: Array = field(default_factory=lambda: np.zeros(3))

    def __post_init__(self) -> None:
        rotation = np.array(self.rotation, dtype=np.float64)
        translation = np.array(self.translation, dtype=np.float64)
        if rotation.shape != (3, 3) or translation.shape != (3,):
            raise ValueError(
                f"expected a (3, 3) rotation and a (3,) translation, got shapes "
                f"{rotation.shape} and {translation.shape}"
            )
        numbers = (*rotation.ravel().tolist(), *translation.tolist())
        if not all(map(math.isfinite, numbers)):
            raise ValueError("a rigid transform needs finite numbers")
        error, determinant = orthonormality(rotation)
        if error > 1e-3 or determinant < 0:
            raise ValueError(f"expected a proper rotation, got {rotation.tolist()}")
        if error > 1e-12:
            rotation = nearest_rotation(rotation)
        rotation.setflags(write=False)
        translation.setflags(write=False)
        object.__setattr__(self, "rotation", rotation)
        object.__setattr__(self, "translation", translation)

    @classmethod
    def _of_sound(cls, rotation: Array, translation: Array) -> RigidTransform:
        """Build from what is known to be sound: there are dozens in a frame."""
        rotation.setflags(write=False)
        translation.setflags(write=False)
        transform = object.__new__(cls)
        object.__setattr__(transform, "rotation", rotation)
        object.__setattr__(transform, "translation", translation)
        return transform

    @classmethod
    def identity(cls) -> RigidTransform:
        """Return the transform that changes nothing."""
        return cls()

    @classmethod
    def from_matrix(cls, matrix: npt.ArrayLike) -> RigidTransform:
        """Build from a homogeneous matrix.

        Parameters
        ----------
        matrix : array_like, shape (4, 4) or (3, 4)
        """
        m = np.asarray(matrix, dtype=np.float64)
        if m.shape not in {(4, 4), (3, 4)}:
            raise ValueError(f"expected a (4, 4) or (3, 4) matrix, got {m.shape}")
        if m.shape == (4, 4) and not np.allclose(m[3], [0.0, 0.0, 0.0, 1.0]):
            raise ValueError(f"expected a last row of 0 0 0 1, got {m[3].tolist()}")
        return cls(m[:3, :3], m[:3, 3])

    @classmethod
    def from_rotation_vector(
        cls, rotation_vector: npt.ArrayLike, translation: npt.ArrayLike = (0.0, 0.0, 0.0)
    ) -> RigidTransform:
        """Build from axis times angle (radians) and a translation in metres."""
        return cls(so3_exp(rotation_vector), np.asarray(translation, dtype=np.float64))

    @property
    def matrix(self) -> Array:
        """The (4, 4) homogeneous matrix."""
        m = np.zeros((4, 4))
        m[:3, :3] = self.rotation
        m[:3, 3] = self.translation
        m[3, 3] = 1.0
        return m

    @property
    def rotation_vector(self) -> Array:
        """Axis times angle, (3,), radians."""
        return so3_log(self.rotation)

    def inverse(self) -> RigidTransform:
        """Return ``source_from_target``."""
        return self._of_sound(self.rotation.T, -self.rotation.T @ self.translation)

    @overload
    def __matmul__(self, other: RigidTransform) -> RigidTransform: ...
    @overload
    def __matmul__(self, other: npt.NDArray[Any]) -> Array: ...
    def __matmul__(self, other: RigidTransform | npt.NDArray[Any]) -> RigidTransform | Array:
        """Compose with a transform, or apply to points of shape (..., 3)."""
        if isinstance(other, RigidTransform):
            return self._of_sound(
                self.rotation @ other.rotation,
                self.rotation @ other.translation + self.translation,
            )
        return np.asarray(other @ self.rotation.T + self.translation, dtype=np.float64)

    def zoomed(self, factor: float) -> RigidTransform:
        """Return the pose that looks about the same through lenses `factor` times as long.

        Parameters
        ----------
        factor : float
            Things must be so many times as far away along z, here camera space.
        """
        return self._of_sound(self.rotation, self.translation * [1.0, 1.0, factor])

    def interpolated(self, other: RigidTransform, fraction: float) -> RigidTransform:
        """Move a fraction of the way to another transform, on SO(3) and in space.

        Parameters
        ----------
        other : RigidTransform
        fraction : float
            0 gives this transform, 1 the other.
        """
        step = so3_log(self.rotation.T @ other.rotation)
        return self._of_sound(
            self.rotation @ so3_exp(fraction * step),
            self.translation + fraction * (other.translation - self.translation),
        )
