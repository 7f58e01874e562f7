from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from ar_preview.errors import SourceError
from ar_preview.sources import open_source
from ar_preview.sources.ending import Promise, missing_share
from tests.sources.media_maker import VideoSpec, clicks, smooth_picture, write_video

CLIPS = Path(__file__).resolve().parents[3] / "shared" / "data"
FASTSTART = {"movflags": "faststart"}
NOISE = [np.random.default_rng(i).integers(0, 255, (96, 128, 3), np.uint8) for i in range(60)]

shared = pytest.mark.skipif(not CLIPS.is_dir(), reason="needs the clips of ../shared/data")


def count_of(path: Path, **span: int) -> int:
    with open_source(path, **span) as source:  # type: ignore[arg-type]
        return sum(1 for _ in source)


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    short = path.with_name(f"short{path.suffix}")
    short.write_bytes(data[: int(len(data) * share)])
    return short


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_a_cut_video_gives_its_frames_and_then_an_error(tmp_path: Path, share: float) -> None:
    spec = VideoSpec(muxer_options=FASTSTART, sound=clicks(2.0, [1.0]))
    short = cut(write_video(tmp_path / "a.mp4", NOISE, spec), share)
    indices = []
    with open_source(short) as source, pytest.raises(SourceError) as caught:
        for frame in source:
            indices.append(frame.index)
    count = len(indices)
    assert indices == list(range(count))
    assert 60 * share - 8 < count < 60 * share + 3
    assert f"short.mp4 ends after {count} of 60 frames" in str(caught.value)
    assert f"--end {count} to take what is there" in str(caught.value)
    # What the message offers works, and asking for more than there is does not.
    assert count_of(short, end=count) == count
    assert count_of(short, end=count - 2) == count - 2
    assert count_of(short, start=3, end=count) == count - 3
    for span in ({"end": count + 1}, {"start": 3}, {"end": 500}):
        with pytest.raises(SourceError, match=f"after {count} of 60 frames"):
            count_of(short, **span)


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("a.mkv", VideoSpec()),
        ("a.webm", VideoSpec(codec="libvpx-vp9", options={"cpu-used": "8"})),
        ("a.avi", VideoSpec(options={"bf": "0"})),
        ("a.mov", VideoSpec(options={"g": "20"}, muxer_options={"movflags": "frag_keyframe"})),
    ],
)
def test_containers_without_a_count_tell_by_their_bytes(
    tmp_path: Path, name: str, spec: VideoSpec
) -> None:
    whole = write_video(tmp_path / name, NOISE, spec)
    assert missing_share(whole) == 0.0
    assert count_of(whole) == 60
    short = cut(whole, 0.5)
    with pytest.raises(SourceError, match=r"short.*cut short; use --end \d+"):
        count_of(short)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_the_last_frames_may_be_missing(tmp_path: Path, suffix: str) -> None:
    spec = VideoSpec(options={"bf": "0"}, muxer_options=FASTSTART if suffix == ".mp4" else {})
    short = cut(write_video(tmp_path / f"a{suffix}", NOISE, spec), 0.985)
    assert 57 <= count_of(short) < 60


def test_streams_without_a_length_are_never_cut(tmp_path: Path) -> None:
    live = {"live": "1"}
    stream = write_video(tmp_path / "a.webm", NOISE, VideoSpec(codec="libvpx", muxer_options=live))
    assert missing_share(stream) is None
    assert count_of(stream) == 60
    assert count_of(cut(stream, 0.5)) < 60
    transport = write_video(tmp_path / "a.ts", NOISE)
    assert missing_share(transport) is None
    assert count_of(transport) == 60


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_last_picture_that_stands_still_is_no_cut(tmp_path: Path, suffix: str) -> None:
    times = [33 * i for i in range(20)] + [900, 9000]
    spec = VideoSpec(times_ms=times)
    assert count_of(write_video(tmp_path / f"a{suffix}", NOISE[:22], spec)) == 22


def test_frames_that_an_edit_list_hides_are_not_missing(tmp_path: Path) -> None:
    pictures = [smooth_picture(i) for i in range(60)]
    path = write_video(tmp_path / "a.mp4", pictures, VideoSpec(options={"bf": "0"}))
    data = path.read_bytes()
    at = data.index(b"elst")
    # Shorten the one edit: version and flags, count, then its length (1/1000 s here).
    assert int.from_bytes(data[at + 12 : at + 16], "big") == 2000
    path.write_bytes(data[: at + 12] + (1000).to_bytes(4, "big") + data[at + 16 :])
    assert 29 <= count_of(path) <= 32


def test_bad_packets_in_the_middle_are_no_cut(tmp_path: Path) -> None:
    spec = VideoSpec(options={"g": "10"}, muxer_options=FASTSTART)
    path = write_video(tmp_path / "a.mp4", NOISE, spec)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + len(data) // 10] = bytes(len(data) // 10)
    path.write_bytes(data)
    assert count_of(path) >= 40


def test_a_count_that_is_a_little_off_is_believed(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x")
    promise = Promise(path, 300, Fraction(10), Fraction(30))
    promise.check(297, Fraction(297, 30))
    promise.check(294, Fraction(294, 30))
    # A count twice too high (fields) with the right time, and a time too long with all frames.
    promise.check(150, Fraction(10))
    promise.check(300, Fraction(5))
    with pytest.raises(SourceError, match="after 290 of 300"):
        promise.check(290, Fraction(290, 30))


@pytest.mark.parametrize(
    ("head", "stated"),
    [
        (b"RIFF" + (392).to_bytes(4, "little") + b"AVI ", 400),
        (b"RIFF" + bytes(4) + b"AVI ", None),
        (b"\0\0\0\x0cftypisom" + (0).to_bytes(4, "big") + b"mdat", None),
        (b"\0\0\0\x0cftypisom" + (388).to_bytes(4, "big") + b"mdat", 400),
        (b"\0\0\0\x0cftypisom\0\0\0\x01mdat" + (388).to_bytes(8, "big"), 400),
        (b"\x1a\x45\xdf\xa3\x82ab\x18\x53\x80\x67\x41\x84", 401),
        (b"\x1a\x45\xdf\xa3\x82ab\x18\x53\x80\x67\xff", None),
        (b"\x1a\x45\xdf\xa3", None),
        (b"GIF89a" + bytes(20), None),
        (b"", None),
    ],
)
def test_lengths_are_read_from_the_structure(
    tmp_path: Path, head: bytes, stated: int | None
) -> None:
    path = tmp_path / "a"
    path.write_bytes(head.ljust(200, b"\0") if stated else head)
    expected = None if stated is None else pytest.approx(1 - 200 / stated)
    assert missing_share(path) == expected


@pytest.mark.shared
@pytest.mark.slow
@shared
def test_no_real_clip_is_refused() -> None:
    clips = sorted(p for name in ("face", "hand") for p in (CLIPS / name).iterdir())
    assert len(clips) > 10
    for clip in clips:
        assert count_of(clip) > 0, clip.name


@pytest.mark.shared
@shared
def test_half_of_a_real_clip_is_refused(tmp_path: Path) -> None:
    data = (CLIPS / "face" / "lp_s18_720p_talk.mp4").read_bytes()
    half = tmp_path / "half.mp4"
    half.write_bytes(data[: len(data) // 2])
    with pytest.raises(SourceError, match=r"half\.mp4 ends after 136 of 282 frames"):
        count_of(half)
    assert count_of(half, end=136) == 136
