"""A recording's map and poses by all of its pictures, which are looked at a second time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.registration.picture.batch import Prior, adjust_face
from ar_preview.registration.picture.features import (
    FeatureMap,
    Keyframe,
    keyframe_of,
    texture_contrast,
)
from ar_preview.registration.picture.match import NEAR, match_keyframes
from ar_preview.registration.picture.solve import PoseSolution, solve_pose
from ar_preview.registration.picture.unwrap import relief, unwrap_again
from ar_preview.registration.picture.views import angles_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera
    from ar_preview.registration.picture.batch import Sighting
    from ar_preview.registration.picture.surface import Surface, View

__all__ = ["settle_map"]

_SETTLED_BY = 96
"""Pictures of a recording that together decide on the shape."""

_TEMPLATES, _DULLEST = 8, 0.25
"""Pictures from all sides in which all others look for features, and what share of the
recording shows too little contrast to be one."""

_ASKANCE = np.radians(20.0)
"""Seen so much from another side than in its template, a feature counts half."""

_FIRST_LOOK = 0.3
"""Weight of what was seen in passing. Without it, truth clips are up to .05 px worse."""

_USUAL_REFERENCES = 2
"""Keyframes that are matched in passing: more of them repeat each other."""


def settle_map(
    sightings: Sequence[Sighting],
    expected: Sequence[Array | None],
    features: FeatureMap,
    mean: Surface,
    camera: Camera,
) -> list[PoseSolution]:
    """Make a map and all poses consistent, whatever came first.

    In passing, each picture was compared with the few keyframes there were by then, which
    depend on where the recording began, and what a keyframe shows wrongly leans all that were
    compared with it alike. So once the poses stand, templates from all sides are chosen anew
    and every picture is compared with each of them: their errors differ and average out.

    Parameters
    ----------
    sightings : sequence of Sighting
        In time; poses as `camera` explains them.
    expected : sequence of ndarray, shape (3, 3), or None
        Rotations of these poses, by landmarks.
    features : FeatureMap
        Of the sightings; its points are settled.
    mean : Surface
        The face as landmarks draw it in the mean.
    camera : Camera

    Returns
    -------
    list of PoseSolution
    """
    first = [replace(s, whitening=features.trusted(s.ids, s.whitening)) for s in sightings]
    features.points_head, solutions = _settled(first, expected, features, mean, camera)
    if all(s.skin_seen is not None for s in first):
        posed = [
            replace(s, camera_from_head=x.camera_from_head, skin=x.skin)
            for s, x in zip(first, solutions, strict=True)
        ]
        own = mean.refined(features.points_head, features.texels)
        again, found = _looked_again(posed, own, camera)
        # What was seen in passing counts too.
        count = len(found.points_head)
        both = [_joined(s, p, count) for s, p in zip(again, posed, strict=True)]
        found.add(features.points_head, features.rays_head, features.texels)
        # Frames to come go on from a map that agrees with these poses.
        points, solutions = _settled(both, expected, found, mean, camera)
        features.points_head = points[count:]
    return solutions


def _settled(
    sightings: Sequence[Sighting],
    expected: Sequence[Array | None],
    features: FeatureMap,
    mean: Surface,
    camera: Camera,
) -> tuple[Array, list[PoseSolution]]:
    """Adjust the face by some of the pictures, and then the poses of all of them to the face."""
    few = np.unique(np.linspace(0, len(sightings) - 1, _SETTLED_BY).round().astype(int))
    points, poses = adjust_face(
        [sightings[k] for k in few],
        [expected[k] for k in few],
        features.points_head,
        Prior(*mean.points_and_normals_at(features.texels)),
        camera,
    )
    starts = [s.camera_from_head for s in sightings]
    for k, pose in zip(few, poses, strict=True):
        starts[k] = pose
    begun = [replace(s, camera_from_head=p) for s, p in zip(sightings, starts, strict=True)]
    return points, _solved(begun, expected, points, camera)


def _solved(
    sightings: Sequence[Sighting],
    expected: Sequence[Array | None],
    points_head: Array,
    camera: Camera,
) -> list[PoseSolution]:
    return [
        solve_pose(
            points_head[s.ids],
            s.points_image,
            s.whitening,
            camera,
            s.camera_from_head,
            s.skin,
            rotation,
        )
        for s, rotation in zip(sightings, expected, strict=True)
    ]


def _looked_again(
    sightings: Sequence[Sighting], surface: Surface, camera: Camera
) -> tuple[list[Sighting], FeatureMap]:
    """Compare every picture with templates from all sides; return a map of their features.

    What was unwrapped with the poses and the surface of its time is unwrapped anew first.
    """
    features = FeatureMap()
    chosen = [sightings[k] for k in _templates(sightings)]
    templates = [_template(s, surface, camera, features) for s in chosen]
    again = [_matched(s, templates, surface, features, camera) for s in sightings]
    return again, features


def _templates(sightings: Sequence[Sighting]) -> list[int]:
    """Choose pictures that show the face clearly, each as far from the others as may be."""
    textures = [s.skin_seen.texture for s in sightings if s.skin_seen is not None]
    contrast = np.array([texture_contrast(texture) for texture in textures])
    clear = np.flatnonzero(contrast >= np.quantile(contrast, _DULLEST))
    turns = np.array([sightings[k].camera_from_head.rotation.ravel() for k in clear.tolist()])
    chosen = [int(((turns - turns.mean(axis=0)) ** 2).sum(axis=1).argmin())]
    nearest = np.full(len(clear), np.inf)
    for _ in range(min(_TEMPLATES, len(clear)) - 1):
        nearest = np.minimum(nearest, ((turns - turns[chosen[-1]]) ** 2).sum(axis=1))
        nearest[chosen[-1]] = -1.0
        chosen.append(int(nearest.argmax()))
    return [int(clear[k]) for k in chosen]


def _texture(
    sighting: Sighting, surface: Surface, camera: Camera
) -> tuple[npt.NDArray[np.uint8], View]:
    """Unwrap what was seen as it is known to lie by now."""
    seen = sighting.skin_seen
    assert seen is not None
    view = surface.seen_by(camera, sighting.camera_from_head)
    return unwrap_again(seen.texture, seen.view, view), view


def _template(
    sighting: Sighting, surface: Surface, camera: Camera, features: FeatureMap
) -> Keyframe:
    texture, view = _texture(sighting, surface, camera)
    pose = sighting.camera_from_head
    made = keyframe_of(texture, relief(texture), view, surface, camera, pose, features)
    at_once = features.points_head[made.ids]
    features.points_head[made.ids] = at_once - sighting.skin.offsets(at_once)
    return made


def _matched(
    sighting: Sighting,
    templates: Sequence[Keyframe],
    surface: Surface,
    features: FeatureMap,
    camera: Camera,
) -> Sighting:
    texture, view = _texture(sighting, surface, camera)
    pose = sighting.camera_from_head
    matches = match_keyframes(texture, view, camera, pose, templates, features, NEAR)
    away = angles_between([t.camera_from_head for t in templates], pose) / _ASKANCE
    counts = [len(t.ids) for t in templates]
    repeat = max(len(templates) / _USUAL_REFERENCES, 1.0)
    share = np.repeat(1.0 / (repeat * (1.0 + away**2)), counts)
    whitening = matches.whitening * np.sqrt(share[matches.ids])[:, None, None]
    return replace(
        sighting, ids=matches.ids, points_image=matches.points_image, whitening=whitening
    )


def _joined(again: Sighting, first: Sighting, count: int) -> Sighting:
    """Take both looks at a picture together; the first one's features are numbered anew."""
    return replace(
        again,
        ids=np.concatenate([again.ids, count + first.ids]),
        points_image=np.concatenate([again.points_image, first.points_image]),
        whitening=np.concatenate(
            [
                np.sqrt(1.0 - _FIRST_LOOK) * again.whitening,
                np.sqrt(_FIRST_LOOK) * first.whitening,
            ]
        ),
    )
