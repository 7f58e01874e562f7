"""Strategies for hostile GLB files: damage of every layer of a file that is whole otherwise."""

from __future__ import annotations

import copy
import json
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from hypothesis import strategies as st

from ar_preview.products.gltf.extensions import HONOURED
from tests.products.glb_builder import GlbBuilder, glasses_builder, pack_glb

__all__ = ["Hostile", "hostile_files", "odd_models"]

JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942

URIS = (
    "../secret.bin",
    "%2e%2e%2fsecret.bin",
    "sub/%2e%2e/%2E%2E/secret.bin",
    "..%5csecret.bin",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "file:///etc/passwd",
    "C:%5csecret.bin",
    "//host/share.bin",
    "http://127.0.0.1/a",
    "link.bin",
    "loop.bin",
    "folder",
    "a%00b",
    "%ff%fe",
    "x" * 5000,
    "",
    ".",
    "data:",
    "data:application/octet-stream;base64,",
    "data:application/octet-stream;base64,AAAA====",
    "data:application/octet-stream;base64,AAAAAAAAAAA=",
)

NUMBERS = st.sampled_from(
    [-1, 0, 1, 2, 3, 7, 255, 2**16, 2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**64, 10**400]
    + [-0.5, 0.5, 1e-320, 1e-9, 1e30, -1e300, 3.0]
)
TEXTS = st.sampled_from(["", "a", "\ud800", "\x1b[2J", "x" * 3000, "../a", "POSITION", *URIS])


def _nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, st.just(_nested(200))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["index", "extensions", "nodes", "a"]), inner, max_size=3),
    ),
    max_leaves=5,
)

RAW_NUMBERS = ("1e999", "-1e999", "NaN", "Infinity", "9" * 400, "9" * 5000, "1" * 50 + ".5e-400")
"""As text, since no encoder of JSON writes them."""


@dataclass(frozen=True)
class Hostile:
    """A file to be; text and binary of a GLB, or with a suffix ``.gltf`` the text alone."""

    content: bytes
    suffix: str = ".glb"


def picture(suffix: str, side: int = 8) -> bytes:
    noise = np.random.default_rng(side).integers(0, 255, (side, side, 3), dtype=np.uint8)
    return cv2.imencode(suffix, noise)[1].tobytes()


@lru_cache
def whole() -> GlbBuilder:
    """Glasses of boxes, with a texture, colours, a variant and a sparse accessor."""
    b = glasses_builder()
    number = b.texture(np.full((4, 4, 3), 99, np.uint8), wrapS=33071)
    b.json["materials"][0]["normalTexture"] = {"index": number}
    b.json["animations"], b.json["cameras"], b.json["skins"] = [{}], [{}], [{}]
    return b


def at(tree: Any, choice: list[int]) -> tuple[Any, Any] | None:
    """Follow numbers down a tree; return the last container and its key."""
    found = None
    for number in choice:
        keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        if not keys:
            break
        found = tree, keys[number % len(keys)]
        tree = tree[found[1]]
        if not isinstance(tree, dict | list):
            break
    return found


@st.composite
def replaced(draw: st.DrawFn) -> Any:
    """Any value anywhere."""
    choice, value = draw(st.lists(st.integers(0, 40), min_size=1, max_size=6)), draw(VALUES)

    def edit(tree: dict[str, Any], binary: bytearray) -> None:
        if (found := at(tree, choice)) is not None:
            # A copy, or a later edit puts the value into itself.
            found[0][found[1]] = copy.deepcopy(value)

    return edit


@st.composite
def removed_or_repeated(draw: st.DrawFn) -> Any:
    """A field or entry that is missing, or a list many times as long."""
    choice = draw(st.lists(st.integers(0, 40), min_size=1, max_size=6))
    times = draw(st.sampled_from([0, 0, 2, 300]))

    def edit(tree: dict[str, Any], binary: bytearray) -> None:
        if (found := at(tree, choice)) is None:
            return
        inside, key = found
        if times and isinstance(inside[key], list):
            inside[key] = inside[key] * times
        else:
            del inside[key]

    return edit


@st.composite
def accessors(draw: st.DrawFn) -> Any:
    """Counts, offsets, strides, types and sparse parts that do not fit their bytes."""
    which = draw(st.integers(0, 40))
    field = st.sampled_from(
        ["byteOffset", "count", "componentType", "type", "normalized", "bufferView", "sparse"]
        + ["byteStride", "byteLength", "buffer"]
    )
    kinds = st.sampled_from(["SCALAR", "VEC2", "VEC3", "VEC4", "MAT4", "mat"])
    component = st.sampled_from([5120, 5121, 5122, 5123, 5125, 5126, 5124])
    small = st.integers(-4, 60)
    part = st.fixed_dictionaries(
        {"bufferView": st.integers(-1, 12)},
        optional={"byteOffset": small, "componentType": component},
    )
    sparse = st.fixed_dictionaries({"count": small, "indices": part, "values": part})
    value = draw(st.one_of(small, NUMBERS, kinds, component, st.booleans(), sparse))
    name = draw(field)

    def edit(tree: dict[str, Any], binary: bytearray) -> None:
        views = name in {"byteStride", "byteLength", "buffer"}
        entries = tree["bufferViews" if views else "accessors"]
        if (
            isinstance(entries, list)
            and entries
            and isinstance(entries[which % len(entries)], dict)
        ):
            entries[which % len(entries)][name] = value

    return edit


