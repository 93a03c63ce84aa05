"""Whether a window can be opened here, found out without Qt, which would abort."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping

_LIBRARIES = {
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}
"""What Qt's X11 plugin loads, and the Debian package of each."""

_COMMON = ("libEGL.so.1", "libGL.so.1", "libfontconfig.so.1", "libglib-2.0.so.0")
_DRAWN_NOWHERE = ("offscreen", "minimal", "vnc")


def problem(environment: Mapping[str, str] | None = None) -> str | None:
    """Why no window can be opened, in one line with the remedy; None if one can."""
    given = os.environ if environment is None else environment
    if not sys.platform.startswith("linux"):
        return None
    platform = given.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform in _DRAWN_NOWHERE:
        return _missing(_COMMON)
    if given.get("WAYLAND_DISPLAY") and not given.get("DISPLAY"):
        return _missing(_COMMON)
    if not given.get("DISPLAY"):
        return "There is no display: DISPLAY and WAYLAND_DISPLAY are not set"
    return _missing(tuple(_LIBRARIES)) or _unreachable(given["DISPLAY"])


def no_display(environment: Mapping[str, str] | None = None) -> bool:
    """Whether what is missing is the screen itself, not a library."""
    found = problem(environment)
    return found is not None and "apt-get" not in found


def _missing(names: tuple[str, ...]) -> str | None:
    """One line that installs the libraries that can't be loaded."""
    lacking = [_LIBRARIES[name] for name in names if not _loads(name)]
    if not lacking:
        return None
    packages = " ".join(lacking)
    return (
        f"Qt needs system libraries that are missing. Install them with: "
        f"sudo apt-get install -y {packages}"
    )


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _unreachable(display: str) -> str | None:
    """Ask the X server for a connection, as Qt is about to."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    failed = xcb.xcb_connection_has_error(connection) != 0
    xcb.xcb_disconnect(connection)
    return f"The display {display} can't be reached" if failed else None
