"""A corpus of hostile models: only `ProductError`, bounded memory, a bounded number of steps."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ar_preview.errors import ProductError
from ar_preview.preview import Preview
from ar_preview.products import check_product, load_bare, load_product, write_product_folder
from ar_preview.products.gltf import load_gltf
from ar_preview.products.gltf.pack import packed_glb
from tests.people import portrait
from tests.products.glb_builder import GlbBuilder
from tests.products.hostile import Hostile, hostile_files, odd_models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TRIANGLE = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
WORN_ON_HEADS = ("glasses", "hat", "over_ear", "earrings", "necklace")
MOST_MEGABYTES = 1300
"""A picture of 8192 px with 16 bits a channel, and what decodes it."""

MOST_LINES = 3_000_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder beside which there are secrets."""
    folder = tmp_path_factory.mktemp("hostile") / "model"
    (folder / "folder").mkdir(parents=True)
    (folder.parent / "secret.bin").write_bytes(b"secret" * 1000)
    (folder / "link.bin").symlink_to(folder.parent / "secret.bin")
    (folder / "loop.bin").symlink_to(folder / "loop.bin")
    return folder


def written(place: Path, file: Hostile) -> Path:
    path = place / f"m{file.suffix}"
    path.write_bytes(file.content)
    return path


def said(error: ProductError, path: Path) -> None:
    """One line that can be printed, and names the file."""
    text = str(error)
    assert str(path) in text or path.name in text
    assert "\n" not in text and len(text) < 1000
    text.encode()


@settings(max_examples=60)
@given(file=hostile_files())
def test_damage_is_refused_or_packed(place: Path, file: Hostile) -> None:
    path = written(place, file)
    try:
        model = load_gltf(path)
        for name in (*model.materials, *(n.name for n in model.nodes), *model.extensions):
            assert name.isprintable() and len(name) < 300
        packed_glb(path, 1e-3)
    except ProductError as error:
        said(error, path)


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(file=hostile_files() | odd_models(), category=st.sampled_from([None, *WORN_ON_HEADS]))
def test_damage_is_checked_recognised_saved(
    place: Path, file: Hostile, category: str | None
) -> None:
    path = written(place, file)
    for finding in check_product(path, category=category):
        assert finding.text.isprintable() and len(finding.text) < 3000
    own = place.parent / "own"
    try:
        product, guess = load_bare(path, category=category)
        assert str(guess).isprintable()
        write_product_folder(own, path, product, {})
        assert load_product(own).slot == product.slot
    except ProductError as error:
        text = str(error)
        assert text.isprintable() or "\n" in text
    finally:
        shutil.rmtree(own, ignore_errors=True)
    assert sorted(p.name for p in place.parent.iterdir()) == ["model", "secret.bin"]


@pytest.fixture(scope="module")
def preview() -> Iterator[Preview]:
    with Preview([], continuous=False) as made:
        yield made


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(file=odd_models(), category=st.sampled_from(WORN_ON_HEADS))
def test_odd_models_are_worn_or_refused(
    place: Path, preview: Preview, file: Hostile, category: str
) -> None:
    path = written(place, file)
    try:
        product = load_bare(path, category=category)[0]
    except ProductError as error:
        said(error, path)
        return
    preview.wear([product])
    assert preview.step(portrait()).image.shape == portrait().image.shape


def simple() -> GlbBuilder:
    b = GlbBuilder()
    b.node(b.primitive(TRIANGLE, [0, 1, 2], material=b.material("m"), normals=[[0, 0, 1.0]] * 3))
    return b


