from __future__ import annotations

import contextlib
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from ar_preview.errors import OutputError, SourceError
from ar_preview.geometry import ImageSize
from ar_preview.recording import VideoRecorder
from ar_preview.sources import open_source
from tests.sources.media_maker import (
    VideoSpec,
    click_times,
    clicks,
    smooth_picture,
    write_video,
)

if TYPE_CHECKING:
    from pathlib import Path

SIZE = ImageSize(160, 120)


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((a.astype(float) - b.astype(float)) ** 2)))


def copy(source_path: Path, target: Path, **span: int | None) -> None:
    """Record a video as it is: what the pipeline does with no product."""
    with (
        open_source(source_path, **span) as source,  # type: ignore[arg-type]
        VideoRecorder(target, source.info.size, info=source.info) as recorder,
    ):
        for frame in source:
            recorder.write(frame.image, frame.timestamp_ns, frame.duration_ns)


def packets_of(path: Path, kind: str) -> list[bytes]:
    with av.open(str(path)) as file:
        stream = getattr(file.streams, kind)[0]
        return [bytes(p) for p in file.demux(stream) if p.size]


def durations(path: Path) -> dict[str, float]:
    with av.open(str(path)) as file:
        return {s.type: float(s.duration * s.time_base) for s in file.streams}


def test_times_survive_with_the_last_duration(tmp_path: Path) -> None:
    times = [0, 33, 67, 200, 233, 600, 610, 800]
    spec = VideoSpec(times_ms=times)
    source = write_video(tmp_path / "vfr.mp4", [smooth_picture(i) for i in range(8)], spec)
    copy(source, tmp_path / "out.mp4")
    with open_source(source) as one, open_source(tmp_path / "out.mp4") as two:
        before, after = list(one), list(two)
    assert len(after) == len(before)
    for a, b in zip(before, after, strict=True):
        assert abs(a.timestamp_ns - b.timestamp_ns) < 12_000
        assert psnr(a.image, b.image) > 42.0
    end = (before[-1].timestamp_ns + (before[-1].duration_ns or 0)) / 1e9
    assert durations(tmp_path / "out.mp4")["video"] == pytest.approx(end, abs=1e-3)


def test_capture_clock_and_slow_last_picture(tmp_path: Path) -> None:
    origin = 7_654_321_000_000_000
    with VideoRecorder(tmp_path / "live.mp4", SIZE, frame_rate=15) as recorder:
        for i in range(4):
            recorder.write(smooth_picture(i), origin + i * 250_000_000, 1_500_000_000)
    assert durations(tmp_path / "live.mp4")["video"] == pytest.approx(0.75 + 1.5, abs=1e-3)
    with open_source(tmp_path / "live.mp4") as source:
        assert [round(f.time_s, 4) for f in source] == [0.0, 0.25, 0.5, 0.75]


@pytest.mark.parametrize("full_range", [False, True, None])
@pytest.mark.parametrize("matrix", [6, 1, 2])
def test_colour_is_kept_and_tagged(tmp_path: Path, matrix: int, full_range: bool | None) -> None:
    spec = VideoSpec(codec="ffv1", matrix=matrix, full_range=full_range, primaries=1, transfer=1)
    source = write_video(tmp_path / "in.mkv", [smooth_picture(i) for i in range(6)], spec)
    copy(source, tmp_path / "out.mp4")
    with open_source(source) as one, open_source(tmp_path / "out.mp4") as two:
        assert one.info.colour is not None
        # A file that does not say is limited by convention; the copy may say so.
        said = one.info.colour.full_range or False
        assert two.info.colour in {one.info.colour, replace(one.info.colour, full_range=said)}
        for a, b in zip(one, two, strict=True):
            assert psnr(a.image, b.image) > 42.0
            assert abs(float(a.image.mean()) - float(b.image.mean())) < 0.5
    with av.open(str(tmp_path / "out.mp4")) as file:
        assert file.streams.video[0].pix_fmt in {"yuv420p", "yuvj420p"}


