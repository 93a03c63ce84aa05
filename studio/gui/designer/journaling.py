"""Every edit goes into the recovery journal, off the window's thread.

A kill loses at most the last edit: a further one waits until the one before it is
written (a few milliseconds, and only if they come that fast).
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject

from studio.domain.pipeline import Pipeline
from studio.gui.designer.document import PipelineDocument
from studio.services.pipelines.recovery import Journal

PATIENCE = 0.2
"""Seconds an edit waits for the one before; a disk that hangs doesn't stop a hand."""
SETTLE = 2.0


@dataclass(frozen=True)
class _Wanted:
    """What the journal has to hold; None: nothing, the file says it all."""

    pipeline: Pipeline | None
    sha256: str = ""


class Journaling(QObject):
    def __init__(self, document: PipelineDocument, folder: Path) -> None:
        super().__init__(document)
        self._document = document
        self._writer = _Writer(Journal(folder))
        document.changed.connect(self._follow)
        document.state_changed.connect(self._follow)

    def renew(self) -> None:
        """Write it once more: another window that saved has taken the file away."""
        document = self._document
        if document.dirty:
            wanted = _Wanted(document.pipeline, document.sha256)
            self._writer.want(wanted, again=True)

    def settle(self) -> None:
        """Wait until the journal is as the document wants it."""
        self._writer.settle()

    def close(self) -> None:
        """Stop following; what is not saved stays on disk."""
        self._document.changed.disconnect(self._follow)
        self._document.state_changed.disconnect(self._follow)
        self._writer.close()

    def _follow(self) -> None:
        document = self._document
        if document.dirty:
            self._writer.want(_Wanted(document.pipeline, document.sha256))
        else:
            self._writer.want(_Wanted(None))


class _Writer:
    """The thread that writes; it knows no Qt object, which it could outlive."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._wanted = self._written = _Wanted(None)
        self._news = threading.Condition()
        self._open = True
        self._thread: threading.Thread | None = None

    def want(self, wanted: _Wanted, *, again: bool = False) -> None:
        """Write this soon; waits at most PATIENCE seconds for what is under way."""
        with self._news:
            last = self._wanted
            same = wanted.pipeline is last.pipeline and wanted.sha256 == last.sha256
            if same and not again:
                return
            if wanted.pipeline is not None:
                self._news.wait_for(self._is_settled, PATIENCE)
            self._wanted = wanted
            self._news.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._work, name="journal", daemon=True
            )
            self._thread.start()

    def settle(self) -> None:
        with self._news:
            self._news.wait_for(self._is_settled, SETTLE)

    def close(self) -> None:
        """Write what is wanted, then end the thread."""
        self.settle()
        with self._news:
            self._open = False
            self._news.notify_all()
        if self._thread is not None:
            self._thread.join(SETTLE)  # only then is the file somebody else's to find

    def _is_settled(self) -> bool:
        return self._written is self._wanted

    def _work(self) -> None:
        syncer = ThreadPoolExecutor(1, thread_name_prefix="journal-sync")
        synced: Future[None] | None = None
        while True:
            with self._news:
                self._news.wait_for(lambda: not (self._open and self._is_settled()))
                wanted = self._wanted
                if self._is_settled():
                    break
            file = self._write(wanted)
            with self._news:
                self._written = wanted
                self._news.notify_all()
            if file is not None and (synced is None or synced.done()):
                synced = syncer.submit(_sync, os.dup(file))
        syncer.shutdown(wait=False)  # a slow disk is nobody's business who closes
        self._journal.close()

    def _write(self, wanted: _Wanted) -> int | None:
        if wanted.pipeline is None:
            self._journal.remove()
            return None
        return self._journal.write(wanted.pipeline, wanted.sha256)


def _sync(file: int) -> None:
    try:
        os.fsync(file)
    except OSError:
        pass
    finally:
        os.close(file)
