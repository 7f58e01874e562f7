from __future__ import annotations

import os
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from ar_preview.errors import OutputError
from ar_preview.recording import (
    IMAGE_SUFFIXES,
    PendingFile,
    check_output,
    path_in_folder,
    write_image,
)
from ar_preview.sources import read_image
from tests.sources.media_maker import smooth_picture

if TYPE_CHECKING:
    from pathlib import Path


def test_png_is_exact_with_and_without_alpha(tmp_path: Path) -> None:
    picture = smooth_picture(0, 61, 43)
    assert write_image(tmp_path / "a.png", picture) == tmp_path / "a.png"
    assert (read_image(tmp_path / "a.png")[0] == picture).all()
    alpha = np.arange(61 * 43, dtype=np.uint8).reshape(43, 61, 1)
    rgba = np.concatenate([picture, alpha], axis=2)
    write_image(tmp_path / "b.png", rgba)
    stored = cv2.imread(str(tmp_path / "b.png"), cv2.IMREAD_UNCHANGED)
    assert (stored == rgba[..., [2, 1, 0, 3]]).all(), "straight alpha, colours kept under zero"


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG", ".webp"])
def test_other_formats_are_close(tmp_path: Path, suffix: str) -> None:
    picture = smooth_picture(0, 64, 48)
    write_image(tmp_path / f"a{suffix}", picture)
    assert np.abs(read_image(tmp_path / f"a{suffix}")[0].astype(int) - picture).mean() < 2.5


def test_jpeg_keeps_sharp_colour_edges(tmp_path: Path) -> None:
    picture = np.full((32, 32, 3), (20, 20, 200), np.uint8)
    picture[:, 15:] = (200, 20, 20)
    write_image(tmp_path / "a.jpg", picture)
    image = read_image(tmp_path / "a.jpg")[0].astype(int)
    assert image[16, 13, 0] < 60
    assert image[16, 17, 0] > 160


def test_images_are_refused_before_any_work(tmp_path: Path) -> None:
    picture = smooth_picture(0)
    (tmp_path / "a.png").write_text("precious")
    with pytest.raises(OutputError, match="exists"):
        write_image(tmp_path / "a.png", picture)
    assert (tmp_path / "a.png").read_text() == "precious"
    write_image(tmp_path / "a.png", picture, overwrite=True)
    with pytest.raises(OutputError, match="ending in"):
        write_image(tmp_path / "a.bmp", picture)
    with pytest.raises(OutputError, match="transparency"):
        write_image(tmp_path / "b.jpg", np.zeros((4, 4, 4), np.uint8))
    with pytest.raises(OutputError, match="does not fit"):
        write_image(tmp_path / "wide.webp", np.zeros((2, 20_000, 3), np.uint8))
    with pytest.raises(ValueError, match="uint8"):
        write_image(tmp_path / "c.png", np.zeros((4, 4), np.uint8))
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_missing_folders_are_made_and_taken_back(tmp_path: Path) -> None:
    write_image(tmp_path / "x" / "y" / "a.png", smooth_picture(0))
    assert (tmp_path / "x" / "y" / "a.png").exists()
    pending = PendingFile(tmp_path / "p" / "q" / "b.bin")
    assert pending.temporary.parent.is_dir()
    pending.discard()
    pending.discard()
    assert not (tmp_path / "p").exists()


def test_a_name_taken_meanwhile_is_not_lost(tmp_path: Path) -> None:
    pending = PendingFile(tmp_path / "a.bin")
    (tmp_path / "a.bin").write_text("somebody else's")
    with pytest.raises(OutputError, match="meanwhile"):
        pending.commit()
    assert (tmp_path / "a.bin").read_text() == "somebody else's"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_new_files_have_the_usual_permissions(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", smooth_picture(0))
    (tmp_path / "b.txt").write_text("x")
    assert (tmp_path / "a.png").stat().st_mode == (tmp_path / "b.txt").stat().st_mode


def test_bad_output_paths(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="is a folder"):
        check_output(tmp_path)
    with pytest.raises(OutputError, match="cannot write"):
        check_output(tmp_path / "file" / "a.png")
    with pytest.raises(OutputError, match="cannot write"):
        check_output(tmp_path / ("n" * 300 + ".png"))
    with pytest.raises(OutputError, match=r"\.png"):
        check_output(tmp_path / "a", suffixes=IMAGE_SUFFIXES)
    assert check_output(str(tmp_path / "a.PNG"), suffixes=IMAGE_SUFFIXES) == tmp_path / "a.PNG"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_folder_without_permission(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    with pytest.raises(OutputError, match="no permission"):
        check_output(locked / "a.png")


def test_names_stay_inside_their_folder(tmp_path: Path) -> None:
    assert path_in_folder(tmp_path, "a.png") == (tmp_path / "a.png").resolve()
    assert path_in_folder(tmp_path, "sub/a.png") == (tmp_path / "sub" / "a.png").resolve()
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "out").symlink_to(tmp_path)
    for name in ["", ".", "..", "../a.png", "/etc/a.png", "sub/../../a.png", "out/a.png"]:
        with pytest.raises(OutputError, match="inside"):
            path_in_folder(tmp_path / "inner", name)
