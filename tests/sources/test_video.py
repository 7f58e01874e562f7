from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from ar_preview.errors import SourceError
from ar_preview.geometry import Camera
from ar_preview.sources import open_source
from tests.sources.media_maker import VideoSpec, planes, smooth_picture, write_video

if TYPE_CHECKING:
    from pathlib import Path

# Kr and Kb of BT.601, BT.709 and BT.2020.
WEIGHTS = {6: (0.299, 0.114), 1: (0.2126, 0.0722), 9: (0.2627, 0.0593)}


def noisy_picture(index: int) -> np.ndarray:
    return np.random.default_rng(index).integers(0, 255, (96, 128, 3), np.uint8)


def ramp_frame(pixel_format: str, width: int, height: int) -> tuple[av.VideoFrame, np.ndarray]:
    """Known planes: luma ramps sideways, chroma is constant in four bands (in 8-bit codes)."""
    scale = 4 if "10" in pixel_format else 1
    dtype = np.uint16 if scale == 4 else np.uint8
    luma = np.tile(np.linspace(40, 210, width).round(), (height, 1))
    cb, cr = np.full((height, width), 112.0), np.full((height, width), 144.0)
    step = 1 if "444" in pixel_format else 2
    stored = [luma, cb[::step, ::step], cr[::step, ::step]]
    frame = planes(pixel_format, *((p * scale).astype(dtype) for p in stored))
    return frame, np.dstack([luma, cb, cr])


def exact_rgb(ycc: np.ndarray, matrix: int, full: bool) -> np.ndarray:
    """The defining equations of ITU-R BT.601, BT.709 and BT.2020."""
    kr, kb = WEIGHTS[matrix]
    y = ycc[..., 0] / 255 if full else (ycc[..., 0] - 16) / 219
    cb, cr = ((ycc[..., i] - 128) / (255 if full else 224) for i in (1, 2))
    red, blue = y + 2 * (1 - kr) * cr, y + 2 * (1 - kb) * cb
    green = (y - kr * red - kb * blue) / (1 - kr - kb)
    return np.clip(np.dstack([red, green, blue]) * 255, 0, 255)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p", "yuv420p10le"])
@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("matrix", [6, 1, 9])
def test_stated_matrix_and_range_are_used(
    tmp_path: Path, matrix: int, full_range: bool, pixel_format: str
) -> None:
    frame, ycc = ramp_frame(pixel_format, 96, 64)
    spec = VideoSpec(codec="ffv1", pixel_format=pixel_format, matrix=matrix, full_range=full_range)
    path = write_video(tmp_path / "ramp.mkv", [frame], spec)
    with open_source(path) as source:
        image = next(source).image
        colour = source.info.colour
    assert colour is not None
    assert (colour.matrix, colour.full_range) == (matrix, full_range)
    assert colour.bit_depth == (10 if "10" in pixel_format else 8)
    error = np.abs(image - exact_rgb(ycc, matrix, full_range))
    assert error.mean() < 0.5
    assert error.max() <= 2.0


@pytest.mark.parametrize(("size", "matrix"), [((640, 480), 6), ((1280, 720), 1), ((720, 1280), 1)])
def test_unspecified_matrix_follows_the_size(
    tmp_path: Path, size: tuple[int, int], matrix: int
) -> None:
    frame, ycc = ramp_frame("yuv420p", *size)
    path = write_video(tmp_path / "ramp.mkv", [frame], VideoSpec(codec="ffv1"))
    with open_source(path) as source:
        image = next(source).image
    assert np.abs(image - exact_rgb(ycc, matrix, False)).mean() < 0.5


def test_conversion_has_no_bias_on_real_chroma(tmp_path: Path) -> None:
    """swscale's default path is 1 to 2 levels too dark; ours must be unbiased."""
    pictures = [smooth_picture(0, 320, 240)]
    spec = VideoSpec(codec="ffv1", pixel_format="yuv444p", matrix=6, full_range=False)
    path = write_video(tmp_path / "a.mkv", pictures, spec)
    with av.open(str(path)) as file:
        stored = next(file.decode(video=0)).to_ndarray()
    with open_source(path) as source:
        image = next(source).image
    difference = image - exact_rgb(stored.transpose(1, 2, 0).astype(float), 6, False)
    assert abs(difference.mean()) < 0.05
    assert np.abs(difference).mean() < 0.4


