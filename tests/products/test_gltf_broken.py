"""Broken, hostile and oversized files: always one clear ProductError, nothing else."""

from __future__ import annotations

import json
import struct
import time
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_preview.errors import ProductError
from ar_preview.products.gltf import DEFAULT_LIMITS, Limits, load_gltf
from ar_preview.products.gltf.images import picture_size
from tests.products.glb_builder import GlbBuilder, glasses_builder, pack_glb

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TRIANGLE = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
NORMALS = [[0.0, 0.0, 1.0]] * 3


def simple(positions: Any = TRIANGLE, triangles: Any = (0, 1, 2)) -> GlbBuilder:
    b = GlbBuilder()
    b.node(b.primitive(positions, triangles, material=b.material("paint"), normals=NORMALS))
    return b


def refused(path: Path, match: str, limits: Limits = DEFAULT_LIMITS) -> None:
    with pytest.raises(ProductError, match=match) as caught:
        load_gltf(path, limits)
    text = str(caught.value)
    assert "\n" not in text
    assert str(path) in text
    assert len(text) < 600


def test_missing_empty_and_no_file(tmp_path: Path) -> None:
    refused(tmp_path / "none.glb", "no such file")
    (tmp_path / "empty.glb").touch()
    refused(tmp_path / "empty.glb", "is empty")
    (tmp_path / "folder.glb").mkdir()
    refused(tmp_path / "folder.glb", "expected a file")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"0" * 64, "expected a GLB file"),
        (b"glTF\x02\0\0\0", "truncated"),
        (b"glTF" + struct.pack("<II", 1, 20) + b"0" * 8, "version 2, got 1"),
        (b"glTF" + struct.pack("<IIII", 2, 20, 0, 0x004E4942), "first chunk"),
        (b"glTF" + struct.pack("<IIII", 2, 24, 99, 0x4E4F534A) + b"{}  ", "claims 99 bytes"),
        (pack_glb(b"{"), "JSON cannot be read"),
        (pack_glb(b"\xff\xfe{}"), "JSON cannot be read"),
        (pack_glb(b"[" * 100_000 + b"]" * 100_000), "JSON cannot be read"),
        (pack_glb(b"[" + b"0," * 2_100_000 + b"0]"), "more than 2000000 values"),
        (pack_glb(b'{"asset":{"version":"2.0","n":NaN}}'), "JSON cannot be read"),
        (pack_glb(b'{"asset":{"version":"1.0"}}'), "glTF version 2"),
        (pack_glb(b"{}"), "glTF version 2"),
        (pack_glb(b"7"), "expected an object"),
        (pack_glb(b'{"asset":{"version":"2.0"}}'), "no triangles"),
    ],
)
def test_broken_shells(tmp_path: Path, content: bytes, match: str) -> None:
    path = tmp_path / "m.glb"
    path.write_bytes(content)
    refused(path, match)


def test_truncated_at_every_length(tmp_path: Path) -> None:
    whole = simple().glb()
    path = tmp_path / "m.glb"
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        refused(path, "empty|expected a GLB|truncated")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_vertices_that_are_not_finite(tmp_path: Path, bad: float) -> None:
    b = simple([[0, 0, 0], [1, bad, 0], [0, 1, 0]])
    refused(b.write(tmp_path / "m.glb"), "1 of 3 values are NaN or infinite")


def test_zero_triangles(tmp_path: Path) -> None:
    b = GlbBuilder()
    b.node(b.primitive(TRIANGLE, mode=0))
    refused(b.write(tmp_path / "points.glb"), "no triangles")
    refused(simple(triangles=[0, 0, 0]).write(tmp_path / "same.glb"), "no triangles")


def test_index_out_of_range(tmp_path: Path) -> None:
    refused(simple(triangles=[0, 1, 3]).write(tmp_path / "m.glb"), "index 3 is out of range")


