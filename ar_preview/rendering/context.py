"""The offscreen OpenGL context, or a clear error where no driver is installed."""

from __future__ import annotations

import ctypes
import os
import platform
from typing import TYPE_CHECKING, Any

import moderngl

from ar_preview.errors import RenderError
from ar_preview.quiet import quiet_stderr

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["create_context", "finisher", "gl_function", "is_software"]

_DEBIAN_PACKAGES = "libgl1 libegl1 libgles2 libgl1-mesa-dri"
_MIN_VERSION = 330
_EGL: dict[str, Any] = {"backend": "egl", "libgl": "libGL.so.1", "libegl": "libEGL.so.1"}
_X11: dict[str, Any] = {"libgl": "libGL.so.1", "libx11": "libX11.so.6"}


def create_context() -> Any:
    """Create a standalone context: EGL without a display, the native kind otherwise.

    Returns
    -------
    moderngl.Context
        OpenGL 3.3 core or newer, current on the calling thread.

    Raises
    ------
    RenderError
        If no driver can be used; the message names the remedy.
    """
    attempts: list[dict[str, Any]] = [{}]
    if _is_linux():
        attempts = [_X11, _EGL] if os.environ.get("DISPLAY") else [_EGL]
    problems = []
    for options in attempts:
        try:
            # libEGL writes warnings of its own before it fails; the error below says it better.
            with quiet_stderr():
                return moderngl.create_context(standalone=True, require=_MIN_VERSION, **options)
        # The backends raise bare Exception, ImportError or OSError, by driver and platform.
        except Exception as error:
            problems.append(str(error) or type(error).__name__)
    raise RenderError(
        f"no usable OpenGL {_MIN_VERSION / 100:.1f} driver ({'; '.join(problems)}); {_remedy()}"
    )


def finisher(context: Any) -> Callable[[], None]:
    """Return a function that waits until all that was asked for is drawn.

    moderngl holds Python's global lock while it waits, and all other threads with it; a call
    through ctypes does not. On a CPU also a change of the framebuffer waits for what was drawn
    into the one before, so this is to be called first.

    Parameters
    ----------
    context : moderngl.Context
    """
    finish: Callable[[], None] = gl_function(context, "glFinish") or context.finish
    return finish


def gl_function(context: Any, name: str, *arguments: Any) -> Callable[..., None] | None:
    """Return a function of OpenGL by its name, to be called while the context is current.

    Parameters
    ----------
    context : moderngl.Context
    name : str
    *arguments
        Their types as ctypes has them.

    Returns
    -------
    callable or None
        None where moderngl cannot tell where it is.
    """
    # The address as moderngl's own loader tells it: there is no portable name of a library.
    load = getattr(getattr(context.mglo, "_context", None), "load", None)
    address = load(name) if load is not None else None
    return ctypes.CFUNCTYPE(None, *arguments)(address) if address else None


def _remedy() -> str:
    if _is_linux():
        return f"on Debian or Ubuntu run: apt-get install {_DEBIAN_PACKAGES}"
    return "install or update the graphics driver of this machine"


def _is_linux() -> bool:
    # A plain comparison of sys.platform makes the other branches unreachable to mypy.
    return platform.system() == "Linux"


def is_software(driver: str) -> bool:
    """Whether a GL renderer name is that of a rasteriser on the CPU."""
    return any(name in driver.lower() for name in ("llvmpipe", "softpipe", "swrast", "swiftshader"))
