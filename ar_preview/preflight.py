"""Checks that a machine can run ar_preview, and says in one line what to install if not.

Plain standard library, and written so that an interpreter which is too old for everything
else (3.6 and later) still runs it and says so: ``python3 ar_preview/preflight.py``. The
commands `make demo` and `make test` begin with it; `ar-preview doctor` reuses its parts.
"""

# No `from __future__ import annotations` here: Python 3.6 does not know it.

import ctypes
import importlib.util
import os
import platform
import shutil
import socket
import struct
import subprocess
import sys

__all__ = [
    "MINIMUM_PYTHON",
    "find_problems",
    "has_display",
    "has_venv",
    "install_command",
    "interpreter_problems",
    "main",
    "missing_libraries",
    "opengl_problem",
]

MINIMUM_PYTHON = (3, 11)

# Shared library -> package, by package manager. The first group is needed by MediaPipe, OpenCV
# and the renderer, the second by Qt even without a display, the third by Qt's X11 window.
_CORE = ("libEGL.so.1", "libGLESv2.so.2", "libGL.so.1", "libglib-2.0.so.0", "libgthread-2.0.so.0")
_QT = ("libfontconfig.so.1", "libdbus-1.so.3", "libxkbcommon.so.0")
_WINDOW = (
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-image.so.0",
    "libxcb-keysyms.so.1",
    "libxcb-randr.so.0",
    "libxcb-render-util.so.0",
    "libxcb-shape.so.0",
    "libxcb-xkb.so.1",
    "libxkbcommon-x11.so.0",
)
_DRIVER = "an OpenGL driver"

_PACKAGES = {
    "apt-get": {
        "libEGL.so.1": "libegl1",
        "libGLESv2.so.2": "libgles2",
        "libGL.so.1": "libgl1",
        "libglib-2.0.so.0": "libglib2.0-0",
        "libgthread-2.0.so.0": "libglib2.0-0",
        "libfontconfig.so.1": "libfontconfig1",
        "libdbus-1.so.3": "libdbus-1-3",
        "libxkbcommon.so.0": "libxkbcommon0",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
        _DRIVER: "libegl-mesa0 libgl1-mesa-dri",
        "venv": "python3-venv",
    },
    "dnf": {
        "libEGL.so.1": "libglvnd-egl",
        "libGLESv2.so.2": "libglvnd-gles",
        "libGL.so.1": "libglvnd-glx",
        "libglib-2.0.so.0": "glib2",
        "libgthread-2.0.so.0": "glib2",
        "libfontconfig.so.1": "fontconfig",
        "libdbus-1.so.3": "dbus-libs",
        "libxkbcommon.so.0": "libxkbcommon",
        "libxcb-cursor.so.0": "xcb-util-cursor",
        "libxcb-icccm.so.4": "xcb-util-wm",
        "libxcb-image.so.0": "xcb-util-image",
        "libxcb-keysyms.so.1": "xcb-util-keysyms",
        "libxcb-randr.so.0": "libxcb",
        "libxcb-render-util.so.0": "xcb-util-renderutil",
        "libxcb-shape.so.0": "libxcb",
        "libxcb-xkb.so.1": "libxcb",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11",
        _DRIVER: "mesa-libEGL mesa-dri-drivers",
        "venv": "python3-libs",
    },
}
_INSTALL = {"apt-get": "apt-get install -y", "dnf": "dnf install -y"}

# What MediaPipe publishes wheels for, as (system, machine).
_PLATFORMS = (
    ("Linux", "x86_64"),
    ("Darwin", "arm64"),
    ("Windows", "AMD64"),
)

# Asks EGL what the renderer will ask: is there a device, and does it start? Run in a process of
# its own, since a broken driver may abort it. EGL_PLATFORM_DEVICE_EXT is 0x313F.
_EGL_PROBE = """
import ctypes, sys
egl = ctypes.CDLL("libEGL.so.1")
egl.eglGetProcAddress.restype = ctypes.c_void_p
egl.eglGetProcAddress.argtypes = [ctypes.c_char_p]
pointer, integer = ctypes.c_void_p, ctypes.c_int
def function(name, result, *arguments):
    address = egl.eglGetProcAddress(name)
    if not address:
        sys.exit(1)
    return ctypes.CFUNCTYPE(result, *arguments)(address)
query = function(b"eglQueryDevicesEXT", integer, integer, pointer, pointer)
display_of = function(b"eglGetPlatformDisplayEXT", pointer, integer, pointer, pointer)
egl.eglInitialize.argtypes = [pointer, pointer, pointer]
devices, count = (pointer * 16)(), integer(0)
query(16, devices, ctypes.byref(count))
for device in devices[: count.value]:
    display = display_of(0x313F, device, None)
    if display and egl.eglInitialize(display, None, None):
        sys.exit(0)
sys.exit(1)
"""