def edit_position(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda tree: tree["accessors"][0].update(values)


@pytest.mark.parametrize(
    ("edit", "match"),
    [
        (edit_position(count=4), "needs? 48 bytes|need 48 bytes"),
        (edit_position(count=0), "whole number from 1"),
        (edit_position(count=-1), "whole number from 1"),
        (edit_position(count="3"), "expected a whole number"),
        (edit_position(count=2**40), "whole number from 1"),
        (edit_position(byteOffset=2**30), "need"),
        (edit_position(componentType=5130), "componentType: expected one of"),
        (edit_position(type="VEC2"), "expected 3 numbers"),
        (edit_position(type="MAT4"), "expected one of SCALAR"),
        (edit_position(bufferView=99), "bufferView"),
        (lambda t: t["bufferViews"][0].update(byteLength=10**6), "reach beyond the buffer"),
        (lambda t: t["bufferViews"][0].update(byteOffset=-4), "byteOffset"),
        (lambda t: t["bufferViews"][0].update(byteStride=4), "at least 12"),
        (lambda t: t["buffers"][0].update(byteLength=10**6), "truncated"),
        (lambda t: t["meshes"][0]["primitives"][0].update(indices=True), "indices"),
        (lambda t: t["meshes"][0]["primitives"][0].update(material=5), "material"),
        (lambda t: t["meshes"][0]["primitives"][0].update(mode=9), "mode"),
        (lambda t: t["meshes"][0].update(primitives=7), "expected a list"),
        (lambda t: t["nodes"][0].update(mesh=1), "mesh"),
        (lambda t: t["nodes"][0].update(matrix=[1, 2]), "16 finite numbers"),
        (lambda t: t["nodes"][0].update(matrix=[1e999] * 16), "JSON|finite"),
        (lambda t: t["nodes"][0].update(matrix=[1.0] * 16), "affine"),
        (lambda t: t["nodes"][0].update(rotation=[0, 0, 0, 0]), "unit quaternion"),
        (lambda t: t["nodes"][0].update(scale=[10**400, 1, 1]), "finite"),
        (lambda t: t["nodes"][0].update(children=[0]), "more than one parent"),
        (lambda t: t["scenes"][0].update(nodes=[1]), "indices below 1"),
        (lambda t: t.update(scene=3), "scene"),
        (lambda t: t.update(nodes={}), "expected a list"),
        (lambda t: t["materials"][0].update(alphaMode="SOLID"), "OPAQUE, MASK or BLEND"),
        (
            lambda t: t["materials"][0].update(pbrMetallicRoughness={"metallicFactor": 7}),
            "from 0 to 1",
        ),
        (
            lambda t: t["materials"][0].update(emissiveTexture={"index": 0}),
            "list it refers to is empty",
        ),
        (lambda t: t.update(extensionsRequired=["EXT_meshopt_compression"]), "meshopt"),
        (lambda t: t.update(extensionsRequired=["KHR_texture_basisu"]), "KTX2.*PNG or JPEG"),
        (lambda t: t.update(extensionsRequired=["ACME_magic"]), "requires.*ACME_magic"),
        (lambda t: t.update(extensionsRequired="ACME"), "list of texts"),
        (lambda t: t["buffers"][0].update(uri="http://example.com/m.bin"), "not followed"),
        (lambda t: t["buffers"][0].update(uri="../secret.bin"), "not followed"),
        (lambda t: t["buffers"][0].update(uri="data:;base64,!!!"), "base64"),
        (lambda t: t["buffers"][0].update(uri="data:text/plain,hello"), "base64"),
    ],
)
def test_damaged_json(tmp_path: Path, edit: Callable[[dict[str, Any]], None], match: str) -> None:
    b = simple()
    tree = b.tree()
    edit(tree)
    path = tmp_path / "m.glb"
    path.write_bytes(pack_glb(json.dumps(tree).encode(), bytes(b.binary)))
    refused(path, match)


@pytest.mark.parametrize(
    "uri",
    [
        "../secret.bin",
        "sub/../../secret.bin",
        "%2e%2e/secret.bin",
        "/etc/hostname",
        "file:///etc/hostname",
        "http://127.0.0.1/x.bin",
        "..\\secret.bin",
        "C:\\secret.bin",
        "link.bin",
        "missing.bin",
        "",
        "a\0b",
    ],
)
def test_gltf_never_leaves_its_folder(tmp_path: Path, uri: str) -> None:
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    b = simple()
    (tmp_path / "secret.bin").write_bytes(bytes(b.binary))
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    path = b.write_gltf(folder / "m.gltf", uri)
    refused(path, "inside|not followed|leads out|beside it, got none")


def test_cycles_and_depth(tmp_path: Path) -> None:
    b = simple()
    first = b.node()
    second = b.node(parent=first)
    b.json["nodes"][second]["children"] = [first]
    refused(b.write(tmp_path / "cycle.glb"), "cycle")
    b = simple()
    parent = b.node()
    for _ in range(200):
        parent = b.node(parent=parent)
    refused(b.write(tmp_path / "deep.glb"), "deeper than 128")


def test_counts_are_checked_before_memory_is_taken(tmp_path: Path) -> None:
    b = simple()
    b.json["accessors"][0] = {"componentType": 5126, "count": 2**30, "type": "VEC3"}
    path = b.write(tmp_path / "m.glb")
    tracemalloc.start()
    refused(path, "more than the limit of 6000000")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6


def test_many_instances_of_one_mesh_count(tmp_path: Path) -> None:
    b = simple()
    for _ in range(99):
        b.node(mesh=0)
    path = b.write(tmp_path / "m.glb")
    assert len(load_gltf(path, Limits(triangles=100)).nodes) == 100
    refused(path, "100 triangles, more than the limit of 99", Limits(triangles=99))
    refused(path, "more than the limit of 50", Limits(nodes=50))
    refused(path, "MiB", Limits(file_bytes=100))


def textured(encoded: bytes) -> GlbBuilder:
    b = GlbBuilder()
    b.json["images"] = [{"bufferView": b.view(encoded)}]
    b.json["textures"] = [{"source": 0}]
    info = {"baseColorTexture": {"index": 0}}
    b.node(b.primitive(TRIANGLE, material=b.material("t", pbrMetallicRoughness=info)))
    return b


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


def test_pictures_are_measured_before_they_are_decoded(tmp_path: Path) -> None:
    path = textured(png_header(60_000, 60_000)).write(tmp_path / "bomb.glb")
    started = time.perf_counter()
    refused(path, "60000x60000 px")
    assert time.perf_counter() - started < 1.0
    small = cv2.imencode(".png", np.zeros((64, 64, 3), np.uint8))[1].tobytes()
    path = textured(small).write(tmp_path / "many.glb")
    refused(path, "million pixels", Limits(texture_pixels=1000))


@pytest.mark.parametrize(
    ("encoded", "match"),
    [
        (b"not a picture at all", "expected a PNG, JPEG or WebP"),
        (b"\xabKTX 20\xbb\r\n\x1a\n" + b"\0" * 80, "KTX2.*PNG"),
        (png_header(16, 16), "damaged"),
        (png_header(0, 16), "expected a PNG"),
        (b"\xff\xd8\xff\xe0\x00\x00", "expected a PNG"),
    ],
)
def test_broken_pictures(tmp_path: Path, encoded: bytes, match: str) -> None:
    refused(textured(encoded).write(tmp_path / "m.glb"), match)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_picture_size_reads_headers(suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (37, 91, 3), dtype=np.uint8)
    assert picture_size(cv2.imencode(suffix, noise)[1].tobytes()) == (91, 37)


@pytest.fixture(scope="module")
def rich_glb() -> bytes:
    b = glasses_builder()
    t = b.texture(np.full((4, 4, 3), 99, np.uint8))
    b.json["materials"][0]["normalTexture"] = {"index": t}
    return b.glb()


@given(
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6),
    keep=st.one_of(st.just(1.0), st.floats(0, 1)),
    json_only=st.booleans(),
)
def test_mutated_files_load_or_are_refused(
    rich_glb: bytes,
    tmp_path_factory: pytest.TempPathFactory,
    flips: list[tuple[float, int]],
    keep: float,
    json_only: bool,
) -> None:
    data = bytearray(rich_glb[: int(keep * len(rich_glb))])
    reach = 20 + struct.unpack_from("<I", rich_glb, 12)[0] if json_only else len(data)
    for at, value in flips:
        if data:
            data[min(int(at * reach), len(data) - 1)] = value
    path = tmp_path_factory.getbasetemp() / "mutated.glb"
    path.write_bytes(bytes(data))
    try:
        model = load_gltf(path)
    except ProductError as error:
        assert str(path) in str(error)
        return
    for node in model.nodes:
        assert np.isfinite(node.parent_from_node).all()
        for p in node.primitives:
            assert np.isfinite(p.positions).all() and np.isfinite(p.normals).all()
            assert p.triangles.max() < len(p.positions)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats(-2, 2) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(choice=st.lists(st.integers(0, 30), min_size=1, max_size=7), value=JSON)
def test_any_json_value_anywhere_is_survived(
    rich_glb: bytes, tmp_path_factory: pytest.TempPathFactory, choice: list[int], value: Any
) -> None:
    size = struct.unpack_from("<I", rich_glb, 12)[0]
    tree = json.loads(rich_glb[20 : 20 + size])
    at: Any = tree
    for number in choice:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not keys:
            return
        key = keys[number % len(keys)]
        if not isinstance(at[key], dict | list) or number == choice[-1]:
            at[key] = value
            break
        at = at[key]
    path = tmp_path_factory.getbasetemp() / "mutated-json.glb"
    path.write_bytes(pack_glb(json.dumps(tree).encode(), rich_glb[28 + size :]))
    try:
        load_gltf(path)
    except ProductError as error:
        assert str(path) in str(error)
