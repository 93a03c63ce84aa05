"""Which components a person uses: the latest ones, and those marked with a star."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.gui.settings import Settings

RECENT, FAVOURITE = "designer/recent_components", "designer/favourite_components"
MOST_RECENT = 5


class Habits(QObject):
    """Kept with the window's settings; names of components, the newest first."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    @property
    def recent(self) -> list[str]:
        return self._settings.texts(RECENT)[:MOST_RECENT]

    @property
    def favourites(self) -> list[str]:
        return self._settings.texts(FAVOURITE)

    def used(self, name: str) -> None:
        """A component was added to a pipeline."""
        before = [other for other in self.recent if other != name]
        self._settings.set(RECENT, [name, *before][:MOST_RECENT])

    def flip_favourite(self, name: str) -> None:
        """Give a component a star, or take it away."""
        before = self.favourites
        kept = [other for other in before if other != name]
        self._settings.set(FAVOURITE, kept if name in before else [*before, name])
        self.changed.emit()
