from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

import ar_preview as ar
from ar_preview.compositing import composite
from ar_preview.errors import OutputError
from ar_preview.exports import ImageFolder, LayerFolder, PoseLog, TimingLog, TracksFile
from ar_preview.preview import Preview, PreviewResult
from ar_preview.sources import open_source
from ar_preview.tracking import ReplayTracker
from tests.people import PORTRAIT, box_glasses, portrait

if TYPE_CHECKING:
    from pathlib import Path

STAGES = ["track", "register", "fit", "stage", "plan", "render", "composite"]


@pytest.fixture(scope="module")
def worn() -> PreviewResult:
    with Preview([ar.load_product("marlow-havana")], continuous=False) as preview:
        return preview.step(portrait())


def test_a_real_face_wears_real_glasses(worn: PreviewResult) -> None:
    (item,) = worn.scene.items
    assert item.product.id == "marlow-havana"
    assert item.anchor == "face:0/glasses"
    assert list(worn.timings_ms) == STAGES
    assert worn.total_ms == pytest.approx(sum(worn.timings_ms.values()))
    assert worn.image.shape == worn.frame.image.shape
    assert worn.image.dtype == np.uint8
    assert worn.persons[0].worn == ("marlow-havana",)

    changed = np.abs(worn.image.astype(int) - worn.frame.image).max(axis=2) > 8
    ys, xs = np.nonzero(changed)
    eyes = worn.tracks.faces[0].points_image[[33, 263]]
    # What changed lies around the eyes, wider than they are, and nowhere else.
    assert xs.min() < eyes[:, 0].min()
    assert xs.max() > eyes[:, 0].max()
    assert abs(ys.mean() - eyes[:, 1].mean()) < 15
    assert changed.mean() < 0.05


def test_the_eyes_stay_visible_through_clear_lenses(worn: PreviewResult) -> None:
    for iris in (468, 473):
        x, y = worn.tracks.faces[0].points_image[iris].astype(int)
        before = worn.frame.image[y - 2 : y + 3, x - 2 : x + 3].astype(int)
        after = worn.image[y - 2 : y + 3, x - 2 : x + 3].astype(int)
        assert np.abs(after - before).mean() < 30


def test_the_image_is_the_layer_over_the_frame(worn: PreviewResult) -> None:
    np.testing.assert_array_equal(worn.image, composite(worn.frame.image, worn.layer))
    x, y = worn.layer.offset
    h, w = worn.layer.add.shape[:2]
    outside = np.ones(worn.image.shape[:2], bool)
    outside[y : y + h, x : x + w] = False
    np.testing.assert_array_equal(worn.image[outside], worn.frame.image[outside])


def test_the_tinted_variant_darkens_the_lenses(worn: PreviewResult) -> None:
    product = ar.load_product("marlow-havana")
    with Preview([product], continuous=False, variant="sun") as preview:
        tinted = preview.step(portrait())
    x, y = (worn.tracks.faces[0].points_image[468] + [0, 5]).astype(int)
    clear_patch = worn.image[y - 2 : y + 3, x - 2 : x + 3].mean()
    assert tinted.image[y - 2 : y + 3, x - 2 : x + 3].mean() < 0.75 * clear_patch


def test_products_change_while_it_runs() -> None:
    with Preview([], continuous=False) as preview:
        frame = portrait()
        bare = preview.step(frame)
        np.testing.assert_array_equal(bare.image, frame.image)
        assert bare.layer.is_empty
        preview.wear([box_glasses()])
        assert preview.step(frame).scene.items[0].product.id == "box-glasses"
        preview.wear([])
        assert preview.step(frame).scene.items == ()


def test_no_face_wears_nothing() -> None:
    empty = ar.Frame(np.full((300, 401, 3), 120, np.uint8))
    with Preview([box_glasses()]) as preview:
        result = preview.step(empty)
    assert result.scene.items == ()
    assert result.persons == ()
    np.testing.assert_array_equal(result.image, empty.image)


@pytest.mark.parametrize("worn", ["glasses", "hat"])
def test_the_same_clip_gives_the_same_pictures_and_replay_the_same_poses(
    tmp_path: Path, worn: str
) -> None:
    # Under a hat hair is pressed as far as silhouettes tell.
    product = box_glasses() if worn == "glasses" else ar.load_product("ridge-cap")
    frames = [portrait()]
    for index in range(1, 5):
        moved = np.roll(frames[0].image, 4 * index, axis=1)
        frames.append(ar.Frame(np.ascontiguousarray(moved), index, index * 33_333_333))

    def run(tracker: ReplayTracker | None = None) -> list[PreviewResult]:
        with Preview([product], tracker=tracker) as preview:
            return [preview.step(frame) for frame in frames]

    first, second = run(), run()
    with TracksFile(tmp_path / "t.npz") as sink:
        for result in first:
            sink.write(result)
    replayed = run(ReplayTracker(tmp_path / "t.npz"))
    assert [bool(r.tracks.silhouettes) for r in first[:2]] == [worn == "hat", False]
    for a, b, c in zip(first, second, replayed, strict=True):
        np.testing.assert_array_equal(a.image, b.image)
        np.testing.assert_array_equal(a.image, c.image)
        np.testing.assert_array_equal(
            a.scene.items[0].camera_from_product.matrix,
            c.scene.items[0].camera_from_product.matrix,
        )