@pytest.mark.parametrize(("transfer", "white"), [(16, 0.5807), (18, 0.75)])
def test_hdr_becomes_a_sane_picture(tmp_path: Path, transfer: int, white: float) -> None:
    codes = np.linspace(0.0, 1.0, 256)
    luma = np.tile((64 + 876 * codes).round(), (64, 1)).astype(np.uint16)
    neutral = np.full((32, 128), 512, np.uint16)
    spec = VideoSpec(
        codec="ffv1",
        pixel_format="yuv420p10le",
        matrix=9,
        full_range=False,
        primaries=9,
        transfer=transfer,
    )
    frame = planes("yuv420p10le", luma, neutral, neutral)
    with open_source(write_video(tmp_path / "hdr.mkv", [frame], spec)) as source:
        row = next(source).image[32].astype(int)
    assert np.ptp(row, axis=1).max() <= 2, "grey must stay grey"
    assert (np.diff(row[:, 1]) >= 0).all()
    assert row[0, 1] <= 2
    at_white = row[np.searchsorted(codes, white), 1]
    assert 232 <= at_white <= 246
    assert row[-1, 1] > at_white


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_display_matrix_turns_the_picture_upright(
    tmp_path: Path, rotation: int, mirrored: bool
) -> None:
    picture = smooth_picture(0, 160, 96)
    picture[:32, :48] = (255, 0, 0)
    spec = VideoSpec(rotation=rotation, mirrored=mirrored, options={"crf": "1"})
    path = write_video(tmp_path / "phone.mp4", [picture] * 3, spec)
    with open_source(path) as source:
        image = next(source).image
        info = source.info
    # FFmpeg's rule, checked against its own program: turn anticlockwise, then mirror.
    upright = np.rot90(picture, k=rotation // 90)
    upright = upright[:, ::-1] if mirrored else upright
    assert tuple(info.size) == (image.shape[1], image.shape[0])
    assert np.abs(upright.astype(int) - image).mean() < 4.0


def test_variable_frame_rate_keeps_its_times(tmp_path: Path) -> None:
    times = [0, 33, 67, 200, 233, 600, 610]
    path = write_video(
        tmp_path / "vfr.mp4", [smooth_picture(i) for i in range(7)], VideoSpec(times_ms=times)
    )
    with open_source(path) as source:
        frames = list(source)
        info = source.info
    assert [round(f.timestamp_ns / 1e6) for f in frames] == times
    assert [f.index for f in frames] == list(range(7))
    assert [round((f.duration_ns or 0) / 1e6) for f in frames[:-1]] == list(np.diff(times))
    assert info.frame_count == 7


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".avi", ".ts"])
def test_a_span_gives_exactly_those_frames(tmp_path: Path, suffix: str) -> None:
    pictures = [smooth_picture(i) for i in range(90)]
    spec = VideoSpec(options={"g": "24", "bf": "0" if suffix == ".avi" else "3"})
    path = write_video(tmp_path / f"long{suffix}", pictures, spec)
    with open_source(path) as source:
        whole = [(f.index, f.timestamp_ns, f.image.tobytes()) for f in source]
    assert len(whole) == 90
    for start, end in [(0, 7), (1, 2), (23, 26), (24, 25), (71, 90), (80, None)]:
        with open_source(path, start=start, end=end) as source:
            part = [(f.index, f.timestamp_ns, f.image.tobytes()) for f in source]
            info = source.info
        assert part == whole[start:end], (start, end)
        assert info.starts_trimmed == (start > 0)
        assert info.ends_trimmed == (end not in {None, 90})
        if info.frame_count is not None:
            assert info.frame_count == len(part)


@pytest.mark.parametrize(("start", "end"), [(-1, None), (5, 5), (6, 5), (10, None), (99, 120)])
def test_an_impossible_span_is_refused(tmp_path: Path, start: int, end: int | None) -> None:
    path = write_video(tmp_path / "a.mp4", [smooth_picture(i) for i in range(10)])
    with pytest.raises(SourceError, match="start"):
        open_source(path, start=start, end=end)


def test_gif_frames_are_whole_and_timed(tmp_path: Path) -> None:
    pictures = []
    for i in range(5):
        picture = np.full((60, 90, 3), 230, np.uint8)
        picture[10:30, 10 + 8 * i : 20 + 8 * i] = (200, 30, 30)
        pictures.append(picture)
    spec = VideoSpec(codec="gif", pixel_format="rgb8", rate=10)
    path = write_video(tmp_path / "a.gif", pictures, spec)
    with open_source(path) as source:
        frames = list(source)
    assert [round(f.time_s, 2) for f in frames] == [0.0, 0.1, 0.2, 0.3, 0.4]
    for frame, picture in zip(frames, pictures, strict=True):
        # The encoder dithers to 256 colours.
        assert np.abs(frame.image.astype(int) - picture).mean() < 30
        inside = frame.image[12:28, 12 + 8 * frame.index : 18 + 8 * frame.index]
        assert inside[..., 0].mean() > inside[..., 1].mean() + 80


def test_alpha_goes_over_white(tmp_path: Path) -> None:
    rgba = np.zeros((40, 60, 4), np.uint8)
    rgba[..., 0] = 200
    rgba[:, 30:, 3] = 255
    frame = av.VideoFrame.from_ndarray(rgba, format="rgba")
    path = write_video(tmp_path / "a.mov", [frame], VideoSpec(codec="png", pixel_format="rgba"))
    with open_source(path) as source:
        image = next(source).image
    assert (image[:, :30] == 255).all()
    assert (image[:, 30:] == (200, 0, 0)).all()


