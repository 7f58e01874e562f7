"""Which camera took a picture: told, from a field of view, from metadata, or the default."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import atan, degrees, hypot

from ar_preview.errors import SourceError
from ar_preview.geometry import Camera, ImageSize

__all__ = ["CameraChoice", "CameraMatrix", "fov_from_focal_length_35mm"]

CameraMatrix = tuple[float, float, float, float]
"""``(fx, fy, cx, cy)`` in px for the size of the source's own frames."""

# The diagonal of a 36 mm x 24 mm film frame, mm.
_FILM_DIAGONAL_MM = hypot(36.0, 24.0)
_PLAUSIBLE_FOCAL_MM = (8.0, 400.0)
_ASPECT_TOLERANCE = 0.01
# In longer sides of the frame: from wider than any fisheye to narrower than any telephoto lens.
_FOCAL_LIMITS = (0.05, 100.0)
_CENTRE_LIMIT = 10.0


def fov_from_focal_length_35mm(focal_length_mm: float, size: ImageSize) -> float | None:
    """Return the field of view across the longer side, degrees.

    A focal length "in 35 mm film" is the one that gives the same diagonal angle on a frame of
    36 mm x 24 mm (CIPA DCG-001).

    Parameters
    ----------
    focal_length_mm : float
        None comes back for a value outside 8 to 400 mm, which no phone or webcam has.
    size : ImageSize
        Picture size in px.
    """
    low, high = _PLAUSIBLE_FOCAL_MM
    if not low <= focal_length_mm <= high:
        return None
    focal_px = focal_length_mm / _FILM_DIAGONAL_MM * hypot(*size)
    return degrees(2.0 * atan(0.5 * max(size) / focal_px))


@dataclass
class CameraChoice:
    """Chooses the camera of a frame from what is known, best knowledge first.

    The order is: an explicit camera, an explicit field of view, the field of view in the file's
    metadata, the default of 70 degrees across the longer side.

    Parameters
    ----------
    camera : Camera or CameraMatrix or None
        For frames of another size it is scaled, if the aspect ratio is the same.
    fov_degrees : float or None
        Across the longer side.

    Raises
    ------
    SourceError
        If both are given or a number is impossible.
    """

    camera: Camera | CameraMatrix | None = None
    fov_degrees: float | None = None
    _cache: dict[tuple[object, ...], Camera] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.camera is not None and self.fov_degrees is not None:
            raise SourceError("give a camera or a field of view, not both")
        fov = self.fov_degrees
        if fov is not None and not 1.0 < fov < 179.0:
            raise SourceError(f"expected a field of view between 1 and 179 degrees, got {fov:g}")

    def for_frame(
        self,
        size: ImageSize,
        metadata_fov_degrees: float | None = None,
        pixel_aspect: Fraction = Fraction(1),
    ) -> Camera:
        """Return the camera for upright frames of a size.

        Parameters
        ----------
        size : ImageSize
            px.
        metadata_fov_degrees : float or None
            What the file itself says.
        pixel_aspect : Fraction
            Width of a pixel over its height; other than 1 makes fx and fy differ.

        Raises
        ------
        SourceError
            If the explicit camera has another aspect ratio.
        """
        key = (size, metadata_fov_degrees, pixel_aspect)
        if key not in self._cache:
            self._cache[key] = self._chosen(size, metadata_fov_degrees, pixel_aspect)
        return self._cache[key]

    def _chosen(self, size: ImageSize, metadata_fov: float | None, aspect: Fraction) -> Camera:
        if isinstance(self.camera, Camera):
            return self._fitted(self.camera, size)
        if self.camera is not None:
            try:
                camera = Camera(size[0], size[1], *self.camera)
            except (TypeError, ValueError) as error:
                raise SourceError(f"impossible camera matrix: {error}") from None
            return _checked(camera)
        fov = self.fov_degrees or metadata_fov
        square = ImageSize(max(1, round(size[0] * aspect)), size[1])
        return Camera.from_fov(square, fov).resized(size)

    @staticmethod
    def _fitted(camera: Camera, size: ImageSize) -> Camera:
        _checked(camera)
        if (camera.width, camera.height) == tuple(size):
            return camera
        ratio = camera.width * size[1] / (camera.height * size[0])
        if abs(ratio - 1.0) > _ASPECT_TOLERANCE:
            raise SourceError(
                f"the camera is for {camera.width}x{camera.height}, the frames are "
                f"{size[0]}x{size[1]}: give one with the same aspect ratio"
            )
        return camera.resized(size)


def _checked(camera: Camera) -> Camera:
    """Refuse numbers that no lens has, which numerical solvers fail on."""
    side = max(camera.width, camera.height)
    low, high = (side * limit for limit in _FOCAL_LIMITS)
    if not (low <= camera.fx <= high and low <= camera.fy <= high):
        raise SourceError(
            f"impossible camera matrix: expected focal lengths between {low:g} and {high:g} px for "
            f"{camera.width}x{camera.height} frames, got {camera.fx:g} and {camera.fy:g}"
        )
    reach = side * _CENTRE_LIMIT
    if max(abs(camera.cx), abs(camera.cy)) > reach:
        raise SourceError(
            f"impossible camera matrix: expected the principal point within {reach:g} px of the "
            f"frame's corner, got {camera.cx:g}, {camera.cy:g}"
        )
    return camera
