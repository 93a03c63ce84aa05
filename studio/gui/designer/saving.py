"""Autosave, and what to do when somebody else has changed the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.errors import InvalidError, NotFoundError
from studio.domain.pipeline import Pipeline
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.journaling import Journaling
from studio.gui.tasks import Periodic, Tasks
from studio.services.pipelines.drift import Drift
from studio.services.pipelines.recovery import Unsaved
from studio.services.pipelines.service import ChangedOutside

if TYPE_CHECKING:
    from studio.services.pipelines.service import PipelineService

SAVE_MS = 1_000
LOOK_SECONDS = 1.0
GONE, UNREADABLE = "gone", "unreadable"


@dataclass(frozen=True)
class Stored:
    """What the workspace's file holds."""

    pipeline: Pipeline
    version: int | None
    sha256: str
    saved_at: float | None = None
    unsaved: Unsaved | None = None
    """What a killed window left behind."""
    drift: Drift | None = None
    """How the file differs from the newest version, changed while nobody watched."""


def load(pipelines: PipelineService, name: str) -> Stored:
    """Read a pipeline with its version and hash. Raises StudioError."""
    sha256 = pipelines.content_hash(name)
    pipeline = pipelines.get(name)
    for newest in pipelines.versions(name)[:1]:
        saved_at = newest.created_at.timestamp()
        return Stored(pipeline, newest.number, sha256, saved_at)
    return Stored(pipeline, None, sha256)


def _load_and_keep(pipelines: PipelineService, name: str) -> Stored:
    """What was loaded from outside is a version, so that it is told only once."""
    load(pipelines, name)  # one that can't be read is none
    pipelines.keep(name)
    return load(pipelines, name)


def store(pipelines: PipelineService, pipeline: Pipeline, known: str) -> Stored:
    """Write a pipeline unless its file isn't the `known` one any more ("" is any)."""
    saved = pipelines.store(pipeline, known)
    return Stored(pipeline, saved.version, saved.sha256)


def current_hash(pipelines: PipelineService, name: str) -> str:
    """The file's hash, `gone` if there is no file, `unreadable` if it is no text."""
    try:
        return pipelines.content_hash(name)
    except NotFoundError:
        return GONE
    except InvalidError:
        return UNREADABLE


class Writes:
    """The writes of one document, in whichever thread: one follows the other, and
    none is refused for what an earlier one of the same document has written."""

    def __init__(self, pipelines: PipelineService) -> None:
        self._pipelines, self._lock = pipelines, Lock()
        self._asked = self._done = self._noted = 0
        self._last: Stored | None = None

    def wanted(self, pipeline: Pipeline, known: str) -> Callable[[], Stored]:
        """To be called in any thread; of two, what was wanted last stays."""
        self._asked += 1
        return partial(self._write, self._asked, self._noted, pipeline, known)

    def note(self, stored: Stored) -> None:
        """The document knows of this one."""
        if stored is self._last:
            self._noted = self._done

    def _write(self, turn: int, noted: int, pipeline: Pipeline, known: str) -> Stored:
        with self._lock:
            if self._last is not None and turn < self._done:
                return self._last  # a later value is in the file already
            if self._last is not None and noted < self._done and known:
                known = self._last.sha256
            self._last = store(self._pipelines, pipeline, known)
            self._done = turn
            return self._last


