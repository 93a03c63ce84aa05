"""The theme in use: light, dark or the system's, switched live.

theme = Theme.install(app, mode="system")
theme.dress(window)                          # each widget without a parent
theme.changed.connect(redraw)
painter.setPen(QColor(tokens().border))      # in paint code
"""

from __future__ import annotations

from typing import Literal, TypeAlias
from weakref import ref

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget
from shiboken6 import isValid

from studio.gui.theme import fonts, icons
from studio.gui.theme.palette import palette
from studio.gui.theme.stylesheet import stylesheet
from studio.gui.theme.tokens import DARK, LIGHT, Tokens, high_contrast

Mode: TypeAlias = Literal["light", "dark", "system"]
MODES: tuple[Mode, ...] = ("light", "dark", "system")


class _Current:
    theme: Theme | None = None
    tokens: Tokens = LIGHT


def tokens() -> Tokens:
    """Today's tokens, for paint code."""
    return _Current.tokens


def theme() -> Theme:
    """The theme of this application. Raises RuntimeError before `install`."""
    if _Current.theme is None:
        raise RuntimeError("Theme.install has not been called")
    return _Current.theme


class Theme(QObject):
    """Applies tokens to the whole application; `changed` follows every switch."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = "system"
        self._contrast = False
        self._text_ratio = 1.0
        self._sheet = ""
        self._dressed: list[ref[QWidget]] = []
        self.reduced_motion = _prefers_reduced_motion()
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    @classmethod
    def install(
        cls,
        app: QApplication,
        mode: Mode = "system",
        *,
        contrast: bool = False,
        text_ratio: float = 1.0,
    ) -> Theme:
        """Give an application its look; a second call changes the first theme."""
        made = _Current.theme
        if made is None or made._app is not app:
            app.setStyle(QStyleFactory.create("Fusion"))
            made = _Current.theme = cls(app)
        made.set(mode, contrast=contrast, text_ratio=text_ratio)
        return made

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def contrast(self) -> bool:
        return self._contrast

    @property
    def text_ratio(self) -> float:
        return self._text_ratio

    @property
    def tokens(self) -> Tokens:
        return _Current.tokens

    def set(
        self,
        mode: Mode | None = None,
        *,
        contrast: bool | None = None,
        text_ratio: float | None = None,
    ) -> None:
        """Change what is given, keep the rest, and redraw everything."""
        self._mode = mode or self._mode
        self._contrast = self._contrast if contrast is None else contrast
        self._text_ratio = text_ratio or self._text_ratio
        self._apply()

    def dress(self, window: QWidget) -> None:
        """Give a widget without a parent the style sheet, now and at each switch.

        The sheet isn't the application's: Qt would style each part of a page anew
        for every layout it is put into while the page is built.
        """
        self._dressed = [each for each in self._dressed if _living(each)]
        self._dressed.append(ref(window))
        window.setStyleSheet(self._sheet)

    def animation_ms(self, milliseconds: int) -> int:
        """The length of an animation: 0 where a person wants no motion."""
        return 0 if self.reduced_motion else milliseconds

    def _apply(self) -> None:
        chosen = self._choose()
        _Current.tokens = chosen
        icons.use_tokens(chosen)
        scale = fonts.system_scale() * self._text_ratio
        fonts.set_scale(scale)
        self._app.setFont(fonts.font())
        self._app.setPalette(palette(chosen))
        self._sheet = stylesheet(chosen, scale)
        for window in filter(None, map(_living, self._dressed)):
            # Exchanging a sheet styles a widget once for each of its ancestors: ten
            # times the work of taking the old one off and putting the new one on.
            window.setStyleSheet("")
            window.setStyleSheet(self._sheet)
        icons.renew_icons()
        self.changed.emit()

    def _choose(self) -> Tokens:
        dark = self._mode == "dark" or (self._mode == "system" and _system_is_dark())
        chosen = DARK if dark else LIGHT
        return high_contrast(chosen) if self._contrast or _system_contrast() else chosen

    def _follow_system(self) -> None:
        if self._mode == "system":
            self._apply()


def _living(window: ref[QWidget]) -> QWidget | None:
    made = window()
    return made if made is not None and isValid(made) else None


def mode_named(name: object) -> Mode:
    """A mode read from settings; anything else means `system`."""
    return next((mode for mode in MODES if mode == name), "system")


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _system_contrast() -> bool:
    # Both wrappers keep a name: a temporary owner takes its hints along.
    style = QGuiApplication.styleHints()
    hints = style.accessibility()
    return hints.contrastPreference() == Qt.ContrastPreference.HighContrast


def _prefers_reduced_motion() -> bool:
    if QGuiApplication.platformName() in ("offscreen", "minimal"):
        return True
    style = QGuiApplication.styleHints()
    hints = style.accessibility()
    preference = getattr(hints, "motionPreference", None)
    return preference is not None and "Reduc" in str(preference())
