"""Phosphor icons, tinted with a token and crisp on every screen.

button.setIcon(icon("play", "text2", 18))      # once, in today's colours
set_icon(button, "play", "text2", 18)          # and again when the theme changes
"""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol
from weakref import WeakSet

import shiboken6
from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.gui.theme.tokens import LIGHT, Tokens
from studio.resources import resource_path

_PROPERTY = "studioIcon"
# Those that follow the theme. Asking Qt for all its widgets instead would wrap each
# of them anew, and crashes where one of them is just being taken apart.
_given: WeakSet[Any] = WeakSet()


class _Current:
    tokens: Tokens = LIGHT


class _TakesIcon(Protocol):
    def setIcon(self, icon: QIcon, /) -> None: ...
    def setProperty(self, name: str, value: object, /) -> bool: ...
    def property(self, name: str, /) -> object: ...


def use_tokens(tokens: Tokens) -> None:
    """Colours for the icons drawn from now on."""
    _Current.tokens = tokens


def icon(
    name: str,
    color: str = "text2",
    size: int = 18,
    *,
    on: str = "",
    weight: str = "regular",
    pad: int = 0,
) -> QIcon:
    """A tinted icon. `color` and `on` (for the checked state) are tokens or `#RRGGBB`.

    `pad` px of nothing at its right keep a button's words at a distance.

    Raises FileNotFoundError for a name that isn't bundled.
    """
    tokens = _Current.tokens
    colors = (tokens.color(color), tokens.color(on) if on else "", tokens.disabled)
    return _icon(name, colors, (size, pad), weight, _ratios())


def pixmap(
    name: str,
    color: str = "text2",
    size: int = 18,
    *,
    ratio: float = 1.0,
    weight: str = "regular",
) -> QPixmap:
    """One tinted picture of `size` logical px for a screen of device-pixel `ratio`."""
    return _pixmap(name, _Current.tokens.color(color), (size, 0), ratio, weight)


def set_icon(
    target: _TakesIcon,
    name: str,
    color: str = "text2",
    size: int = 18,
    *,
    on: str = "",
    weight: str = "regular",
    pad: int = 0,
) -> None:
    """Give a button or action an icon that follows the theme."""
    wanted = (name, color, str(size), on, weight, str(pad))
    target.setProperty(_PROPERTY, "|".join(wanted))
    target.setIcon(icon(name, color, size, on=on, weight=weight, pad=pad))
    _given.add(target)


def renew_icons() -> None:
    """Draw every icon given by `set_icon` again in the current colours."""
    for target in list(_given):
        if shiboken6.isValid(target):
            _renew(target)


def _renew(target: _TakesIcon) -> None:
    wanted = target.property(_PROPERTY)
    if isinstance(wanted, str):
        name, color, size, on, weight, pad = wanted.split("|")
        made = icon(name, color, int(size), on=on, weight=weight, pad=int(pad))
        target.setIcon(made)


def _ratios() -> tuple[float, ...]:
    ratios = {screen.devicePixelRatio() for screen in QGuiApplication.screens()}
    return tuple(sorted(ratios | {1.0}))


@cache
def _icon(
    name: str,
    colors: tuple[str, str, str],
    size: tuple[int, int],
    weight: str,
    ratios: tuple[float, ...],
) -> QIcon:
    normal, on, disabled = colors
    result = QIcon()
    for ratio in ratios:
        plain = _pixmap(name, normal, size, ratio, weight)
        grey = _pixmap(name, disabled, size, ratio, weight)
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Active, QIcon.Mode.Selected):
            result.addPixmap(plain, mode)
            if on:
                lit = _pixmap(name, on, size, ratio, weight)
                result.addPixmap(lit, mode, QIcon.State.On)
        result.addPixmap(grey, QIcon.Mode.Disabled)
    return result


@cache
def _pixmap(
    name: str, color: str, size: tuple[int, int], ratio: float, weight: str
) -> QPixmap:
    # read first: an error while a painter is active would crash the process
    renderer = QSvgRenderer(QByteArray(_svg(name, weight, color)))
    pixels, pad = (round(part * ratio) for part in size)
    result = QPixmap(QSize(pixels + pad, pixels))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result


def _svg(name: str, weight: str, color: str) -> bytes:
    text = _source(name, weight)
    return text.replace(b"currentColor", color.encode())


@cache
def _source(name: str, weight: str) -> bytes:
    return resource_path(f"icons/{weight}/{name}.svg").read_bytes()