def test_ten_bits_become_eight(tmp_path: Path) -> None:
    spec = VideoSpec(codec="ffv1", pixel_format="yuv420p10le", matrix=1, full_range=False)
    source = write_video(tmp_path / "in.mkv", [smooth_picture(i) for i in range(6)], spec)
    copy(source, tmp_path / "out.mp4")
    with open_source(source) as one, open_source(tmp_path / "out.mp4") as two:
        assert two.info.colour is not None
        assert two.info.colour.bit_depth == 8
        assert min(psnr(a.image, b.image) for a, b in zip(one, two, strict=True)) > 42.0


def test_rgb_pictures_become_bt709(tmp_path: Path) -> None:
    with VideoRecorder(tmp_path / "out.mp4", SIZE) as recorder:
        for i in range(5):
            recorder.write(smooth_picture(i), i * 40_000_000)
    with open_source(tmp_path / "out.mp4") as source:
        colour = source.info.colour
        assert colour is not None
        assert (colour.matrix, colour.full_range, colour.primaries) == (1, False, 1)
        for frame in source:
            assert psnr(frame.image, smooth_picture(frame.index)) > 42.0


def test_odd_sizes_are_padded_by_the_edge(tmp_path: Path) -> None:
    with VideoRecorder(tmp_path / "out.mp4", ImageSize(159, 119)) as recorder:
        for i in range(4):
            recorder.write(smooth_picture(i)[:119, :159].copy(), i * 40_000_000)
    with open_source(tmp_path / "out.mp4") as source:
        assert source.info.size == (160, 120)
        for frame in source:
            image = frame.image.astype(int)
            assert psnr(image[:119, :159], smooth_picture(frame.index)[:119, :159]) > 42.0
            assert np.abs(image[:, 159] - image[:, 158]).mean() < 3
            assert np.abs(image[119] - image[118]).mean() < 3