@st.composite
def numbers_in_data(draw: st.DrawFn) -> Any:
    """NaN, infinities, huge and tiny floats and indices in the binary part."""
    values = st.sampled_from([np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-42, 1e15, 0.0, 1.0])
    some = draw(st.lists(st.tuples(st.floats(0, 1), values), min_size=1, max_size=5))
    all_equal = draw(st.sampled_from([None, None, None, 0.0, 1.0, np.nan]))

    def edit(tree: dict[str, Any], binary: bytearray) -> None:
        if all_equal is not None:
            binary[:] = struct.pack("<f", all_equal) * (len(binary) // 4)
        for place, value in some:
            offset = min(int(place * len(binary)), max(len(binary) - 4, 0)) // 4 * 4
            binary[offset : offset + 4] = struct.pack("<f", value)

    return edit


@st.composite
def trees(draw: st.DrawFn) -> Any:
    """Cycles, shared children, chains, and transforms that flatten, mirror or blow up."""
    count = draw(st.integers(1, 12))
    child = st.lists(st.integers(0, count), max_size=3)
    number = st.sampled_from([0.0, 1.0, -1.0, 1e-30, 1e30, 1e160, 0.001])
    node = st.fixed_dictionaries(
        {},
        optional={
            "children": child,
            "mesh": st.integers(0, 3),
            "scale": st.tuples(number, number, number).map(list),
            "translation": st.tuples(number, number, number).map(list),
            "matrix": st.lists(number, min_size=16, max_size=16),
            "name": TEXTS,
        },
    )
    nodes = draw(st.lists(node, min_size=count, max_size=count))
    roots = draw(st.one_of(st.none(), child))
    deep = draw(st.sampled_from([0, 0, 0, 100, 2000]))

    def edit(tree: dict[str, Any], binary: bytearray) -> None:
        chain = [{"children": [len(nodes) + i + 1]} for i in range(deep)]
        tree["nodes"] = [*nodes, *chain, {"mesh": 0}]
        tree.pop("scenes", None)
        tree.pop("scene", None)
        if roots is not None:
            tree["scenes"] = [{"nodes": roots}]

    return edit


@st.composite
def extensions(draw: st.DrawFn) -> Any:
    """Garbage in every extension that is read, and in some that are not."""
    names = [*HONOURED, "KHR_draco_mesh_compression", "EXT_meshopt_compression", "ACME_none"]
    name = draw(st.sampled_from(sorted(names)))
    place = draw(
        st.sampled_from(["materials", "meshes", "textures", "bufferViews", "buffers", "root"])
    )
    texture = st.fixed_dictionaries({"index": st.integers(-1, 3)}, optional={"extensions": VALUES})
    value = draw(
        st.one_of(
            VALUES,
            st.dictionaries(
                st.sampled_from(
                    ["ior", "transmissionFactor", "thicknessFactor", "variants", "mappings"]
                    + ["specularGlossinessTexture", "clearcoatTexture", "sheenColorTexture"]
                    + ["offset", "scale", "rotation", "texCoord", "attributes", "bufferView"]
                    + ["glossinessFactor", "attenuationDistance", "emissiveStrength", "material"]
                ),
                st.one_of(texture, VALUES, st.lists(st.integers(0, 3), max_size=3)),
                max_size=4,
            ),
        )
    )

    def edit(tree: dict[str, Any], binary: bytearray) -> None:
        entry: Any = tree
        if place != "root":
            entries = tree.get(place)
            entry = entries[0] if isinstance(entries, list) and entries else tree
            if place == "meshes" and isinstance(entry, dict):
                parts = entry.get("primitives")
                entry = parts[0] if isinstance(parts, list) and parts else entry
        if isinstance(entry, dict):
            entry["extensions"] = {name: value}
        tree["extensionsUsed"] = [name, "\x1b[31m" + "y" * 500]

    return edit


@st.composite
def pictures(draw: st.DrawFn) -> Any:
    """Pictures that are cut, claim other sizes, or are none."""
    kinds = [picture(s) for s in (".png", ".jpg", ".webp")]
    data = bytearray(draw(st.sampled_from([*kinds, b"\xabKTX 20\xbb\r\n\x1a\n", b"\xff\xd8" * 40])))
    keep = draw(st.one_of(st.just(1.0), st.floats(0.0, 1.0)))
    flips = draw(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=4))
    for place, value in flips:
        data[min(int(place * min(len(data), 64)), len(data) - 1)] = value
    data = data[: int(keep * len(data))] or bytearray(b"\0")

    def edit(tree: dict[str, Any], binary: bytearray) -> None:
        views = tree.get("bufferViews")
        if isinstance(views, list):
            views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(data)})
            tree["images"] = [{"bufferView": len(views) - 1}] * 2
            binary += data

    return edit


