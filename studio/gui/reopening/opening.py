"""A step that ran, opened again: in a debugger, as a notebook, as a folder; and the
code that was edited there, put back into its component."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.domain.errors import RefusedError
from studio.gui.files import show_folder
from studio.gui.page import WindowServices
from studio.gui.reopening.debug_dialog import DebugDialog
from studio.gui.reopening.put_back_dialog import PutBackDialog
from studio.gui.tasks import Tasks

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.reopened import CodeChange, Reopened

Found = tuple["Reopened", "CodeChange"]


class StepOpening(QObject):
    """`put_back_done` follows when a component was changed or restored.

    A step is laid out once; opening it again leads to the same files, so that what
    was edited isn't lost out of sight.
    """

    put_back_done = Signal(str)

    def __init__(
        self, studio: Studio, tasks: Tasks, services: WindowServices, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._studio, self._tasks, self._services = studio, tasks, services
        self._parent = parent
        self.dialog: PutBackDialog | None = None
        self.debugged: list[DebugDialog] = []

    def debug(self, run_id: str, step: str) -> None:
        """Start the step; a window of its own tells where it waits."""

        def show(opened: Reopened) -> None:
            dialog = DebugDialog(self._studio, self._tasks, opened, self._parent)
            self.debugged.append(dialog)
            dialog.failed.connect(self._services.show_error)
            dialog.finished.connect(lambda _: self.debugged.remove(dialog))
            self.destroyed.connect(dialog.close)
            dialog.show()
            dialog.start()

        self._open(run_id, step, show)

    def notebook(self, run_id: str, step: str) -> None:
        """Hand the notebook to the program that opens notebooks here."""
        self._open(run_id, step, self._show_notebook)

    def folder(self, run_id: str, step: str) -> None:
        """Show its code, scripts and notebook in the file manager."""
        self._open(run_id, step, lambda opened: show_folder(opened.folder))

    def put_back(self, run_id: str, step: str) -> None:
        """Show what was edited, then put it into the component."""
        self._tasks.run(
            partial(_changed, self._studio, run_id, step),
            done=self._ask,
            failed=self._services.show_error,
            owner=self,
        )

    # -- inside ----------------------------------------------------------------------

    def _open(self, run_id: str, step: str, then: Callable[[Reopened], object]) -> None:
        def done(opened: Reopened) -> None:
            for note in opened.notes:
                self._services.toast(note, tone="warn")
            then(opened)

        self._tasks.run(
            partial(_laid_out, self._studio, run_id, step),
            done=done,
            failed=self._services.show_error,
            owner=self,
        )

    def _show_notebook(self, opened: Reopened) -> None:
        place = opened.notebook
        if QDesktopServices.openUrl(QUrl.fromLocalFile(str(place))):
            self._services.toast(
                f"Opened {place.name}", action=("Copy path", partial(_copy, str(place)))
            )
            return
        self._services.toast(
            f"No program for notebooks is set up here. Open {place.name} with yours",
            action=("Show folder", partial(show_folder, opened.folder)),
            tone="warn",
        )

    def _ask(self, found: Found) -> None:
        opened, change = found
        self.dialog = PutBackDialog(opened, change, self._parent)
        self.dialog.accepted.connect(partial(self._put_back, opened))
        self.dialog.finished.connect(self._forget_dialog)
        self.dialog.open()

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _put_back(self, opened: Reopened) -> None:
        def done(change: CodeChange) -> None:
            kind = "a component of this workspace now" if change.is_new else "changed"
            undo = partial(self._undo, opened)
            text = f"{change.component} is {kind}"
            self._services.toast(text, undo=undo, tone="ok")
            self.put_back_done.emit(change.component)

        self._tasks.run(
            partial(self._studio.putting_back.put_back, opened),
            done=done,
            failed=self._services.show_error,
            owner=self,
        )

    def _undo(self, opened: Reopened) -> None:
        def done(component: str) -> None:
            self._services.toast(f"Restored {component}", tone="ok")
            self.put_back_done.emit(component)

        self._tasks.run(
            partial(self._studio.putting_back.undo, opened),
            done=done,
            failed=self._services.show_error,
            owner=self,
        )


def _laid_out(studio: Studio, run_id: str, step: str) -> Reopened:
    found = studio.reopening.latest(run_id, step)
    return found or studio.reopening.reopen(run_id, step)


def _changed(studio: Studio, run_id: str, step: str) -> Found:
    """What was edited in a step that was opened; RefusedError if nothing was."""
    opened = studio.reopening.latest(run_id, step)
    if opened is None:
        raise RefusedError(
            f"Step '{step}' of this run wasn't opened yet: nothing was edited",
            hint="Open it in a debugger, as a notebook or as a folder, and edit its "
            "code there",
        )
    change = studio.putting_back.change(opened)
    if not change.files:
        raise RefusedError(
            f"The code of '{step}' is what its component has already",
            hint=f"Edit it first, in {opened.code}",
        )
    return opened, change


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
