"""The list that opens under a line edit while a person types."""

from __future__ import annotations

from PySide6.QtWidgets import QCompleter, QListView

from studio.gui.theme.theme import theme


def suggestion_list(completer: QCompleter, name: str) -> QListView:
    """The popup of a completer, in the look of the other popups.

    `name` is what a screen reader calls it.
    """
    popup = QListView()  # a completer's popup is a window of its own
    popup.setProperty("popup", "true")
    popup.setAccessibleName(name)
    theme().dress(popup)
    completer.setPopup(popup)
    return popup
