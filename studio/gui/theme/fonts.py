"""Type: the system's own font, or the bundled Inter where there is none.

Sizes are given in pixels at the default text size (13) and scaled with the person's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication

from studio.resources import resource_path

BODY = 13
REGULAR, MEDIUM, SEMIBOLD = (
    QFont.Weight.Normal,
    QFont.Weight.Medium,
    QFont.Weight.DemiBold,
)
MONO_SIZE = 12.5
_UI_FILES = ("Inter-Regular", "Inter-Medium", "Inter-SemiBold", "Inter-Bold")
_MONO_FILES = ("JetBrainsMono-Regular", "JetBrainsMono-Bold")
_GENERIC = ("dejavu", "bitstream", "nimbus", "liberation", "freesans")
_GENERIC_NAMES = {"", "sans", "sans serif", "sans-serif", "ubuntu sans", "monospace"}


@dataclass
class _Scale:
    value: float = 1.0


_SCALE = _Scale()


def set_scale(scale: float) -> None:
    """Make all later fonts larger or smaller; 1.0 is 13 px body text."""
    _SCALE.value = min(2.0, max(0.75, scale))


def scaled(pixels: float) -> int:
    """A size in pixels at the person's text size."""
    return max(1, round(pixels * _SCALE.value))


def is_generic(family: str) -> bool:
    """Whether a family is the fallback of a system without a font of its own."""
    name = family.strip().lower()
    return name in _GENERIC_NAMES or name.startswith(_GENERIC)


@cache
def ui_family() -> str:
    """The family for everything but code."""
    asked = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    offscreen = QGuiApplication.platformName() in ("offscreen", "minimal")
    resolved = QFontInfo(asked).family()
    if offscreen or is_generic(asked.family()) or is_generic(resolved):
        return _load(tuple(f"{name}.otf" for name in _UI_FILES)) or asked.family()
    return asked.family()


@cache
def mono_family() -> str:
    """The family for code, logs and tags."""
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    return _load(tuple(f"{name}.ttf" for name in _MONO_FILES)) or fixed


def system_scale() -> float:
    """The person's text size as a ratio to 13 px; 1.0 where the system has none."""
    asked = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    screen = QGuiApplication.primaryScreen()
    if is_generic(asked.family()) or ui_family() != asked.family() or screen is None:
        return 1.0
    pixels = asked.pointSizeF() * screen.logicalDotsPerInch() / 72
    return min(2.0, max(0.75, pixels / 13.33)) if pixels > 0 else 1.0


def font(
    size: float = BODY,
    weight: QFont.Weight = REGULAR,
    *,
    mono: bool = False,
    tabular: bool = False,
) -> QFont:
    """A font of `size` px; `tabular` gives all digits the same width."""
    result = QFont(mono_family() if mono else ui_family())
    result.setPixelSize(scaled(size))
    result.setWeight(weight)
    result.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    if tabular:
        result.setFeature(QFont.Tag("tnum"), 1)
    if mono:  # ligatures draw `http://` and `!=` as other signs than were typed
        result.setFeature(QFont.Tag("calt"), 0)
    return result


def mono(size: float = MONO_SIZE) -> QFont:
    """The font of code, logs and tags."""
    return font(size, mono=True)


def _load(names: tuple[str, ...]) -> str:
    family = ""
    for name in names:
        path = resource_path(f"fonts/{name}")
        number = QFontDatabase.addApplicationFont(str(path))
        families = QFontDatabase.applicationFontFamilies(number)
        family = family or (families[0] if families else "")
    return family
