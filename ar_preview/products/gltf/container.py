"""The outer shell of a glTF file: GLB chunks, JSON, buffers, and files beside a ``.gltf``."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ar_preview.errors import ProductError
from ar_preview.products.confine import confined_file
from ar_preview.products.gltf.fields import Fields
from ar_preview.products.gltf.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Container", "open_container", "read_file"]

_MAGIC = b"glTF"
_JSON_CHUNK = 0x4E4F534A
_BINARY_CHUNK = 0x004E4942
_EXPORT = "export the model again as GLB"


def read_file(path: Path, limit: int, *, remedy: str | None = None) -> bytes:
    """Return a file's bytes.

    Parameters
    ----------
    path : Path
    limit : int
        Most bytes that are read.
    remedy : str, optional
        What to do about an empty or too large file, where it is no model.

    Raises
    ------
    ProductError
        If it is missing, no regular file, unreadable, empty or larger than `limit`.
    """
    try:
        if not path.exists():
            raise ProductError(f"{path}: there is no such file; check the path")
        if not path.is_file():
            raise ProductError(f"{path}: expected a file, got something else; give a file's path")
        size = path.stat().st_size
        if size == 0:
            raise ProductError(f"{path}: the file is empty; {remedy or _EXPORT}")
        if size > limit:
            raise ProductError(
                f"{path}: {size / 2**20:.0f} MiB are more than the limit of {limit / 2**20:.0f} "
                f"MiB; {remedy or 'simplify the meshes and textures'}"
            )
        with path.open("rb") as stream:
            return stream.read(size)
    except (OSError, ValueError) as error:
        raise ProductError(f"{path}: cannot be read ({error}); check the path") from error


@dataclass(eq=False)
class Container:
    """Parsed JSON with access to the bytes it refers to.

    Parameters
    ----------
    path : Path
    root : Fields
        The top of the JSON.
    limits : Limits
    binary : bytes or None
        The GLB's binary chunk.
    """

    path: Path
    root: Fields
    limits: Limits
    binary: bytes | None = None
    _budget: int = 0
    _cache: dict[int, bytes] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's path, for messages."""
        return str(self.path)

    @cached_property
    def buffers(self) -> list[Fields]:
        """The file's buffers."""
        return self.root.children("buffers")

    @cached_property
    def views(self) -> list[Fields]:
        """The file's buffer views."""
        return self.root.children("bufferViews")

    def buffer(self, index: int) -> bytes:
        """Return the bytes of ``buffers[index]``."""
        if index not in self._cache:
            entry = self.buffers[index]
            length = entry.integer("byteLength", low=1, high=self.limits.file_bytes + 1)
            if "uri" in entry:
                data = self._resource(entry)
            elif index == 0 and self.binary is not None:
                data = self.binary
            elif entry.extension("EXT_meshopt_compression") is not None:
                raise ProductError(
                    f"{self.path}: the mesh is compressed with EXT_meshopt_compression, which is "
                    "not supported; export it without compression "
                    "(`gltf-transform copy in.glb out.glb` decodes it)"
                )
            else:
                raise ProductError(f"{entry.where}: has no data; {_EXPORT}")
            if len(data) < length:
                raise ProductError(
                    f"{entry.where}: expected {length} bytes, got {len(data)}; the file is "
                    f"truncated, copy or {_EXPORT}"
                )
            self._cache[index] = data
        return self._cache[index]

    def view(self, index: int) -> memoryview:
        """Return the bytes of ``bufferViews[index]``."""
        entry = self.views[index]
        if (packed := entry.extension("EXT_meshopt_compression")) is not None and (
            packed.data.get("buffer") == entry.data.get("buffer")
            or "EXT_meshopt_compression" in self.root.texts("extensionsRequired")
        ):
            raise ProductError(
                f"{self.path}: the mesh is compressed with EXT_meshopt_compression, which is not "
                "supported; export it without compression"
            )
        number = entry.index("buffer", len(self.buffers))
        if number is None:
            entry.fail("buffer", "an index")
        data = self.buffer(number)
        offset = entry.integer("byteOffset", 0)
        length = entry.integer("byteLength", low=1)
        if offset + length > len(data):
            raise ProductError(
                f"{entry.where}: bytes {offset} to {offset + length} reach beyond the buffer's "
                f"{len(data)}; the file is truncated or damaged, {_EXPORT}"
            )
        return memoryview(data)[offset : offset + length]

    def image_bytes(self, entry: Fields) -> bytes | memoryview:
        """Return the encoded bytes of an image entry."""
        if "uri" in entry:
            return self._resource(entry)
        number = entry.index("bufferView", len(self.views))
        if number is None:
            entry.fail("bufferView", "an index or a uri")
        return self.view(number)

    def _resource(self, entry: Fields) -> bytes:
        uri = entry.text("uri")
        if uri.startswith("data:"):
            head, comma, body = uri.partition(",")
            if not comma or not head.endswith(";base64"):
                raise ProductError(f"{entry.where}.uri: expected base64 data; {_EXPORT}")
            try:
                data = base64.b64decode(body, validate=True)
            except (binascii.Error, ValueError) as error:
                raise ProductError(
                    f"{entry.where}.uri: the base64 data are damaged ({error}); {_EXPORT}"
                ) from error
        elif self.path.suffix.lower() != ".gltf":
            raise ProductError(
                f"{entry.where}.uri: a GLB must carry all its data, but this one refers to "
                f"{uri[:80]!r}, which is not followed; export it as one self-contained GLB"
            )
        else:
            if ":" in uri.split("/")[0] or uri.startswith(("/", "\\")):
                raise ProductError(
                    f"{entry.where}.uri: {uri[:80]!r} points outside the model's folder and is not "
                    "followed; put the file beside the .gltf or export one self-contained GLB"
                )
            where = confined_file(self.path.parent, unquote(uri), entry.where + ".uri")
            data = read_file(where, self.limits.file_bytes)
        self._budget += len(data)
        if self._budget > self.limits.file_bytes:
            raise ProductError(
                f"{self.path}: with its files it is larger than the limit of "
                f"{self.limits.file_bytes / 2**20:.0f} MiB; simplify it"
            )
        return data


