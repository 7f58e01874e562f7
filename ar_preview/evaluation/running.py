"""The real pipeline, run over a clip, with everything kept that is judged later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.evaluation.drawn import DrawnPath
from ar_preview.geometry import RigidTransform
from ar_preview.preview import Preview
from ar_preview.tracking import FaceMatrixTracker, FaceTracker, load_face_model

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import numpy.typing as npt

    from ar_preview.frames import Frame, RgbImage
    from ar_preview.geometry import Camera
    from ar_preview.products.product import Product
    from ar_preview.scene import Item, Scene
    from ar_preview.tracks import Tracks

__all__ = ["Pictures", "Run", "run_baseline", "run_pipeline", "run_tracker"]

_NASION = 168
_JPEG_QUALITY = 92


class Pictures:
    """Pictures by frame, kept small until one is asked for."""

    def __init__(self) -> None:
        self._packed: dict[int, npt.NDArray[np.uint8]] = {}

    def __contains__(self, index: int) -> bool:
        return index in self._packed

    def add(self, index: int, image: RgbImage) -> None:
        """Keep the picture of a frame."""
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        _, packed = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        self._packed[index] = packed

    def __getitem__(self, index: int) -> RgbImage:
        bgr = cv2.imdecode(self._packed[index], cv2.IMREAD_COLOR)
        if bgr is None:
            raise KeyError(index)
        return np.ascontiguousarray(bgr[:, :, ::-1], dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class Run:
    """What a run left.

    Parameters
    ----------
    path : DrawnPath
        Where the product was drawn.
    camera : Camera or None
        That the run assumed; None if there were no frames.
    tracks : tuple of Tracks
        One a frame.
    timings_ms : mapping of str to ndarray, shape (F,)
        Wall time by stage.
    scenes : mapping of int to Scene
        Of the frames that were asked for.
    pictures : Pictures or None
    """

    path: DrawnPath
    camera: Camera | None
    tracks: tuple[Tracks, ...]
    timings_ms: Mapping[str, npt.NDArray[np.float64]]
    scenes: Mapping[int, Scene]
    pictures: Pictures | None

    @property
    def total_ms(self) -> npt.NDArray[np.float64]:
        """Wall time of each frame, all stages."""
        return np.asarray(np.sum(list(self.timings_ms.values()), axis=0))


def run_pipeline(
    frames: Iterable[Frame],
    product: Product,
    *,
    studied: Iterable[Frame] = (),
    keep_scenes: Collection[int] = (),
    keep_pictures: bool = False,
) -> Run:
    """Send frames through `Preview`, as `ar-preview render` does.

    Parameters
    ----------
    frames : iterable of Frame
        Of one clip, in order, indices from 0.
    product : Product
    studied : iterable of Frame
        The same frames, or the first of them, to look at beforehand; none as in a live preview.
    keep_scenes : collection of int
        Frames whose scenes are kept.
    keep_pictures : bool
        Whether the finished pictures are kept.

    Raises
    ------
    ArPreviewError
        As `Preview`.
    """
    poses: list[tuple[int, Camera, npt.NDArray[np.float64]]] = []
    tracks: list[Tracks] = []
    timings: dict[str, list[float]] = {}
    scenes: dict[int, Scene] = {}
    pictures = Pictures() if keep_pictures else None
    camera = None
    with Preview([product]) as preview:
        preview.study(studied)
        for frame in frames:
            result = preview.step(frame)
            camera = result.scene.camera
            item = _first_item(result.scene.items, product)
            if item is not None:
                poses.append((frame.index, camera, item.camera_from_product.matrix))
            tracks.append(result.tracks)
            for stage, lap in result.timings_ms.items():
                timings.setdefault(stage, []).append(lap)
            if frame.index in keep_scenes:
                scenes[frame.index] = result.scene
            if pictures is not None:
                pictures.add(frame.index, result.image)
    return Run(
        DrawnPath.of_poses(poses),
        camera,
        tuple(tracks),
        {stage: np.array(laps) for stage, laps in timings.items()},
        scenes,
        pictures,
    )


def run_baseline(frames: Iterable[Frame]) -> DrawnPath:
    """Hang the product on MediaPipe's own matrix, at the bridge of its canonical nose.

    Raises
    ------
    TrackingError
        If the tracker cannot start.
    """
    nasion = load_face_model().vertices_head[_NASION]
    head_from_product = RigidTransform(translation=nasion)
    tracker = FaceMatrixTracker()
    poses = []
    try:
        for frame in frames:
            pose = tracker.pose(frame)
            if pose is not None:
                camera = tracker.camera(frame.size)
                poses.append((frame.index, camera, (pose @ head_from_product).matrix))
    finally:
        tracker.close()
    return DrawnPath.of_poses(poses)


def run_tracker(frames: Iterable[Frame]) -> tuple[Tracks, ...]:
    """Track alone.

    Raises
    ------
    TrackingError
        If the tracker cannot start.
    """
    tracker = FaceTracker()
    try:
        return tuple(tracker.track(frame) for frame in frames)
    finally:
        tracker.close()


def _first_item(items: Sequence[Item], product: Product) -> Item | None:
    return next((item for item in items if item.product.id == product.id), None)