def test_rotated_video_comes_out_upright_and_plain(tmp_path: Path) -> None:
    spec = VideoSpec(rotation=90)
    source = write_video(tmp_path / "in.mp4", [smooth_picture(i) for i in range(5)], spec)
    copy(source, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as file:
        frame = next(file.decode(video=0))
        assert (frame.width, frame.height, frame.rotation) == (120, 160, 0)


def test_pixel_aspect_is_kept(tmp_path: Path) -> None:
    spec = VideoSpec(pixel_aspect=Fraction(15, 16))
    source = write_video(tmp_path / "in.mp4", [smooth_picture(0)] * 3, spec)
    copy(source, tmp_path / "out.mp4")
    with open_source(tmp_path / "out.mp4") as copied:
        assert copied.info.pixel_aspect == Fraction(15, 16)


def test_pictures_of_another_size_are_fitted(tmp_path: Path) -> None:
    with VideoRecorder(tmp_path / "out.mp4", SIZE) as recorder:
        recorder.write(np.full((120, 160, 3), 200, np.uint8), 0)
        recorder.write(np.full((60, 160, 3), 200, np.uint8), 40_000_000)
    with open_source(tmp_path / "out.mp4") as source:
        last = list(source)[-1].image.astype(int)
    assert last[60].mean() == pytest.approx(200, abs=3)
    assert last[10].mean() == pytest.approx(0, abs=3)
    assert last[110].mean() == pytest.approx(0, abs=3)


@pytest.mark.parametrize("codec", ["aac", "libmp3lame", "libopus", "flac"])
def test_sound_is_copied_packet_by_packet(tmp_path: Path, codec: str) -> None:
    suffix = ".mp4" if codec == "aac" else ".mkv"
    spec = VideoSpec(sound=clicks(2.0, [0.5, 1.5]), sound_codec=codec)
    source = write_video(tmp_path / f"in{suffix}", [smooth_picture(i) for i in range(60)], spec)
    copy(source, tmp_path / "out.mp4")
    assert packets_of(tmp_path / "out.mp4", "audio") == packets_of(source, "audio")
    assert click_times(tmp_path / "out.mp4") == pytest.approx(click_times(source), abs=0.002)


@pytest.mark.parametrize("codec", ["pcm_s16le", "mp2"])
def test_other_sound_becomes_aac(tmp_path: Path, codec: str) -> None:
    spec = VideoSpec(sound=clicks(2.0, [0.5, 1.5]), sound_codec=codec)
    pictures = [smooth_picture(i) for i in range(60)]
    path = write_video(tmp_path / "in.mkv", pictures, spec)
    copy(path, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as file:
        assert file.streams.audio[0].codec_context.name == "aac"
    assert click_times(tmp_path / "out.mp4") == pytest.approx(click_times(path), abs=0.003)


@pytest.mark.parametrize("codec", ["aac", "pcm_s16le"])
def test_sound_is_cut_with_the_picture(tmp_path: Path, codec: str) -> None:
    spec = VideoSpec(
        sound=clicks(4.0, [0.5, 1.5, 2.5, 3.5]), sound_codec=codec, options={"g": "20"}
    )
    source = write_video(tmp_path / "in.mkv", [smooth_picture(i) for i in range(120)], spec)
    copy(source, tmp_path / "out.mp4", start=30, end=90)
    lengths = durations(tmp_path / "out.mp4")
    assert lengths["video"] == pytest.approx(2.0, abs=0.002)
    assert lengths["audio"] == pytest.approx(2.0, abs=0.05)
    heard = [t for t in click_times(tmp_path / "out.mp4") if 0 <= t < 2.0]
    assert heard == pytest.approx([0.5, 1.5], abs=0.003)


def test_sound_of_another_file_or_none(tmp_path: Path) -> None:
    pictures = [smooth_picture(i) for i in range(30)]
    voice = write_video(tmp_path / "voice.mp4", pictures, VideoSpec(sound=clicks(1.0, [0.5])))
    for name, options in [("with", {"audio_from": voice}), ("without", {"sound": False})]:
        with (
            open_source(voice) as source,
            VideoRecorder(
                tmp_path / f"{name}.mp4",
                SIZE,
                info=source.info if name == "without" else None,
                **options,  # type: ignore[arg-type]
            ) as recorder,
        ):
            for frame in source:
                recorder.write(frame.image, frame.timestamp_ns)
    assert packets_of(tmp_path / "with.mp4", "audio") == packets_of(voice, "audio")
    with av.open(str(tmp_path / "without.mp4")) as file:
        assert not file.streams.audio


def test_sound_that_starts_late_stays_late(tmp_path: Path) -> None:
    spec = VideoSpec(sound=clicks(3.0, [0.5, 2.5]))
    whole = write_video(tmp_path / "whole.mp4", [smooth_picture(i) for i in range(90)], spec)
    late = tmp_path / "late.mp4"
    with av.open(str(whole)) as source, av.open(str(late), "w") as target:
        streams = {s.index: target.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.size and not (packet.stream.type == "audio" and packet.pts < 48_000):
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    copy(late, tmp_path / "out.mp4")
    assert click_times(late) == pytest.approx([2.5], abs=0.003)
    assert click_times(tmp_path / "out.mp4") == pytest.approx([2.5], abs=0.003)


def test_an_exception_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "new" / "deep" / "out.mp4"
    with (
        pytest.raises(RuntimeError, match="tracker"),
        VideoRecorder(target, SIZE) as recorder,
    ):
        recorder.write(smooth_picture(0), 0)
        recorder.write(smooth_picture(1), 40_000_000)
        raise RuntimeError("tracker")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_keeps_what_was_recorded(tmp_path: Path) -> None:
    spec = VideoSpec(sound=clicks(4.0, [0.5]))
    path = write_video(tmp_path / "in.mp4", [smooth_picture(i) for i in range(120)], spec)
    target = tmp_path / "out.mp4"
    with (
        pytest.raises(KeyboardInterrupt),
        open_source(path) as source,
        VideoRecorder(target, SIZE, info=source.info, audio_from=path) as recorder,
    ):
        for frame in source:
            recorder.write(frame.image, frame.timestamp_ns, frame.duration_ns)
            if frame.index == 29:
                raise KeyboardInterrupt
    lengths = durations(target)
    assert lengths["video"] == pytest.approx(1.0, abs=0.01)
    assert lengths["audio"] == pytest.approx(1.0, abs=0.05)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.mp4", "out.mp4"]


def test_a_killed_recording_can_still_be_played(tmp_path: Path) -> None:
    code = (
        "import os, sys, numpy as np\n"
        "from ar_preview.geometry import ImageSize\n"
        "from ar_preview.recording import VideoRecorder\n"
        "r = VideoRecorder(sys.argv[1], ImageSize(160, 120))\n"
        "noise = np.random.default_rng(0)\n"
        "for i in range(300):\n"
        "    r.write(noise.integers(0, 255, (120, 160, 3), np.uint8), i * 33_333_333)\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "out.mp4")], check=False)
    (left,) = list(tmp_path.iterdir())
    assert left.name.startswith(".")
    # The last fragment may be cut in a packet: our own door gives what is whole and says so.
    whole = 0
    with open_source(left) as source, contextlib.suppress(SourceError):
        for _ in source:
            whole += 1
    assert whole > 150
    with open_source(left, end=whole) as source:
        assert sum(1 for _ in source) == whole


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_a_full_disk_is_one_error_and_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import resource, sys, numpy as np\n"
        "from ar_preview.errors import OutputError, SourceError\n"
        "from ar_preview.geometry import ImageSize\n"
        "from ar_preview.recording import VideoRecorder\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "noise = np.random.default_rng(0)\n"
        "try:\n"
        "    with VideoRecorder(sys.argv[1], ImageSize(160, 120)) as r:\n"
        "        for i in range(300):\n"
        "            r.write(noise.integers(0, 255, (120, 160, 3), np.uint8), i * 33_333_333)\n"
        "except OutputError as error:\n"
        "    sys.exit(f'caught: {error}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "out.mp4")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stderr.startswith("caught: cannot write")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_result_is_an_ordinary_file_with_its_index_first(tmp_path: Path) -> None:
    with VideoRecorder(tmp_path / "out.mp4", SIZE) as recorder:
        for i in range(40):
            recorder.write(smooth_picture(i), i * 33_333_333)
    data = (tmp_path / "out.mp4").read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")
    assert b"moof" not in data
    assert [p.name for p in tmp_path.iterdir()] == ["out.mp4"]


def test_existing_files_are_safe(tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    target.write_text("precious")
    with pytest.raises(OutputError, match="exists"):
        VideoRecorder(target, SIZE)
    assert target.read_text() == "precious"
    with pytest.raises(RuntimeError), VideoRecorder(target, SIZE, overwrite=True) as recorder:
        recorder.write(smooth_picture(0), 0)
        raise RuntimeError
    assert target.read_text() == "precious"
    with VideoRecorder(target, SIZE, overwrite=True) as recorder:
        recorder.write(smooth_picture(0), 0)
    with open_source(target) as source:
        assert sum(1 for _ in source) == 1


def test_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no picture"), VideoRecorder(tmp_path / "a.mp4", SIZE):
        pass
    with pytest.raises(OutputError, match="ending in"):
        VideoRecorder(tmp_path / "a.xyz", SIZE)
    recorder = VideoRecorder(tmp_path / "a.mp4", SIZE)
    recorder.write(smooth_picture(0), 10)
    with pytest.raises(ValueError, match="increase"):
        recorder.write(smooth_picture(1), 10)
    recorder.discard()
    recorder.close()
    with pytest.raises(ValueError, match="closed"):
        recorder.write(smooth_picture(1), 20)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    [
        "face/pyfeat_face_noface.mov",
        "face/intel_headpose_female.gif",
        "face/lp_d12_glasses_motion.mp4",
        "hand/asl_help.mkv",
    ],
)
def test_real_clips(tmp_path: Path, shared_data: Path, name: str) -> None:
    source = shared_data / name
    copy(source, tmp_path / "out.mp4")
    squared, count = [], 0
    with open_source(source) as one, open_source(tmp_path / "out.mp4") as two:
        for a, b in zip(one, two, strict=True):
            squared.append(np.mean((a.image.astype(np.float32) - b.image) ** 2))
            assert abs(a.timestamp_ns - b.timestamp_ns) < 12_000
            count += 1
        end = (a.timestamp_ns + (a.duration_ns or 0)) / 1e9
        has_audio = one.info.has_audio
        assert one.info.frame_count == count
    assert 10 * np.log10(255**2 / np.mean(squared)) > 43.0
    assert durations(tmp_path / "out.mp4")["video"] == pytest.approx(end, abs=2e-3)
    if has_audio:
        assert packets_of(tmp_path / "out.mp4", "audio") == packets_of(source, "audio")
