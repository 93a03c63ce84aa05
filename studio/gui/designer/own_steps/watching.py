"""The workspace's components folder, looked at once a second in a worker thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.domain.component import Component
from studio.gui.tasks import Tasks
from studio.services.components.service import BrokenComponent, Survey

if TYPE_CHECKING:
    from studio.bootstrap import Studio

SECONDS = 1.0
Stamp = Mapping[Path, tuple[int, int]]


@dataclass(frozen=True)
class News:
    """What stands in the folder now, and the files that are other ones than before.

    `first` is what was found when looking began: nothing has changed.
    """

    survey: Survey
    files: frozenset[Path]
    first: bool
    before: Survey

    def titles_changed(self) -> list[str]:
        """Components that are new or have other files, by their titles."""
        known = {c.name: c for c in self.before.components}
        return [
            component.title
            for component in self.survey.components
            if not component.built_in
            and (known.get(component.name) != component or self._touched(component))
        ]

    def titles_gone(self) -> list[str]:
        """Own components that can't be used any more, though nothing is broken."""
        left = {c.name for c in self.survey.components}
        stays = {broken.source for broken in self.survey.broken}
        return [
            component.title
            for component in self.before.components
            if component.name not in left
            and str(component.source) not in stays
            and (component.source is None or str(component.source.parent) not in stays)
        ]

    def newly_broken(self) -> list[BrokenComponent]:
        return [b for b in self.survey.broken if b not in self.before.broken]

    def _touched(self, component: Component) -> bool:
        if component.code is not None and component.code.is_dir():
            return any(file.is_relative_to(component.code) for file in self.files)
        own = {component.source, component.code, *component.additional_includes}
        return bool(own & self.files)


class Watcher(QObject):
    """`found(News)` at the beginning, and when a file was changed, added or removed."""

    found = Signal(object)

    def __init__(self, studio: Studio, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._studio, self._tasks = studio, tasks
        self._stamp: Stamp | None = None
        self._survey = Survey((), ())
        tasks.every(SECONDS, self._look, self._take, owner=self, failed=self._missed)
        self.look_now()

    @property
    def began(self) -> bool:
        """Whether it knows what stood there at first."""
        return self._stamp is not None

    def look_now(self) -> None:
        """Without waiting for the next second."""
        self._tasks.run(self._look, done=self._take, owner=self, failed=self._missed)

    def _look(self) -> tuple[Stamp, News] | None:
        """In a worker thread; None if nothing has changed."""
        before = self._stamp
        stamp = self._studio.own_components.stamp()
        if stamp == before:
            return None
        last = before or {}
        files = {f for f in {*stamp, *last} if stamp.get(f) != last.get(f)}
        survey = self._studio.components.survey()
        return stamp, News(survey, frozenset(files), before is None, self._survey)

    def _take(self, looked: tuple[Stamp, News] | None) -> None:
        if looked is None or looked[0] == self._stamp:
            return
        self._stamp, news = looked
        self._survey = news.survey
        self.found.emit(news)

    def _missed(self, _: BaseException) -> None:
        """A file went away while it was read: the next look tells."""
