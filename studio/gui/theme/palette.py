"""QPalette from tokens, for what style sheets don't reach."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from studio.gui.theme.tokens import Tokens

_Role = QPalette.ColorRole
_ROLES = {
    _Role.Window: "surface2",
    _Role.WindowText: "text",
    _Role.Base: "surface",
    _Role.AlternateBase: "surface2",
    _Role.Text: "text",
    _Role.PlaceholderText: "text3",
    _Role.Button: "surface",
    _Role.ButtonText: "text",
    _Role.BrightText: "err",
    _Role.Highlight: "selected",
    _Role.HighlightedText: "text",
    _Role.ToolTipBase: "surface",
    _Role.ToolTipText: "text",
    _Role.Link: "link",
    _Role.LinkVisited: "link",
    _Role.Accent: "accent",
    _Role.Light: "surface",
    _Role.Midlight: "surface2",
    _Role.Mid: "border",
    _Role.Dark: "border_strong",
    _Role.Shadow: "sunken",
}
_GREYED = (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText)


def palette(tokens: Tokens) -> QPalette:
    """All roles of all three states."""
    result = QPalette()
    for role, token in _ROLES.items():
        result.setColor(role, QColor(tokens.color(token)))
    for role in _GREYED:
        result.setColor(
            QPalette.ColorGroup.Disabled, role, QColor(tokens.color("disabled"))
        )
    return result
