"""The open pipeline: one immutable value, and the stack of its edits.

document = PipelineDocument(pipeline)
document.edit(document.pipeline.remove(["split"]), "Delete Split")
document.edit(moved, "Move", merge="nudge")      # runs on within 1.5 s: one step
document.changed.connect(scene.derive)
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from studio.domain.pipeline import Pipeline

UNDO_LIMIT = 1_000
MERGE_SECONDS = 1.5
_NEVER = -1


@dataclass(frozen=True)
class PastEdit:
    text: str
    before: Pipeline
    after: Pipeline


@dataclass(frozen=True)
class Past:
    """Edits in their order; those from `at` on are undone."""

    edits: tuple[PastEdit, ...] = ()
    at: int = 0


class _Edit(QUndoCommand):
    """Before and after; edits with the same id become one."""

    def __init__(
        self,
        document: PipelineDocument,
        before: Pipeline,
        after: Pipeline,
        text: str,
        gesture: int,
    ) -> None:
        super().__init__(text)
        self._document = document
        self._before, self._after = before, after
        self._gesture = gesture

    def id(self) -> int:
        return self._gesture

    @property
    def values(self) -> PastEdit:
        return PastEdit(self.text(), self._before, self._after)

    def redo(self) -> None:
        self._document._show(self._after)

    def undo(self) -> None:
        self._document._show(self._before)

    def mergeWith(self, other: QUndoCommand) -> bool:
        self._after = cast(_Edit, other)._after
        self.setObsolete(self._after == self._before)
        return True


class PipelineDocument(QObject):
    """Holds the value; every change of it goes through `edit`, undo or redo."""

    changed = Signal()
    state_changed = Signal()
    """Saved, not saved, or another version."""

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        sha256: str = "",
        version: int | None = None,
        saved_at: float | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(UNDO_LIMIT)
        self.sha256, self.version = sha256, version
        self.saved_at = saved_at
        self._pipeline = self._saved = pipeline
        self._merge, self._merged_at, self._gesture = "", 0.0, 0
        self._remembering = False

    @property
    def pipeline(self) -> Pipeline:
        return self._pipeline

    @property
    def saved(self) -> Pipeline:
        """What the workspace's file held when it was last read or written."""
        return self._saved

    @property
    def name(self) -> str:
        return self._pipeline.name

    @property
    def dirty(self) -> bool:
        """Whether the workspace's file says something else."""
        same = self._pipeline is self._saved
        return not same and self._pipeline != self._saved

    def edit(self, after: Pipeline, text: str, *, merge: str = "") -> None:
        """Make it that value; edits with one `merge` in quick succession are one."""
        if after == self._pipeline:
            return
        gesture = self._gesture_of(merge)
        self.stack.push(_Edit(self, self._pipeline, after, text, gesture))

    @property
    def past(self) -> Past:
        """What can be undone and redone."""
        edits = (self.stack.command(n) for n in range(self.stack.count()))
        values = tuple(cast(_Edit, edit).values for edit in edits)
        return Past(values, self.stack.index())

    def remember(self, past: Past) -> None:
        """Undo and redo as in a document of the same value before this one."""
        self._remembering = True
        try:
            for edit in past.edits:
                made = _Edit(self, edit.before, edit.after, edit.text, _NEVER)
                self.stack.push(made)
            self.stack.setIndex(past.at)
            self.stack.setClean()
        finally:
            self._remembering = False

    def mark_saved(self, saved: Pipeline, version: int | None, sha256: str) -> None:
        """This value is in the file now, with that content's hash."""
        if (saved, sha256) != (self._saved, self.sha256) or self.saved_at is None:
            self.saved_at = time.time()
        self._saved, self.version, self.sha256 = saved, version, sha256
        if saved is self._pipeline:
            self.stack.setClean()
        self.state_changed.emit()

    def note_version(self, version: int) -> None:
        """The file as it was read is that version now."""
        self.version = version
        self.state_changed.emit()

    def take(self, pipeline: Pipeline, version: int | None, sha256: str) -> None:
        """What somebody else wrote into the file; it can be undone."""
        self.edit(pipeline, "Change from outside")
        self.mark_saved(self._pipeline, version, sha256)

    def _gesture_of(self, merge: str) -> int:
        now = time.monotonic()
        goes_on = merge == self._merge and now - self._merged_at < MERGE_SECONDS
        self._merge, self._merged_at = merge, now
        if not merge:
            return _NEVER
        if not goes_on:
            self._gesture += 1
        return self._gesture

    def _show(self, pipeline: Pipeline) -> None:
        if self._remembering:
            return
        self._pipeline = pipeline
        self.changed.emit()
        self.state_changed.emit()