def _constant(text: str) -> float:
    raise ValueError(f"{text} is not allowed")


def _parse(raw: bytes, path: Path, limits: Limits) -> Fields:
    # Counting separators first keeps the parser from building millions of objects.
    count: Callable[[bytes], int] = raw.count
    if count(b",") + count(b"[") + count(b"{") > limits.json_values:
        raise ProductError(
            f"{path}: its JSON holds more than {limits.json_values} values; simplify the model or "
            "export it as GLB, where the numbers are binary"
        )
    try:
        data: Any = json.loads(raw.decode("utf-8-sig"), parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise ProductError(f"{path}: its JSON cannot be read ({error}); {_EXPORT}") from error
    root = Fields(data, str(path))
    root.where = f"{path}: glTF"
    asset = root.child("asset")
    if (version := asset.text("version", "missing")).split(".")[0] != "2":
        raise ProductError(f"{path}: expected glTF version 2, got {version[:20]!r}; {_EXPORT} 2.0")
    return root


def open_container(path: Path, limits: Limits = DEFAULT_LIMITS) -> Container:
    """Read the shell of a ``.glb`` or ``.gltf`` file.

    Parameters
    ----------
    path : Path
    limits : Limits

    Raises
    ------
    ProductError
        If the file is missing, empty, too large, truncated, or not glTF 2.0.
    """
    raw = read_file(path, limits.file_bytes)
    if raw[:4] != _MAGIC:
        if path.suffix.lower() == ".gltf":
            return Container(path, _parse(raw, path, limits), limits, None, len(raw))
        raise ProductError(
            f"{path}: expected a GLB file (it begins with 'glTF'), got {raw[:4]!r}; "
            "export the model as GLB (glTF 2.0 binary)"
        )
    if len(raw) < 20:
        raise ProductError(f"{path}: truncated after {len(raw)} bytes; copy or {_EXPORT}")
    version, length = struct.unpack_from("<II", raw, 4)
    if version != 2:
        raise ProductError(f"{path}: expected GLB version 2, got {version}; {_EXPORT} 2.0")
    if length > len(raw):
        raise ProductError(
            f"{path}: truncated, {len(raw)} of {length} bytes are there; copy or {_EXPORT}"
        )
    chunks: list[tuple[int, bytes]] = []
    offset = 12
    while offset + 8 <= length:
        size, kind = struct.unpack_from("<II", raw, offset)
        offset += 8
        if offset + size > length:
            raise ProductError(
                f"{path}: chunk {len(chunks)} claims {size} bytes but {length - offset} are left; "
                f"the file is damaged, {_EXPORT}"
            )
        if len(chunks) < 2:
            chunks.append((kind, raw[offset : offset + size]))
        offset += size + (-size) % 4
    if not chunks or chunks[0][0] != _JSON_CHUNK:
        raise ProductError(f"{path}: the first chunk of a GLB must be JSON; {_EXPORT}")
    binary = chunks[1][1] if len(chunks) > 1 and chunks[1][0] == _BINARY_CHUNK else None
    return Container(path, _parse(chunks[0][1], path, limits), limits, binary)