def test_pose_lines_are_what_other_tools_read(worn: PreviewResult, tmp_path: Path) -> None:
    path = tmp_path / "poses.jsonl"
    with PoseLog(path) as log:
        log.write(worn)
        with Preview([]) as preview:
            log.write(preview.step(ar.Frame(np.zeros((90, 120, 3), np.uint8), 1, 40_000_000)))
    header, first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert header == {"format": "ar-preview-poses", "version": 1}
    assert list(first) == ["index", "time_s", "camera", "items"]
    assert list(first["camera"]) == ["width", "height", "fx", "fy", "cx", "cy"]
    (item,) = first["items"]
    assert list(item) == ["product", "anchor", "scale", "camera_from_product"]
    assert (item["product"], item["anchor"]) == ("marlow-havana", "face:0/glasses")
    matrix = np.array(item["camera_from_product"])
    assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1.0, abs=1e-6)
    np.testing.assert_allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-9)
    assert matrix[2, 3] > 0.1
    # The origin is the bridge: it projects between the eyes.
    p = first["camera"]
    x = p["fx"] * matrix[0, 3] / matrix[2, 3] + p["cx"]
    y = p["fy"] * matrix[1, 3] / matrix[2, 3] + p["cy"]
    between = worn.tracks.faces[0].points_image[[133, 362]].mean(axis=0)
    assert np.linalg.norm([x, y] - between) < 12
    assert second == {"index": 1, "time_s": 0.04, "camera": second["camera"], "items": []}


def test_timing_lines_add_up(worn: PreviewResult, tmp_path: Path) -> None:
    with TimingLog(tmp_path / "t.jsonl") as log:
        log.write(worn)
    line = json.loads((tmp_path / "t.jsonl").read_text())
    stages = [line[f"{name}_ms"] for name in STAGES]
    assert line["total_ms"] == pytest.approx(sum(stages), abs=0.01)


def test_layers_are_full_size_with_straight_alpha(worn: PreviewResult, tmp_path: Path) -> None:
    with LayerFolder(tmp_path / "layers") as folder:
        folder.write(worn)
    import cv2

    picture = cv2.imread(str(tmp_path / "layers" / "000000.png"), cv2.IMREAD_UNCHANGED)
    assert picture.shape == (*worn.image.shape[:2], 4)
    alpha = picture[..., 3:].astype(float) / 255
    over = alpha * picture[..., 2::-1] + (1 - alpha) * worn.frame.image
    # Exact where the product is opaque; lenses lose their colour in one alpha.
    solid = alpha[..., 0] > 0.99
    assert solid.any()
    assert np.abs(over - worn.image)[solid].max() < 4


@pytest.mark.parametrize("sink", [PoseLog, TimingLog, TracksFile, ImageFolder, LayerFolder])
def test_a_failed_run_leaves_nothing(
    sink: type[PoseLog], worn: PreviewResult, tmp_path: Path
) -> None:
    with pytest.raises(RuntimeError), sink(tmp_path / "out") as opened:
        opened.write(worn)
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sink", [PoseLog, TracksFile])
def test_a_full_disk_is_told_in_a_line_and_leaves_nothing(
    sink: type[PoseLog], worn: PreviewResult, tmp_path: Path
) -> None:
    resource = pytest.importorskip("resource", reason="limits the size of files, on Unix")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    path = tmp_path / "out"
    with pytest.raises(OutputError, match=f"cannot write {path}: "):
        try:
            with sink(path) as opened:
                resource.setrlimit(resource.RLIMIT_FSIZE, (64, limits[1]))
                opened.write(worn)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sink", [PoseLog, LayerFolder])
def test_what_has_appeared_meanwhile_is_kept(
    sink: type[PoseLog], worn: PreviewResult, tmp_path: Path
) -> None:
    path = tmp_path / "out"
    with pytest.raises(OutputError, match="meanwhile"), sink(path) as slower:
        slower.write(worn)
        with sink(path) as faster:
            faster.write(worn)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("sink", [PoseLog, LayerFolder])
def test_an_interrupted_run_keeps_what_it_made(
    sink: type[PoseLog], worn: PreviewResult, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt), sink(tmp_path / "out") as opened:
        opened.write(worn)
        raise KeyboardInterrupt
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("sink", [PoseLog, TracksFile, LayerFolder])
def test_existing_output_is_kept_unless_told(
    sink: type[PoseLog], worn: PreviewResult, tmp_path: Path
) -> None:
    path = tmp_path / "out"
    for again in (False, True):
        with sink(path, overwrite=again) as opened:
            opened.write(worn)
    with pytest.raises(OutputError, match="--overwrite"):
        sink(path)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_the_ten_lines_of_the_readme() -> None:
    glasses = ar.load_product("marlow-havana")
    with ar.open_source(PORTRAIT) as source, ar.Preview([glasses], continuous=False) as preview:
        results = [preview.step(frame) for frame in source]
    assert results[0].scene.items
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = ar.nonsense
    assert all(hasattr(ar, name) for name in ar.__all__)


def test_what_is_worn_decides_whether_hands_or_faces_are_looked_for() -> None:
    ring = ar.load_product("halden-band")
    with open_source("sample:hand", end=3) as source:
        frames = list(source)
    with Preview([ring]) as preview:
        result = preview.step(frames[0])
        (item,) = result.scene.items
        assert item.anchor == "hand:0/ring:ring"
        changed = (result.image != result.frame.image).any(axis=2)
        middle = result.scene.camera.project(item.camera_from_product.translation)
        assert 50 < changed.sum() < 40_000
        y, x = np.nonzero(changed)
        assert np.linalg.norm(np.mean([x, y], axis=1) - middle) < 20.0
        preview.wear([])
        result = preview.step(frames[1])
        assert result.tracks.hands == () and result.scene.items == ()
        preview.wear([ring])
        assert len(preview.step(frames[2]).scene.items) == 1