def interpreter_problems() -> "list[str]":
    """Return what is wrong with the running interpreter, one sentence each.

    Returns
    -------
    list of str
        Empty if the version, the word size and the machine all suit.
    """
    problems = []
    if sys.version_info < MINIMUM_PYTHON:
        problems.append(
            "ar_preview needs Python {}.{} or newer; this is {} at {}. Install a newer one and "
            "name it: make PYTHON=python3.12 demo".format(
                MINIMUM_PYTHON[0], MINIMUM_PYTHON[1], platform.python_version(), sys.executable
            )
        )
    if struct.calcsize("P") != 8:
        problems.append("ar_preview needs a 64-bit Python; this one is 32-bit.")
    elif (platform.system(), platform.machine()) not in _PLATFORMS:
        problems.append(
            "MediaPipe publishes wheels for Linux on x86-64, macOS on Apple silicon and Windows "
            "on x64; this is {} on {}.".format(platform.system(), platform.machine())
        )
    return problems


def has_display() -> bool:
    """Return whether a window could be opened here: a display is named and answers."""
    if platform.system() in ("Windows", "Darwin"):
        return True
    wayland = os.environ.get("WAYLAND_DISPLAY")
    if wayland:
        return _answers(os.path.join(os.environ.get("XDG_RUNTIME_DIR", "/run"), wayland))
    display = os.environ.get("DISPLAY", "")
    host, _, number = display.partition(":")
    if not number:
        return False
    if host not in ("", "unix"):
        return True  # Another machine's; Qt will say what is wrong with it.
    return _answers("/tmp/.X11-unix/X" + number.partition(".")[0])


def missing_libraries(window: bool = False) -> "list[str]":
    """Return the system libraries that are needed and cannot be loaded.

    Parameters
    ----------
    window : bool
        Whether those that only Qt's X11 window needs count too.

    Returns
    -------
    list of str
        File names, for example ``libEGL.so.1``; always empty on macOS.
    """
    system = platform.system()
    if system == "Windows":
        names = ("msvcp140.dll", "vcruntime140_1.dll", "opengl32.dll")  # type: tuple[str, ...]
    elif system == "Darwin":
        names = ()
    else:
        names = _CORE + _QT + (_WINDOW if window else ())
    return [name for name in names if not _loads(name)]


def opengl_problem() -> "str | None":
    """Return why no OpenGL context can be had without a display, or None if one can.

    Only Linux is asked; macOS and Windows bring a driver along.
    """
    if platform.system() != "Linux":
        return None
    if not _loads("libEGL.so.1"):
        return "libEGL.so.1 is missing"
    try:
        done = subprocess.run(
            [sys.executable, "-c", _EGL_PROBE],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
    except subprocess.TimeoutExpired:
        return "the OpenGL driver does not answer"
    return None if done.returncode == 0 else "EGL finds no usable OpenGL driver"


def has_venv() -> bool:
    """Return whether this interpreter can make a virtual environment with pip in it."""
    return all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))


def install_command(missing: "list[str]") -> str:
    """Return the one line that installs what is missing, for this system.

    Parameters
    ----------
    missing : list of str
        Library file names as from `missing_libraries`; also ``venv`` and ``an OpenGL driver``.
    """
    system = platform.system()
    if system == "Windows":
        return "winget install Microsoft.VCRedist.2015+.x64"
    if system == "Darwin":
        return "brew install python@3.12"
    manager = next((name for name in _PACKAGES if shutil.which(name)), None)
    if manager is None:
        return "with your package manager, the packages that provide " + ", ".join(missing)
    packages = []  # type: list[str]
    for name in missing:
        packages += [p for p in _PACKAGES[manager][name].split() if p not in packages]
    if manager == "apt-get" and "python3-venv" in packages:
        # Debian splits it by version, and python3-venv belongs to the system's own Python.
        own = "python{}.{}-venv".format(*sys.version_info[:2])
        packages = [own if p == "python3-venv" else p for p in packages]
    root = not hasattr(os, "geteuid") or os.geteuid() == 0
    return ("" if root else "sudo ") + _INSTALL[manager] + " " + " ".join(packages)


def find_problems(window: bool = False) -> "list[str]":
    """Return everything that keeps ar_preview from running here, ready to be shown.

    Parameters
    ----------
    window : bool
        Whether a window is wanted.
    """
    problems = interpreter_problems()
    if problems:
        return problems
    missing = missing_libraries(window)
    if "libEGL.so.1" in missing or opengl_problem() is not None:
        missing.append(_DRIVER)
    if not has_venv():
        missing.append("venv")
    if missing:
        problems.append(
            "missing on this machine: {}. Install:\n\n    {}\n\nthen run the same command "
            "again.".format(", ".join(missing), install_command(missing))
        )
    return problems


def main(arguments: "list[str] | None" = None) -> int:
    """Check this machine; write one calm line, or what to do.

    Parameters
    ----------
    arguments : list of str, optional
        ``--window`` also asks for what a window needs; by default that depends on whether
        there is a display. Those of the command line if not given.

    Returns
    -------
    int
        0 if everything is there, else 2.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    window = "--window" in arguments or has_display()
    problems = find_problems(window)
    if problems:
        sys.stderr.write("ar_preview cannot run yet: " + "\n".join(problems) + "\n")
        return 2
    sys.stdout.write(
        "Python {}, system libraries and OpenGL driver: all there.\n".format(
            platform.python_version()
        )
    )
    return 0


def _answers(path: str) -> bool:
    """Return whether somebody listens on a socket of this machine's own file system."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2.0)
        try:
            probe.connect(path)
        except OSError:
            return False
    return True


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
