"""Light that can be computed by hand, and pieces made of a few triangles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ar_preview.geometry import Camera, RigidTransform
from ar_preview.products.product import Material, Node, Primitive, Product
from ar_preview.scene import Item, Light, Scene

if TYPE_CHECKING:
    from ar_preview.rendering import Renderer

FACING = np.diag([1.0, -1.0, -1.0])
"""Rotation of a product that looks into the camera."""

UNIFORM = 0.5
"""Radiance of the environment called ``uniform``, from every side."""


def decode(values: Any) -> Any:
    """Linear light of sRGB bytes, by the standard's formula."""
    c = np.asarray(values, dtype=np.float64) / 255.0
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def encode(linear: Any) -> Any:
    """Bytes (not rounded) of linear light."""
    c = np.clip(linear, 0.0, 1.0)
    return 255.0 * np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)


def quad(width: float = 0.1, height: float = 0.1, z: float = 0.0, **more: Any) -> Primitive:
    """A rectangle about the origin that looks along +z, metres."""
    x, y = 0.5 * width, 0.5 * height
    values: dict[str, Any] = {
        "positions": np.array([[-x, -y, z], [x, -y, z], [x, y, z], [-x, y, z]], np.float32),
        "normals": np.tile(np.float32([0.0, 0.0, 1.0]), (4, 1)),
        "uv": np.float32([[0, 1], [1, 1], [1, 0], [0, 0]]),
        "triangles": np.uint32([[0, 1, 2], [0, 2, 3]]),
        "material": "m",
    }
    return Primitive(**(values | more))


def ball(radius: float, material: str = "m", rings: int = 40) -> Primitive:
    """A sphere about the origin, metres."""
    theta = np.linspace(0.0, np.pi, rings + 1)
    phi = np.linspace(0.0, 2.0 * np.pi, 2 * rings + 1)
    t, p = np.meshgrid(theta, phi, indexing="ij")
    n = np.stack([np.sin(t) * np.sin(p), np.cos(t), np.sin(t) * np.cos(p)], -1).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(rings), np.arange(2 * rings), indexing="ij")
    a = (i * (2 * rings + 1) + j).ravel()
    b = a + 2 * rings + 1
    triangles = np.concatenate([np.stack([a, b, b + 1], 1), np.stack([a, b + 1, a + 1], 1)])
    uv = np.stack([p / (2 * np.pi), t / np.pi], -1).reshape(-1, 2)
    return Primitive(
        (radius * n).astype(np.float32),
        n.astype(np.float32),
        uv.astype(np.float32),
        triangles.astype(np.uint32),
        material,
    )


def product(*primitives: Primitive, **materials: Material) -> Product:
    """A product of one node."""
    return Product(
        "test", "Test", "glasses", (Node("all", None, np.eye(4), primitives),), materials
    )


def matte(value: float, **more: Any) -> Material:
    """A material that sends back `value` of the light, with no gloss."""
    color = (value, value, value, 1.0)
    return Material(**({"base_color": color, "metallic": 0.0, "specular": 0.0} | more))


def placed(
    piece: Product,
    z: float = 0.5,
    x: float = 0.0,
    y: float = 0.0,
    turn: Any = (0, 0, 0),
    **more: Any,
) -> Item:
    """An item that looks into the camera, turned about its own axes by a rotation vector."""
    facing = RigidTransform(FACING, np.array([x, y, z]))
    pose = facing @ RigidTransform.from_rotation_vector(turn)
    return Item(piece, "face:0/glasses", pose, **more)


@dataclass
class Stage:
    """A renderer with a small camera: 1 px is 1 mm at 0.5 m."""

    renderer: Renderer
    camera: Camera = field(default_factory=lambda: Camera(160, 120, 500.0, 500.0, 80.0, 60.0))

    def scene(self, *items: Item, environment: str = "uniform", **more: Any) -> Scene:
        return Scene(self.camera, items, **({"light": Light(environment)} | more))

    def background(self, value: int = 0) -> Any:
        return np.full((self.camera.height, self.camera.width, 3), value, np.uint8)

    def full(self, scene: Scene, value: int = 0) -> tuple[Any, Any]:
        """`add` and `transmit` over the whole frame, for a flat picture behind."""
        layer = self.renderer.render(scene, self.background(value))
        add = self.background(0)
        transmit = self.background(255)
        (x, y), (h, w) = layer.offset, layer.add.shape[:2]
        add[y : y + h, x : x + w] = layer.add
        transmit[y : y + h, x : x + w] = layer.transmit
        return add, transmit
