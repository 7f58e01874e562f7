from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from ar_preview.quiet import quiet_stderr

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_inside_is_gone(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(2, b"before ")
    with quiet_stderr(), quiet_stderr():
        os.write(2, b"inside ")
    os.write(2, b"after")
    assert capfd.readouterr().err == "before after"


def test_an_error_inside_brings_the_descriptor_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError), quiet_stderr():
        raise RuntimeError
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_blocks_that_overlap_between_threads(capfd: pytest.CaptureFixture[str]) -> None:
    """The one that began second ends last: it must not bring back the silence of the first."""
    first_is_in, second_is_in, first_is_out = (threading.Event() for _ in range(3))

    def second() -> None:
        first_is_in.wait(5)
        with quiet_stderr():
            second_is_in.set()
            first_is_out.wait(5)
            os.write(2, b"inside ")

    thread = threading.Thread(target=second)
    thread.start()
    with quiet_stderr():
        first_is_in.set()
        assert second_is_in.wait(5)
    first_is_out.set()
    thread.join(5)
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_no_descriptor_is_no_matter() -> None:
    program = (
        "import os, sys; os.close(2)\n"
        "from ar_preview.quiet import quiet_stderr\n"
        "with quiet_stderr(): print('ran')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "ran\n")


@pytest.mark.skipif(sys.platform != "linux", reason="the driver is chosen by Mesa's variable")
def test_a_missing_driver_is_one_error_and_no_noise(tmp_path: Path) -> None:
    program = (
        "from ar_preview.errors import RenderError\n"
        "from ar_preview.rendering.context import create_context\n"
        "try:\n    create_context()\nexcept RenderError as error:\n    print(error)\n"
    )
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DISPLAY"},
        "LIBGL_DRIVERS_PATH": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    if not done.stdout:
        pytest.skip("this driver is found without Mesa's search path")
    assert done.stdout.startswith("no usable OpenGL 3.3 driver")
    assert done.stderr == ""
