"""Plain .obj, .stl and .ply meshes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.errors import ProductError
from ar_preview.products.catalogue import load_product
from ar_preview.products.plain_mesh import load_plain_mesh
from tests.products.glb_builder import glasses_parts

if TYPE_CHECKING:
    from pathlib import Path


def obj_text() -> str:
    lines, base = ["mtllib ../secret.mtl"], 1
    for name, (corners, triangles) in glasses_parts().items():
        lines.append(f"o {name}")
        lines += ["v " + " ".join(f"{1e3 * c:.6f}" for c in corner) for corner in corners]
        lines += ["f " + " ".join(str(int(i) + base) for i in t) for t in triangles]
        base += len(corners)
    return "\n".join(lines) + "\n"


def stl_bytes() -> bytes:
    soup = [1e3 * corners[triangles] for corners, triangles in glasses_parts().values()]
    records = np.zeros((sum(map(len, soup)), 50), np.uint8)
    numbers = np.zeros((len(records), 4, 3), "<f4")
    numbers[:, 1:] = np.concatenate(soup)
    records[:, :48] = numbers.reshape(len(records), 12).view(np.uint8)
    return b"\0" * 80 + struct.pack("<I", len(records)) + records.tobytes()


def test_millimetre_meshes_are_worn_at_their_size(tmp_path: Path) -> None:
    (tmp_path / "m.obj").write_text(obj_text())
    (tmp_path / "m.stl").write_bytes(stl_bytes())
    for name in ("m.obj", "m.stl"):
        product = load_product(tmp_path / name)
        assert product.triangle_count == 84
        points = product.vertices_product()
        np.testing.assert_allclose(points.min(axis=0), [-0.07, -0.03, -0.145], atol=3e-4)
        np.testing.assert_allclose(points.max(axis=0), [0.07, 0.01, 0.004], atol=3e-4)


def test_box_edges_stay_sharp_and_a_ball_smooth(tmp_path: Path) -> None:
    (tmp_path / "m.stl").write_bytes(stl_bytes())
    (node, *_) = load_plain_mesh(tmp_path / "m.stl").nodes
    assert np.allclose(np.abs(node.primitives[0].normals).max(axis=1), 1.0, atol=1e-6)
    rows, columns = 24, 48
    theta, phi = np.meshgrid(
        np.linspace(0, np.pi, rows), np.linspace(0, 2 * np.pi, columns), indexing="ij"
    )
    ball = np.stack(
        [np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], axis=-1
    )
    quads = [(i, j) for i in range(rows - 1) for j in range(columns - 1)]
    lines = [f"v {x:.7f} {y:.7f} {z:.7f}" for x, y, z in ball.reshape(-1, 3)]
    for i, j in quads:
        a, b = i * columns + j + 1, (i + 1) * columns + j + 1
        lines += [f"f {a} {b} {b + 1}", f"f {a} {b + 1} {a + 1}"]
    (tmp_path / "ball.obj").write_text("\n".join(lines))
    (node,) = load_plain_mesh(tmp_path / "ball.obj").nodes
    (primitive,) = node.primitives
    agreement = (primitive.positions * primitive.normals).sum(axis=1)
    assert agreement.min() > 0.99


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.stl", b""),
        ("b.stl", stl_bytes()[:-60]),
        ("c.obj", b"v 0 0 0\nv 1 0 0\nf 1 2 9\n"),
        ("d.obj", b"v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"),
        ("e.obj", b"v 0 0 0\n"),
        ("f.ply", b"ply\nformat binary_little_endian 1.0\nelement vertex 99999999\n"),
        ("g.ply", b"\x89PNG"),
        ("h.obj", b"\xff\xfe\x00"),
    ],
)
def test_damaged_meshes_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ProductError, match=name):
        load_product(path)
