"""The editor's work: files read, checked and saved in worker threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.component import Component
from studio.domain.errors import RefusedError, StudioError
from studio.gui.designer.own_steps.editor import ComponentEditor, Opened
from studio.gui.designer.own_steps.file_edit import FileEdit
from studio.gui.tasks import Task
from studio.services.components.checks import inspect
from studio.services.components.own import OwnComponents

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

IDLE_MS = 300


class Editing(QObject):
    """`saved` when a file was written."""

    saved = Signal()

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page
        self._own: OwnComponents = page.studio.own_components
        self._chosen: list[str] = []
        self._check: Task | None = None
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._inspect)

    @cached_property
    def editor(self) -> ComponentEditor:
        made = ComponentEditor()
        made.typed.connect(self._idle.start)
        made.save_wanted.connect(self.save)
        made.discard_wanted.connect(self.discard)
        made.left.connect(self.leave)
        return made

    @property
    def dirty(self) -> list[FileEdit]:
        """Files whose changes aren't saved yet."""
        return self.editor.dirty if self._was_wanted else []

    @property
    def _was_wanted(self) -> bool:
        return "editor" in self.__dict__

    # -- coming and going -----------------------------------------------------------

    def open(self, place: Path, at: Path | None = None, title: str = "") -> None:
        """Show the files of a component of the workspace."""
        self._run(partial(_read, self._own, place, title), partial(self._show, at=at))

    def open_component(self, component: Component) -> None:
        """Its files; of one that comes with the program, those of a copy."""
        if not component.built_in and component.source is not None:
            place = self._own.owner(component.source)
            self.open(place, component.source, component.title)
            return

        def made(place: Path) -> None:
            self._page.services.toast(
                f"“{component.title}” is a copy of your own now, and the pipelines of "
                "this workspace use it. Without its folder they use the old one again",
                tone="ok",
            )
            self.saved.emit()
            self.open(place, title=component.title)

        self._run(partial(self._own.copy_of, component), made)

    def leave(self) -> None:
        """The canvas again; what is unsaved waits for the next visit."""
        page = self._page
        if page.document is not None:
            page.show_bench()
            there = [i for i in self._chosen if i in page.bench.scene.nodes]
            page.bench.scene.select(there)
        else:
            page.show_all()
        if self.dirty:
            page.services.toast(
                f"{_names(self.dirty)}: changes aren't saved yet",
                action=("Save", self.save),
                tone="warn",
            )

    # -- saving ---------------------------------------------------------------------

    def save(self) -> None:
        """Write all that is unsaved, each unless it was changed outside."""
        for edit in self.dirty:
            self._save(edit, edit.on_disk)

    def save_blocking(self) -> None:
        """Before the window closes: what is in the editor is what counts."""
        for edit in self.dirty:
            self._own.save(edit.file, edit.text(), before=None)
            edit.saved(edit.text())

    def discard(self) -> None:
        """What the files hold again; it can be undone."""
        for edit in self.editor.edits():
            if edit.dirty:
                edit.take(edit.on_disk)
        self.editor.banner.hide()

    def changed_outside(self, files: frozenset[Path]) -> None:
        """Files were written: by this editor, or by something else."""
        for file in files if self._was_wanted else ():
            edit = self.editor.edit_of(file)
            if edit is not None:
                self._read_again(edit)

    def look_again(self) -> None:
        """Read the open files again: a component's may lie anywhere."""
        for edit in self.editor.edits() if self._was_wanted else ():
            self._read_again(edit)

    # -- inside ---------------------------------------------------------------------

    def _show(self, opened: Opened, at: Path | None) -> None:
        page = self._page
        if page.document is not None and self.editor.isHidden():
            self._chosen = page.bench.scene.selected_ids()
        page.bench.inspector.flush()
        page.bench.scene.select([])
        page.show_over(self.editor)
        self.editor.open(opened, at)

    def _inspect(self) -> None:
        if self._check is not None:
            self._check.cancel()
        texts = self.editor.texts_now()
        self._check = self._page.tasks.run(
            partial(inspect, self.editor.place, texts),
            done=self.editor.show_inspected,
            owner=self,
        )

    def _save(self, edit: FileEdit, before: str | None) -> None:
        text = edit.text()

        def done(_: object) -> None:
            edit.saved(text)
            self.editor.banner.hide()
            self.saved.emit()

        def failed(error: BaseException) -> None:
            if isinstance(error, RefusedError):
                self._read_again(edit)
            else:
                self._page.services.show_error(error, self.save)

        self._page.tasks.run(
            partial(self._own.save, edit.file, text, before=before),
            done=done,
            failed=failed,
            owner=edit,
        )

    def _read_again(self, edit: FileEdit) -> None:
        known = edit.on_disk

        def read(text: str) -> None:
            if edit.on_disk != known:
                return  # saved here while it was being read
            if text == edit.text():
                edit.saved(text)
            elif text == edit.on_disk:
                return
            elif edit.dirty:
                self._ask(edit, text)
            else:
                edit.take(text)

        def gone(error: BaseException) -> None:
            if not isinstance(error, StudioError):
                raise error
            edit.document().setModified(True)  # it is only here by now

        self._page.tasks.run(
            partial(self._own.read, edit.file), done=read, failed=gone, owner=edit
        )

    def _ask(self, edit: FileEdit, text: str) -> None:
        """Both have changed it: a person chooses."""

        def theirs() -> None:
            edit.take(text)
            self.editor.banner.hide()

        self.editor.banner.show_message(
            "warn",
            f"{edit.file.name} was changed outside, and here too.",
            hint="Taking the other text can be undone with Ctrl+Z.",
            fixes=[
                ("Take the text from outside", theirs),
                ("Keep mine", partial(self._save, edit, None)),
            ],
        )
        self.editor.banner.show()

    def _run(self, work: Callable[[], object], done: Callable[..., object]) -> None:
        failed = self._page.services.show_error
        self._page.tasks.run(work, done=done, failed=failed, owner=self)


def _read(own: OwnComponents, place: Path, title: str) -> Opened:
    texts: dict[Path, str] = {}
    for file in own.files(place):
        try:
            texts[file] = own.read(file)
        except StudioError:
            if file == place:
                raise
    return Opened(place, texts, title)


def _names(edits: list[FileEdit]) -> str:
    return ", ".join(edit.file.name for edit in edits)