def test_grey_and_odd_sizes(tmp_path: Path) -> None:
    grey = np.tile(np.arange(0, 255, 5, dtype=np.uint8), (33, 1))
    frame = av.VideoFrame.from_ndarray(grey, format="gray")
    path = write_video(tmp_path / "g.mkv", [frame], VideoSpec(codec="ffv1", pixel_format="gray"))
    with open_source(path) as source:
        image = next(source).image
        assert tuple(source.info.size) == (51, 33)
    assert np.abs(image.astype(int) - grey[..., None]).max() <= 1


def test_damage_in_the_middle_is_skipped(tmp_path: Path) -> None:
    pictures = [
        np.random.default_rng(i).integers(0, 255, (96, 128, 3), np.uint8) for i in range(40)
    ]
    path = write_video(tmp_path / "a.mkv", pictures, VideoSpec(options={"g": "10"}))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)
    with open_source(path) as source:
        indices = [f.index for f in source]
    assert len(indices) >= 20
    assert indices == sorted(indices)


def test_close_in_the_middle_ends_the_iteration(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [smooth_picture(i) for i in range(10)])
    source = open_source(path)
    next(source)
    source.close()
    source.close()
    assert list(source) == []
    unread = open_source(path)
    unread.close()
    assert list(unread) == []


def test_pixel_aspect_reaches_the_camera(tmp_path: Path) -> None:
    spec = VideoSpec(pixel_aspect=Fraction(4, 3))
    path = write_video(tmp_path / "wide.mp4", [smooth_picture(0, 180, 135)[:134]] * 2, spec)
    with open_source(path) as source:
        frame = next(source)
    assert frame.camera is not None
    assert source.info.pixel_aspect == Fraction(4, 3)
    assert frame.camera.fy / frame.camera.fx == pytest.approx(4 / 3, rel=1e-3)


def test_camera_choice(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [smooth_picture(0)] * 2)

    def camera_of(**options: object) -> Camera:
        with open_source(path, **options) as source:  # type: ignore[arg-type]
            camera = next(source).camera
        assert camera is not None
        return camera

    assert camera_of().fov_degrees == pytest.approx(70.0)
    assert camera_of(fov_degrees=50.0).fov_degrees == pytest.approx(50.0)
    double = Camera(320, 240, 300.0, 310.0, 161.0, 119.0)
    assert camera_of(camera=double) == Camera(160, 120, 150.0, 155.0, 80.5, 59.5)
    assert camera_of(camera=(140.0, 141.0, 79.0, 61.0)) == Camera(160, 120, 140, 141, 79, 61)
    with pytest.raises(SourceError, match="aspect ratio"):
        camera_of(camera=Camera(320, 320, 300.0, 300.0, 160.0, 160.0))
    with pytest.raises(SourceError, match="not both"):
        camera_of(camera=double, fov_degrees=50.0)
    with pytest.raises(SourceError, match="field of view"):
        camera_of(fov_degrees=200.0)
    with pytest.raises(SourceError, match="camera matrix"):
        camera_of(camera=(-1.0, 141.0, 79.0, 61.0))


@pytest.mark.parametrize(
    "matrix",
    [
        (1e30, 1e30, 80.0, 60.0),
        (150.0, 1e30, 80.0, 60.0),
        (7.9, 150.0, 80.0, 60.0),
        (150.0, 150.0, 2e9, 60.0),
        (150.0, 150.0, 80.0, -1700.0),
        (float("nan"), 150.0, 80.0, 60.0),
    ],
)
def test_camera_that_no_lens_has_is_refused(
    tmp_path: Path, matrix: tuple[float, float, float, float]
) -> None:
    path = write_video(tmp_path / "a.mp4", [smooth_picture(0)] * 2)
    for camera in (matrix, *([Camera(160, 120, *matrix)] if matrix[0] == matrix[0] else [])):
        with pytest.raises(SourceError, match="impossible camera matrix"):
            open_source(path, camera=camera)


@pytest.mark.parametrize("matrix", [(8.0, 16_000.0, 1600.0, -1600.0), (100.0, 100.0, 0.0, 0.0)])
def test_an_unusual_camera_is_taken(
    tmp_path: Path, matrix: tuple[float, float, float, float]
) -> None:
    path = write_video(tmp_path / "a.mp4", [smooth_picture(0)] * 2)
    with open_source(path, camera=matrix) as source:
        assert next(source).camera == Camera(160, 120, *matrix)


def test_focal_length_in_the_container_is_used(tmp_path: Path) -> None:
    key = "com.apple.quicktime.camera.focal_length.35mm_equivalent"
    spec = VideoSpec(metadata={key: "26"}, muxer_options={"movflags": "use_metadata_tags"})
    path = write_video(tmp_path / "phone.mov", [smooth_picture(0, 192, 128)] * 2, spec)
    with open_source(path) as source:
        camera = next(source).camera
    # 36 mm across at 26 mm, for a picture of film's own shape.
    assert camera is not None
    assert camera.fov_degrees == pytest.approx(2 * np.degrees(np.arctan(18 / 26)), abs=0.01)