def _dumped(tree: dict[str, Any]) -> bytes:
    return json.dumps(tree).encode()


@st.composite
def shells(draw: st.DrawFn, text: bytes, binary: bytes) -> bytes:
    """Chunks that are cut, overlap, lie about their size or come in another order."""
    sizes = st.sampled_from([None, None, 0, 1, 3, 8, 2**20, 2**32 - 1, -4, 4])
    kinds = st.sampled_from([None, None, JSON_CHUNK, BINARY_CHUNK, 0, 0x21212121])
    parts = []
    for kind, data in ((JSON_CHUNK, text), (BINARY_CHUNK, binary)):
        size = draw(sizes)
        size = len(data) if size is None else size if size >= 0 else len(data) + size
        parts.append(struct.pack("<II", size % 2**32, draw(kinds) or kind) + data)
    order = draw(st.sampled_from([(0, 1), (0, 1), (1, 0), (0, 0, 1), (0,), (1,)]))
    body = b"".join(parts[i] for i in order)
    told = draw(st.sampled_from([0, 0, 4, -4, -12, 2**31]))
    whole_file = b"glTF" + struct.pack("<II", 2, max(12 + len(body) + told, 0)) + body
    return whole_file[: int(draw(st.sampled_from([1.0, 1.0, 0.99, 0.5, 0.05])) * len(whole_file))]


@st.composite
def hostile_files(draw: st.DrawFn) -> Hostile:
    """A file with one to three kinds of damage."""
    builder = whole()
    tree, binary = builder.tree(), bytearray(builder.binary)
    edits = st.one_of(
        replaced(),
        removed_or_repeated(),
        accessors(),
        numbers_in_data(),
        trees(),
        extensions(),
        pictures(),
    )
    for edit in draw(st.lists(edits, min_size=1, max_size=3)):
        try:
            edit(tree, binary)
        except (KeyError, TypeError, AttributeError, IndexError):
            continue  # An earlier edit took away what this one damages.
    suffix = ".glb"
    if draw(st.integers(0, 5)) == 0 and isinstance(tree.get("buffers"), list):
        suffix = ".gltf"
        for entry in tree["buffers"]:
            if isinstance(entry, dict):
                entry["uri"] = draw(st.sampled_from(URIS))
    text = _dumped(tree)
    if draw(st.integers(0, 3)) == 0:
        # A number that no encoder writes, or a key that is there twice.
        digits = [i for i in range(len(text)) if text[i : i + 1].isdigit()]
        if digits and draw(st.booleans()):
            place = draw(st.sampled_from(digits))
            text = text[:place] + draw(st.sampled_from(RAW_NUMBERS)).encode() + text[place + 1 :]
        else:
            text = text[:-1] + b"," + draw(st.sampled_from([b'"nodes":[]', b'"accessors":[{}]']))
            text += b"}"
    if suffix == ".gltf":
        return Hostile(text, suffix)
    if draw(st.integers(0, 4)) == 0:
        return Hostile(draw(shells(text, bytes(binary))))
    return Hostile(pack_glb(text, bytes(binary)))


@st.composite
def odd_models(draw: st.DrawFn) -> Hostile:
    """A file that is whole, of a mesh that is odd: flat, thin, tiny, far, in pieces, no area."""
    count = draw(st.sampled_from([1, 1, 2, 5, 30]))
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    corners = rng.normal(size=(3 * count, 3))
    corners *= draw(st.tuples(*[st.sampled_from([0.0, 1e-6, 1.0, 1.0, 1.0])] * 3))
    grain = draw(st.sampled_from([0.0, 0.0, 1.0, 0.5]))
    if grain:
        corners = np.round(corners / grain) * grain
    if draw(st.booleans()):
        corners[: 3 * (count // 2)] = corners[: 3 * (count // 2)] * 1e-3 + [1.0, 0.0, 0.0]
    corners *= 10.0 ** draw(st.integers(-12, 14))
    corners += draw(st.sampled_from([0.0, 0.0, 1.0, 1e6]))
    b = GlbBuilder()
    material = b.material("", alphaMode=draw(st.sampled_from(["OPAQUE", "BLEND", "MASK"])))
    normals = np.zeros_like(corners) if draw(st.booleans()) else None
    uv = rng.normal(size=(3 * count, 2)) * 1e30 if draw(st.booleans()) else None
    indices = np.arange(3 * count) if draw(st.booleans()) else None
    scale = draw(st.sampled_from([1.0, 1.0, -1.0, 0.0, 1e-6, 1e6]))
    part = b.primitive(corners, indices, material=material, normals=normals, uv=uv)
    part["mode"] = draw(st.sampled_from([4, 4, 5, 6]))
    b.node(part, scale=[scale, 1.0, 1.0], name=draw(TEXTS))
    for name in draw(st.lists(TEXTS, max_size=2)):
        b.node(part, name=name)
    return Hostile(b.glb())
