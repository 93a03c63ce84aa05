"""Opening, making, copying and deleting whole pipelines, off the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.domain.component import Component
from studio.domain.errors import InvalidError
from studio.gui.designer.checker import Checked, check
from studio.gui.designer.gathering import Place
from studio.gui.designer.saving import Stored, load
from studio.gui.dialogs import ask
from studio.gui.files import ask_for_file
from studio.gui.new_pipeline import new_pipeline
from studio.gui.page import WindowServices
from studio.gui.sample import open_sample
from studio.gui.tasks import Tasks
from studio.gui.widgets.formats import format_time
from studio.services.pipelines.drift import drift_of, newest_readable
from studio.services.pipelines.recovery import find_unsaved

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.services.pipelines.service import PipelineSummary
    from studio.storage.pipelines import PipelineVersion

Opened = tuple[Stored, Checked, tuple[Component, ...], Place]
OUTSIDE = Place()
KINDS = "Pipelines (*.yml *.yaml *.py)"


class Library(QObject):
    """The pipelines of a workspace. `opened` carries a pipeline that was read."""

    opened = Signal(object)
    listed = Signal(object)
    deleted = Signal(str)

    def __init__(
        self, studio: Studio, tasks: Tasks, services: WindowServices, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._studio, self._tasks, self._services = studio, tasks, services
        self._widget = parent
        self.summaries: tuple[PipelineSummary, ...] = ()
        self.just_made = ""
        """The pipeline that is opened because it was asked to be made."""

    def refresh(self, then: Callable[[], object] | None = None) -> None:
        """List the pipelines again."""

        def show(summaries: tuple[PipelineSummary, ...]) -> None:
            self.summaries = summaries
            self.listed.emit(summaries)
            if then is not None:
                then()

        self._run(self._studio.pipelines.list, show)

    def open(self, name: str, place: Place = OUTSIDE) -> None:
        """Read a pipeline, its components and its problems."""
        self._tasks.run(
            partial(_read, self._studio, name, place),
            done=self.opened.emit,
            failed=partial(self._not_opened, name),
            owner=self,
        )

    def new(self) -> None:
        """An empty pipeline with a free name, that is easily changed."""

        def made(name: str) -> None:
            self._open_made(name)
            self._services.toast("This is a new pipeline: F2 gives it a name")

        self._run(partial(new_pipeline, self._studio), made)

    def clone(self, name: str, title: str) -> None:
        """A copy beside the old one, and open it."""

        def opened(made: str) -> None:
            self._open_made(made)
            self._services.toast(
                f"Cloned “{title}”; the old one is as it was", tone="ok"
            )

        self._run(lambda: self._studio.pipelines.clone(name).name, opened)

    def open_sample(self) -> None:
        """Go to the user's own copy of the sample."""
        open_sample(self._services, self._tasks, self)

    def ask_for_file(self) -> None:
        """Choose a pipeline's YAML file with the system's dialog."""
        ask_for_file(self._widget, "Import pipeline", KINDS, self.import_file)

    def import_file(self, path: Path) -> None:
        """Bring a pipeline into the workspace under a free name."""
        self._run(partial(_import, self._studio, path), self._open_made)

    def ask_to_delete(self, name: str, title: str) -> None:
        """Delete after a question: its files can't be brought back."""
        ask(
            self._widget,
            f"Delete “{title}”?",
            "Its folder is removed. Its runs, models and saved versions stay.",
            verb="Delete pipeline",
            keep="Keep it",
            done=partial(self.delete, name, title),
        )

    def delete(self, name: str, title: str) -> None:
        def gone(_: object) -> None:
            self._services.toast(f"Deleted “{title}”")
            self.deleted.emit(name)
            self.refresh()

        self._run(partial(self._studio.pipelines.delete, name), gone)

    def _not_opened(self, name: str, error: BaseException) -> None:
        if isinstance(error, InvalidError):
            read = partial(newest_readable, self._studio.pipelines, name)
            self._run(read, partial(self._offer_version, name, error))
        else:
            self._services.show_error(error)

    def _offer_version(
        self, name: str, error: InvalidError, version: PipelineVersion | None
    ) -> None:
        """A file that can't be read: what was last saved can take its place."""
        if version is None:
            self._services.show_error(error)
            return
        ask(
            self._widget,
            f"The file of “{name}” can't be read",
            f"{error.message}\n\nVersion {version.number}, saved "
            f"{format_time(version.created_at)}, can take its place. "
            "What the file holds now is kept.",
            verb=f"Restore version {version.number}",
            keep="Leave it as it is",
            kind="primary",
            done=partial(self._restore, name, version.number),
        )

    def _restore(self, name: str, number: int) -> None:
        restore = partial(self._studio.pipelines.restore, name, number)
        self._run(restore, lambda _: self._open_made(name))

    def _open_made(self, name: str) -> None:
        self.just_made = name
        self.open(name)
        self.refresh()

    def _run(self, function: Callable[[], object], done: Callable[..., object]) -> None:
        self._tasks.run(
            function, done=done, failed=self._services.show_error, owner=self
        )


def _read(studio: Studio, name: str, place: Place) -> Opened:
    unsaved = find_unsaved(studio.pipelines, name)
    drift = None if unsaved is not None else drift_of(studio.pipelines, name)
    stored = replace(load(studio.pipelines, name), unsaved=unsaved, drift=drift)
    if stored.version is None:  # later changes are told against this
        stored = replace(stored, version=studio.pipelines.keep(name))
    components = (*studio.components.list(), *studio.pipelines.offered(name))
    return stored, check(studio, stored.pipeline, place), components, place


def _import(studio: Studio, path: Path) -> str:
    pipeline = studio.pipelines.read_file(path)
    wanted = pipeline.name if pipeline.name else path.parent.name
    return studio.pipelines.import_file(path, studio.pipelines.free_name(wanted)).name
