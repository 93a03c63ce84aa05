"""How the window looks, as actions: theme, contrast, text size, menu bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from studio.gui.actions import Action, Actions
from studio.gui.settings import Settings
from studio.gui.theme.theme import Mode, Theme

SIZES = (("Small text", 0.9), ("Default text", 1.0), ("Large text", 1.15))
MODES: tuple[tuple[Mode, str, str], ...] = (
    ("system", "Follow the system's theme", "monitor"),
    ("light", "Light theme", "sun"),
    ("dark", "Dark theme", "moon"),
)


class Appearance:
    """Changes the theme and remembers the choice."""

    def __init__(self, theme: Theme, settings: Settings) -> None:
        self._theme, self._settings = theme, settings

    def actions(self) -> Sequence[Action]:
        """All the choices, for the View menu and the palette."""
        themes = [
            _switch(f"theme.{mode}", text, icon, partial(self.set_mode, mode), check)
            for mode, text, icon in MODES
            for check in (partial(self._is_mode, mode),)
        ]
        sizes = [
            _switch(f"text.{ratio}", text, "text-aa", partial(self.set_size, ratio), c)
            for text, ratio in SIZES
            for c in (partial(self._is_size, ratio),)
        ]
        contrast = _switch(
            "theme.contrast",
            "High contrast",
            "circle-half",
            self.flip_contrast,
            lambda: self._theme.contrast,
        )
        motion = _switch(
            "theme.motion",
            "Reduce motion",
            "pulse",
            self.flip_motion,
            lambda: self._theme.reduced_motion,
        )
        return [*themes, contrast, motion, *sizes]

    def menu(self, parent: QWidget, actions: Actions) -> QMenu:
        """The same choices as a menu for the Settings button."""
        menu = QMenu(parent)
        group = ""
        for record in self.actions():
            kind = record.id.split(".")[0]
            if group and (kind != group or record.id == "theme.contrast"):
                menu.addSeparator()
            group = kind
            menu.addAction(actions.get(record.id))
        return menu

    def set_mode(self, mode: Mode) -> None:
        self._theme.set(mode)
        self._settings.set("theme/mode", mode)

    def set_size(self, ratio: float) -> None:
        self._theme.set(text_ratio=ratio)
        self._settings.set("theme/text", ratio)

    def flip_contrast(self) -> None:
        self._theme.set(contrast=not self._theme.contrast)
        self._settings.set("theme/contrast", self._theme.contrast)

    def flip_motion(self) -> None:
        self._theme.reduced_motion = not self._theme.reduced_motion
        self._settings.set("theme/reduced_motion", self._theme.reduced_motion)

    def _is_mode(self, mode: Mode) -> bool:
        return self._theme.mode == mode

    def _is_size(self, ratio: float) -> bool:
        return abs(self._theme.text_ratio - ratio) < 0.01


def above(menu: QMenu, widget: QWidget) -> QPoint:
    """Where a menu stands right of a button, its foot at the button's foot."""
    corner = widget.mapToGlobal(QPoint(widget.width() + 4, widget.height()))
    return QPoint(corner.x(), corner.y() - menu.sizeHint().height())


def _switch(
    action_id: str,
    text: str,
    icon: str,
    callback: Callable[[], object],
    checked: Callable[[], bool],
) -> Action:
    return Action(
        action_id, text, icon=icon, category="View", callback=callback, checked=checked
    )
