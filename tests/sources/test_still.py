from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from ar_preview.errors import SourceError
from ar_preview.sources import open_source
from ar_preview.sources.exif import Exif, read_exif
from tests.sources.media_maker import smooth_picture

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.frames import Frame


def only_frame(path: Path) -> Frame:
    with open_source(path) as source:
        (frame,) = list(source)
    return frame


def exif_block(orientation: int, order: str = "<", focal: int = 0, size: object = None) -> bytes:
    """A TIFF structure with an orientation and, in its EXIF part, a focal length and size."""
    tags = [(0xA405, 3, focal)] if focal else []
    if isinstance(size, tuple):
        tags = [(0xA002, 4, size[0]), (0xA003, 4, size[1]), *tags]

    def entry(tag: int, kind: int, value: int) -> bytes:
        body = struct.pack(order + "HH", value, 0) if kind == 3 else struct.pack(order + "I", value)
        return struct.pack(order + "HHI", tag, kind, 1) + body

    main = struct.pack(order + "H", 2) + entry(0x0112, 3, orientation)
    main += entry(0x8769, 4, 8 + 2 + 24 + 4) + struct.pack(order + "I", 0)
    inner = struct.pack(order + "H", len(tags)) + b"".join(entry(*t) for t in tags)
    magic = b"II*\0" if order == "<" else b"MM\0*"
    return magic + struct.pack(order + "I", 8) + main + inner + struct.pack(order + "I", 0)


def jpeg_with(picture: np.ndarray, block: bytes) -> bytes:
    ok, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 98])
    assert ok
    body = b"Exif\0\0" + block
    segment = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    return data.tobytes()[:2] + segment + data.tobytes()[2:]


def test_png_is_exact(tmp_path: Path) -> None:
    picture = smooth_picture(3, 33, 27)
    cv2.imwrite(str(tmp_path / "a.png"), picture[..., ::-1])
    frame = only_frame(tmp_path / "a.png")
    assert (frame.image == picture).all()
    assert (frame.index, frame.timestamp_ns) == (0, 0)
    assert frame.camera is not None
    assert (frame.camera.width, frame.camera.height) == (33, 27)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_depths_and_channels(tmp_path: Path, suffix: str, channels: int, depth: int) -> None:
    picture = smooth_picture(1, 48, 32)
    stored = picture[..., :1] if channels == 1 else picture[..., ::-1]
    if channels == 4:
        alpha = np.full((32, 48, 1), 255, np.uint8)
        alpha[:, :24] = 102
        stored = np.concatenate([stored, alpha], axis=2)
    if depth == 16:
        stored = stored.astype(np.uint16) * 257
    cv2.imwrite(str(tmp_path / f"a{suffix}"), np.ascontiguousarray(stored))
    image = only_frame(tmp_path / f"a{suffix}").image
    expected = np.repeat(picture[..., :1], 3, axis=2) if channels == 1 else picture.astype(float)
    if channels == 4:
        expected[:, :24] = expected[:, :24] * 0.4 + 255 * 0.6
    assert image.dtype == np.uint8
    assert np.abs(image - expected).max() <= 1.0


def test_sixteen_bits_are_rounded_not_cut(tmp_path: Path) -> None:
    ramp = np.arange(0, 65536, 16, dtype=np.uint16).reshape(64, 64)
    cv2.imwrite(str(tmp_path / "a.png"), ramp)
    image = only_frame(tmp_path / "a.png").image[..., 0]
    assert (image == np.round(ramp / 257.0).astype(np.uint8)).all()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_matches_opencv(tmp_path: Path, orientation: int, order: str) -> None:
    picture = smooth_picture(0, 64, 40)
    picture[:12, :20] = (250, 20, 20)
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg_with(picture, exif_block(orientation, order)))
    image = only_frame(path).image
    reference = cv2.imread(str(path), cv2.IMREAD_COLOR)[..., ::-1]
    assert image.shape == reference.shape
    assert np.abs(image.astype(int) - reference).max() <= 1
    corner = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0)}
    corner |= {5: (0, 0), 6: (0, -1), 7: (-1, -1), 8: (-1, 0)}
    assert image[corner[orientation]][0] > 200, "the red corner goes where EXIF says"


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_exif_is_found_in_png_and_webp(tmp_path: Path, suffix: str) -> None:
    picture = smooth_picture(0, 64, 40)
    ok, data = cv2.imencode(suffix, picture[..., ::-1])
    assert ok
    raw, block = data.tobytes(), exif_block(6)
    if suffix == ".png":
        checksum = struct.pack(">I", __import__("zlib").crc32(b"eXIf" + block))
        raw = raw[:33] + struct.pack(">I", len(block)) + b"eXIf" + block + checksum + raw[33:]
    else:
        body = raw[12:] + b"EXIF" + struct.pack("<I", len(block)) + block
        raw = b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
    assert read_exif(raw).orientation == 6
    path = tmp_path / f"a{suffix}"
    path.write_bytes(raw)
    assert only_frame(path).size == (40, 64)