class Saver(QObject):
    """Keeps one document in its file; one write at a time."""

    conflict = Signal(str, bool)
    """Somebody else changed the file: what happened, and whether it can be read."""
    failed = Signal(object)
    reloaded = Signal()
    saved = Signal()

    def __init__(
        self, document: PipelineDocument, pipelines: PipelineService, tasks: Tasks
    ) -> None:
        super().__init__(document)
        self._document, self._pipelines, self._tasks = document, pipelines, tasks
        self._writes = Writes(pipelines)
        self._busy = self._paused = self._closed = False
        self._owed = False
        self._afterwards: list[tuple[Callable[[], object], Callable[[], object]]] = []
        self._soon = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._soon.timeout.connect(self.save)
        document.changed.connect(self._edited)
        self.journal = Journaling(document, pipelines.folder(document.name))
        self._watch: Periodic = tasks.every(
            LOOK_SECONDS, self._look, self._looked, failed=self._unseen, owner=self
        )

    def save(
        self,
        then: Callable[[], object] | None = None,
        otherwise: Callable[[], object] = lambda: None,
    ) -> None:
        """Write now if there is anything to write; then call `then`.

        `otherwise` is called where that fails, or has to wait for a person's choice.
        """
        self._soon.stop()
        if then is not None:
            self._afterwards.append((then, otherwise))
        if self._paused:
            if then is not None:
                self._give_up()
                self.failed.emit(self._undecided())
            return
        if self._busy:
            return
        if not self._has_to_write:
            self._go_on()
            return
        self._busy = True
        value, known = self._document.pipeline, self._document.sha256
        self._tasks.run(
            self._writes.wanted(value, known),
            done=self._stored,
            failed=self._not_stored,
            owner=self,
        )

    def save_blocking(self) -> None:
        """Write on this thread: only for a window that closes.

        ChangedOutside if a person has to choose; a window that closes all the same
        leaves the edits in the journal.
        """
        self.journal.settle()
        if self._has_to_write:
            if self._paused:
                raise self._undecided()
            try:
                known = self._document.sha256
                self.note(self._writes.wanted(self._document.pipeline, known)())
            except ChangedOutside:
                self._ask("This pipeline was changed outside the window")
                raise
        self.journal.settle()

    def keep_mine(self) -> None:
        """Overwrite what somebody else wrote, or bring back what was removed."""
        self._paused = False
        self._owed = True
        self._document.sha256 = ""
        self.save()

    def load_theirs(self) -> None:
        """Take what somebody else wrote, as an edit that can be undone."""
        self._busy = True
        self._tasks.run(
            partial(_load_and_keep, self._pipelines, self._document.name),
            done=self._loaded,
            failed=self._not_loaded,
            owner=self,
        )

    def take_merged(self, merged: Pipeline, theirs: Stored) -> None:
        """Both sides in one: an edit that can be undone, saved over `theirs`."""
        self._paused = False
        self._document.mark_saved(theirs.pipeline, theirs.version, theirs.sha256)
        self._document.edit(merged, "Merge the change from outside")
        self.save()

    def hold(self, held: bool) -> None:
        """Write nothing while a run is being started (that writes the file too)."""
        self._busy = held
        if not held and self._has_to_write:
            self._soon.start()

    def close(self) -> None:
        """Stop looking; the document is put away."""
        self._closed = True
        self._soon.stop()
        self._watch.stop()
        self.journal.close()

    @property
    def _has_to_write(self) -> bool:
        """Edits are to be written, or a value without any, over another file."""
        return self._owed or self._document.dirty

    def _edited(self) -> None:
        if not self._soon.isActive() and self._document.dirty:
            self._soon.start()

    def _stored(self, stored: Stored) -> None:
        self.note(stored)
        self._busy = False
        self.saved.emit()
        if self._has_to_write:
            self._soon.start()
        self._go_on()

    def note(self, stored: Stored) -> None:
        """This value is in the file now."""
        self._owed = False
        self._writes.note(stored)
        self._document.mark_saved(stored.pipeline, stored.version, stored.sha256)

    def _not_stored(self, error: BaseException) -> None:
        self._busy = False
        self._give_up()
        if isinstance(error, ChangedOutside):
            self._ask("This pipeline was changed outside the window")
        else:
            self.failed.emit(error)

    def _not_loaded(self, error: BaseException) -> None:
        self._busy = False
        self._ask(f"It was changed outside and can't be read: {error}", readable=False)

    def _go_on(self) -> None:
        waiting, self._afterwards = self._afterwards, []
        for then, _ in waiting:
            then()

    def _give_up(self) -> None:
        waiting, self._afterwards = self._afterwards, []
        for _, otherwise in waiting:
            otherwise()

    def _undecided(self) -> ChangedOutside:
        return ChangedOutside(
            f"'{self._document.pipeline.title}' was changed outside this window, "
            "and your edits wait",
            "Choose in the message above the canvas what becomes of both",
        )

    def _look(self) -> tuple[str, str]:
        """The hash that is known and the file's (in a worker thread)."""
        known = self._document.sha256
        return known, current_hash(self._pipelines, self._document.name)

    def _looked(self, hashes: tuple[str, str]) -> None:
        known, found = hashes
        same = found == known or known != self._document.sha256
        if same or self._busy or self._paused or self._closed:
            return
        if found == GONE:
            self._ask("This pipeline's file was removed", readable=False)
        elif self._document.dirty:
            self._ask("This pipeline was changed outside the window")
        else:
            self.load_theirs()

    def _unseen(self, error: BaseException) -> None:
        """A file that can't be read now is looked at again in a second."""

    def _ask(self, what: str, *, readable: bool = True) -> None:
        self._paused = True
        self._soon.stop()
        self.journal.renew()
        self.conflict.emit(what, readable)

    def _loaded(self, stored: Stored) -> None:
        self._busy = self._paused = self._owed = False
        self._document.take(stored.pipeline, stored.version, stored.sha256)
        self.reloaded.emit()
