"""Mesh kit: typed surfaces in millimetres with exact normals, made from few parameters.

Everything is a parametric surface, a plate with an edge profile or a mapping of one of
them, so coarser levels of detail are generated again and never decimated.
"""

from ar_preview.workshop.meshkit.creased import creased, grid, oval, prism, sphere, tube, turned
from ar_preview.workshop.meshkit.curves import (
    adaptive_closed,
    bspline_outline,
    fair_closed,
    resample_closed,
    smoothstep,
)
from ar_preview.workshop.meshkit.mesh import (
    Mesh,
    merge_by_material,
    rotation_x,
    rotation_y,
    rotation_z,
    unit,
)
from ar_preview.workshop.meshkit.parametric import dome, parametric, revolve
from ar_preview.workshop.meshkit.plate import EdgeProfile, Sampling, plate
from ar_preview.workshop.meshkit.sweep import Section, SweepPath, sweep

__all__ = [
    "EdgeProfile",
    "Mesh",
    "Sampling",
    "Section",
    "SweepPath",
    "adaptive_closed",
    "bspline_outline",
    "creased",
    "dome",
    "fair_closed",
    "grid",
    "merge_by_material",
    "oval",
    "parametric",
    "plate",
    "prism",
    "resample_closed",
    "revolve",
    "rotation_x",
    "rotation_y",
    "rotation_z",
    "smoothstep",
    "sphere",
    "sweep",
    "tube",
    "turned",
    "unit",
]