def test_damaged_exif_is_ignored() -> None:
    block = exif_block(6, focal=28)
    whole = jpeg_with(smooth_picture(0, 16, 16), block)
    assert read_exif(whole) == Exif(6, 28)
    for cut in range(2, 120):
        assert isinstance(read_exif(whole[:cut]), Exif)
    assert read_exif(b"") == Exif()
    assert read_exif(jpeg_with(smooth_picture(0, 16, 16), b"nonsense")) == Exif()


def test_focal_length_gives_the_field_of_view(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg_with(smooth_picture(0, 96, 64), exif_block(1, focal=28, size=(960, 640))))
    camera = only_frame(path).camera
    assert camera is not None
    assert camera.fov_degrees == pytest.approx(2 * np.degrees(np.arctan(18 / 28)), abs=0.01)
    # Cropped after it was taken: the focal length says nothing about this picture.
    path.write_bytes(jpeg_with(smooth_picture(0, 96, 64), exif_block(1, focal=28, size=(960, 960))))
    camera = only_frame(path).camera
    assert camera is not None
    assert camera.fov_degrees == pytest.approx(70.0)


def test_folder_is_in_natural_order_and_sizes_may_change(tmp_path: Path) -> None:
    for i, number in enumerate(["1", "2", "10"]):
        cv2.imwrite(str(tmp_path / f"img{number}.png"), np.full((20 + i, 30, 3), 10 * i, np.uint8))
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / ".hidden.png").write_bytes(b"x")
    (tmp_path / "sub").mkdir()
    with open_source(tmp_path) as source:
        frames = list(source)
        info = source.info
    assert [f.image[0, 0, 0] for f in frames] == [0, 10, 20]
    assert [f.size for f in frames] == [(30, 20), (30, 21), (30, 22)]
    assert all(f.camera is not None and f.camera.height == f.size.height for f in frames)
    assert (info.kind, info.frame_count, info.size) == ("folder", 3, (30, 20))
    with open_source(tmp_path, start=1, end=9) as source:
        assert [f.index for f in source] == [1, 2]
    with pytest.raises(SourceError, match="behind the last"):
        open_source(tmp_path, start=3)


def test_wrong_suffix_does_not_matter(tmp_path: Path) -> None:
    ok, data = cv2.imencode(".png", smooth_picture(0, 20, 20))
    assert ok
    (tmp_path / "photo.mp4").write_bytes(data.tobytes())
    with open_source(tmp_path / "photo.mp4") as source:
        assert source.info.kind == "image"


def bad_files(folder: Path) -> dict[str, bytes]:
    ok, png = cv2.imencode(".png", smooth_picture(0, 200, 200))
    assert ok
    raw = png.tobytes()
    flipped = bytearray(raw)
    flipped[len(raw) // 2] ^= 0xFF
    _, jpg = cv2.imencode(".jpg", smooth_picture(0, 200, 200))
    rtp = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
    return {
        "empty.mp4": b"",
        "empty.png": b"",
        "text.mp4": b"not a video\n" * 300,
        "text.txt": b"not a video\n" * 300,
        "cut.png": raw[: len(raw) // 2],
        "flipped.png": bytes(flipped),
        "cut.jpg": jpg.tobytes()[:300],
        "head.mp4": b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + bytes(64),
        "session.sdp": rtp.encode() + b"a=rtpmap:96 H264/90000\n",
        "list.m3u8": b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n",
        "list.ffconcat": b"ffconcat version 1.0\nfile other.mp4\n",
    }


def test_bad_files_are_one_clear_line_and_no_noise(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, data in bad_files(tmp_path).items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SourceError) as caught:
            list(open_source(tmp_path / name))
        assert "\n" not in str(caught.value)
        assert name in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("missing.mp4", "no such file"),
        ("http://127.0.0.1:9/a.mp4", "no such file"),
        ("camera:front", "camera:0"),
        ("camera:", "camera:0"),
        ("sample:nose", "sample:face"),
        ("/dev/null", "expected a file"),
    ],
)
def test_bad_names(spec: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        open_source(spec)


def test_folder_without_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(SourceError, match="no pictures"):
        open_source(tmp_path)


def test_sound_without_picture(tmp_path: Path) -> None:
    import wave

    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))
    with pytest.raises(SourceError, match=r"a\.wav"):
        open_source(tmp_path / "a.wav")