def png(side: int, depth: int = 8) -> bytes:
    """A picture of nothing: a thousandth of what it decodes to."""
    rows = zlib.compress(b"\0" * ((1 + side * depth // 2) * side), 9)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", side, side, depth, 6, 0, 0, 0))]
    parts += [(b"IDAT", rows), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def textured(picture: bytes, materials: int = 1, glossy: bool = False) -> GlbBuilder:
    b = simple()
    b.json["images"], b.json["textures"] = [{"bufferView": b.view(picture)}], [{"source": 0}]
    for i in range(materials):
        info = {"specularGlossinessTexture": {"index": 0}, "glossinessFactor": i / materials}
        values: dict[str, Any] = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}
        if glossy:
            values = {"extensions": {"KHR_materials_pbrSpecularGlossiness": info}}
        b.material(f"m{i}", **values)
    return b


def empty(count: int, **extra: Any) -> GlbBuilder:
    b = simple()
    b.json["accessors"][0] = {"componentType": 5126, "count": count, "type": "VEC3"}
    b.json["meshes"][0]["primitives"][0] = {"attributes": {"POSITION": 0}, **extra}
    return b


def changed(change: Callable[[dict[str, Any]], object]) -> GlbBuilder:
    b = simple()
    change(b.json)
    return b


def equal_names(tree: dict[str, Any]) -> None:
    tree["nodes"] = [{"name": "a", **node} for node in tree["nodes"] + [{}] * 9000]
    tree["scenes"][0]["nodes"] = list(range(len(tree["nodes"])))


def many_parts(tree: dict[str, Any]) -> None:
    tree["meshes"][0]["primitives"] = [{"attributes": {}}] * 9000
    tree["nodes"] = [{"mesh": 0}] * 9000
    tree["scenes"][0]["nodes"] = list(range(9000))


def many_variants(tree: dict[str, Any]) -> None:
    part = tree["meshes"][0]["primitives"][0]
    tree["extensions"] = {"KHR_materials_variants": {"variants": [{"name": "v"}] * 1000}}
    tree["materials"] = [{"name": "m"}] * 1000
    tree["meshes"][0]["primitives"] = [
        {
            **part,
            "extensions": {
                "KHR_materials_variants": {
                    "mappings": [{"material": i // 3, "variants": [i % 1000]}]
                }
            },
        }
        for i in range(3000)
    ]


SMALL = {
    "equal names": lambda: changed(equal_names),
    "equal materials": lambda: changed(lambda t: t.update(materials=[{"name": "a"}] * 60_000)),
    "many parts": lambda: changed(many_parts),
    "many variants": lambda: changed(many_variants),
    "markers": lambda: textured(b"\xff\xd8" + b"\xff" * 5_000_000),
    "empty": lambda: empty(1_900_000),
    "empty strip": lambda: empty(1_900_000, mode=5),
    "objects": lambda: changed(lambda t: t["accessors"].extend([{}] * 300_000)),
}


class _TooManyLinesError(BaseException):
    pass


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SMALL))
def test_the_number_of_steps_is_bounded(name: str, tmp_path: Path) -> None:
    path = SMALL[name]().write(tmp_path / "m.glb")
    lines = 0

    def count(*_: object) -> Any:
        nonlocal lines
        lines += 1
        if lines > MOST_LINES:
            raise _TooManyLinesError
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        load_gltf(path)
    except ProductError as error:
        sys.settrace(before)
        said(error, path)
    finally:
        sys.settrace(before)


LARGE = {
    "16 bits": lambda: textured(png(8192, 16)),
    "pictures": lambda: textured(png(2048), 20),
    "glossy": lambda: textured(png(4096), 60, glossy=True),
    "empty flat": lambda: empty(5_900_000, mode=5),
    "long names": lambda: changed(lambda t: t["nodes"][0].update(name="\U0001f600" * 10_000_000)),
}

_LOAD = """
import resource, sys
from pathlib import Path
from ar_preview.errors import ProductError
from ar_preview.products.bare import load_bare_model
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    load_bare_model(Path(sys.argv[1]), category="glasses")
except ProductError:
    pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="counts kilobytes as Linux does")
@pytest.mark.parametrize("name", sorted(LARGE))
def test_memory_is_bounded(name: str, tmp_path: Path) -> None:
    path = LARGE[name]().write(tmp_path / "m.glb")
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, str(path)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < MOST_MEGABYTES


@pytest.mark.parametrize("extras", ["1e999", "[" * 600 + "]" * 600])
def test_what_nobody_reads_does_not_break_the_packing(tmp_path: Path, extras: str) -> None:
    b = simple()
    (tmp_path / "m.bin").write_bytes(bytes(b.binary))
    path = b.write_gltf(tmp_path / "m.gltf", "m.bin")
    path.write_text(path.read_text()[:-1] + f', "extras": {extras}}}')
    load_gltf(path)
    try:
        packed_glb(path)
    except ProductError as error:
        said(error, path)
