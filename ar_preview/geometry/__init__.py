"""Rigid transforms, cameras and the conversions between conventions (numpy only).

Spaces and axes are those of ARCHITECTURE.md: images in pixels with the origin at the corner
of the first pixel (pixel centres at +0.5), cameras with OpenCV axes (x right, y down,
z forward) in metres. A transform is named ``target_from_source``.
"""

from __future__ import annotations

from ar_preview.geometry.camera import (
    DEFAULT_FOV_DEGREES,
    OPENGL_FROM_OPENCV,
    Camera,
    assumed_fov_degrees,
    is_cut,
)
from ar_preview.geometry.ellipse import ellipse_of_perimeter, ellipse_perimeter
from ar_preview.geometry.grid import nodes_in_triangles
from ar_preview.geometry.pixels import (
    OPENCV_PIXEL_OFFSET,
    Array,
    ImageSize,
    as_points,
    image_from_opencv,
    opencv_from_image,
)
from ar_preview.geometry.rigid import RigidTransform
from ar_preview.geometry.rotation import nearest_rotation, rotation_between, so3_exp, so3_log
from ar_preview.geometry.sphere import (
    SH_CONSTANTS,
    SH_COSINE_LOBE,
    octahedral_directions,
    sh_basis,
    texel_areas,
)
from ar_preview.geometry.steps import smooth_step

__all__ = [
    "DEFAULT_FOV_DEGREES",
    "OPENCV_PIXEL_OFFSET",
    "OPENGL_FROM_OPENCV",
    "SH_CONSTANTS",
    "SH_COSINE_LOBE",
    "Array",
    "Camera",
    "ImageSize",
    "RigidTransform",
    "as_points",
    "assumed_fov_degrees",
    "ellipse_of_perimeter",
    "ellipse_perimeter",
    "image_from_opencv",
    "is_cut",
    "nearest_rotation",
    "nodes_in_triangles",
    "octahedral_directions",
    "opencv_from_image",
    "rotation_between",
    "sh_basis",
    "smooth_step",
    "so3_exp",
    "so3_log",
    "texel_areas",
]
