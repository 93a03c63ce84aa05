"""The one style sheet, made from tokens and the person's text size."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import cache

from studio.gui.theme.tokens import Tokens
from studio.resources import resource_path

MARKS = {
    "check": ("bold/check", "accent_text"),
    "check-mark": ("bold/check", "text"),
    "minus": ("bold/minus", "accent_text"),
    "caret-down": ("bold/caret-down", "text2"),
    "caret-up": ("bold/caret-up", "text2"),
    "caret-right": ("bold/caret-right", "text2"),
}
"""Small pictures that the sheet itself needs: source and colour of each."""

_FONT_SIZE = re.compile(r"\b(\d+(?:\.\d+)?)fx\b")
_TOKEN = re.compile(r"@([a-z_]+\d?)")


def stylesheet(tokens: Tokens, scale: float = 1.0) -> str:
    """QSS for a whole application. `scale` is the text size as a ratio to 13 px."""
    values = {name: str(value) for name, value in asdict(tokens).items()}
    values |= _derived(tokens)
    sized = _FONT_SIZE.sub(
        lambda match: f"{round(float(match[1]) * scale)}px", _template()
    )
    return _TOKEN.sub(lambda match: _value(match[1], values), sized)


def mark(name: str, tokens: Tokens) -> bytes:
    """The SVG of one of `MARKS` in the colours of a theme."""
    source, color = MARKS[name]
    text = resource_path(f"icons/{source}.svg").read_bytes()
    return text.replace(b"currentColor", tokens.color(color).encode())


def _derived(tokens: Tokens) -> dict[str, str]:
    """Values that keep a control's size when its focus ring is thicker."""
    extra = tokens.focus_width - 1
    folder = "dark" if tokens.dark else "light"
    return {
        "icons": resource_path(f"themes/{folder}").as_posix(),
        "focus_pad": f"{12 - extra}px",
        "input_pad": f"{8 - extra}px",
        "focus_height": f"{26 - 2 * extra}px",
        "scroll": tokens.border if tokens.border != tokens.hover else tokens.text3,
    }


def _value(name: str, values: dict[str, str]) -> str:
    if name.endswith("px") and name[:-2] in values:
        return values[name[:-2]] + "px"
    return values[name]


@cache
def _template() -> str:
    return resource_path("themes/window.qss").read_text(encoding="utf-8")
