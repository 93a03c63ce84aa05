"""The files of a component, edited over the canvas: text, checks, and a preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.gui.designer.own_steps.file_edit import FileEdit
from studio.gui.designer.own_steps.find_bar import FindBar
from studio.gui.designer.own_steps.preview import Preview
from studio.gui.designer.own_steps.slips import SlipList
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import button, column, frame, label, row, rule, wrap_in
from studio.services.components.checks import Inspected, Slip

FILES_WIDTH, PREVIEW_WIDTH, SLIPS_HEIGHT = 176, 296, 132
_CTRL, _NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
# Else the canvas, which is out of sight, would be edited.
_OURS = {
    (key, keys)
    for letters, keys in (
        ("SFZXCVAD", _CTRL),
        ("ZD", _CTRL | _SHIFT),
        ("F", _NONE),
    )
    for key in (Qt.Key[f"Key_{letter}"] for letter in letters)
} | {(Qt.Key.Key_Delete, _NONE), (Qt.Key.Key_F2, _NONE), (Qt.Key.Key_Escape, _NONE)}


@dataclass(frozen=True)
class Opened:
    """A component's place, and the texts of its files."""

    place: Path
    texts: dict[Path, str]
    title: str = ""


class ComponentEditor(QWidget):
    """`typed` wants the texts checked, `save_wanted` saved, `left` the canvas back."""

    typed = Signal()
    save_wanted = Signal()
    discard_wanted = Signal()
    left = Signal()
    marked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = Path()
        self._edits: dict[Path, FileEdit] = {}
        self._shown: list[Path] = []
        self.title = label("", "panel-title")
        self.state = label("", "caption")
        self.back = button("Back to the pipeline", icon="arrow-left", kind="text")
        self.discard = button("Discard changes", clicked=self.discard_wanted.emit)
        self.save = button("Save", kind="primary", clicked=self.save_wanted.emit)
        self.save.setToolTip("Save (Ctrl+S)")
        self.files = QListWidget()
        self.files.setAccessibleName("Files of the component")
        self.banner = Banner("warn")
        self.banner.setContentsMargins(12, 8, 12, 8)
        self.banner.hide()
        self.texts = QStackedWidget()
        self.find_bar = FindBar(lambda: self.current)
        self.slips = SlipList()
        self.preview = Preview()
        self._arrange()
        self.back.clicked.connect(self.left)
        self.files.currentRowChanged.connect(self._show_file)
        self.slips.chosen.connect(self.go_to)

    # -- what is open ---------------------------------------------------------------

    @property
    def current(self) -> FileEdit | None:
        shown = self.texts.currentWidget()
        return shown if isinstance(shown, FileEdit) else None

    @property
    def dirty(self) -> list[FileEdit]:
        """All that is unsaved, of this component and of those opened before."""
        return [edit for edit in self._edits.values() if edit.dirty]

    def edit_of(self, file: Path) -> FileEdit | None:
        return self._edits.get(file)

    def edits(self) -> list[FileEdit]:
        """Those of the component that is shown."""
        return [self._edits[file] for file in self._shown]

    def texts_now(self) -> dict[Path, str]:
        """What stands in the editor, saved or not."""
        return {edit.file: edit.text() for edit in self.edits()}

    def open(self, opened: Opened, at: Path | None = None) -> None:
        """Show a component's files; unsaved texts of an earlier visit are kept."""
        self._drop_saved()
        self.place = opened.place
        self.banner.hide()
        self.title.setText(opened.title or opened.place.name)
        for file, text in opened.texts.items():
            if file not in self._edits:
                self._add(file, text)
        self._shown = list(opened.texts)
        self.files.clear()
        for file in self._shown:
            self.files.addItem(QListWidgetItem(self._name(file)))
        row_at = self._shown.index(at) if at in self._shown else 0
        self.files.setCurrentRow(row_at)
        self._mark()
        if self.current is not None:
            self.current.setFocus()
        self.typed.emit()

    def show_inspected(self, inspected: Inspected) -> None:
        """What the check of the texts has found."""
        self.slips.show_slips(inspected.slips)
        if inspected.components:
            self.preview.show_components(inspected.components)
            if len(inspected.components) == 1:
                self.title.setText(inspected.components[0].title)
        elif not self.preview.components:
            self.preview.show_components(())
        for edit in self.edits():
            lines = [s.line for s in inspected.slips if s.file == edit.file and s.line]
            edit.mark_line(lines[0] if lines else 0, go=False)

    def go_to(self, slip: Slip) -> None:
        """Show the line of something wrong."""
        if slip.file in self._shown:
            self.files.setCurrentRow(self._shown.index(slip.file))
        if self.current is not None:
            self.current.go_to_line(slip.line)
            self.current.setFocus()

    # -- events ---------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        overriding = event.type() == QEvent.Type.ShortcutOverride
        if overriding and isinstance(event, QKeyEvent) and _is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ctrl = event.modifiers() == _CTRL
        if ctrl and event.key() == Qt.Key.Key_S:
            self.save_wanted.emit()
        elif ctrl and event.key() == Qt.Key.Key_F:
            self.find_bar.begin()
        else:
            super().keyPressEvent(event)

    # -- inside ---------------------------------------------------------------------

    def _add(self, file: Path, text: str) -> None:
        edit = FileEdit(file, text)
        edit.textChanged.connect(self.typed)
        edit.marked.connect(self._mark)
        self._edits[file] = edit
        self.texts.addWidget(edit)

    def _drop_saved(self) -> None:
        for file, edit in list(self._edits.items()):
            if not edit.dirty:
                self.texts.removeWidget(edit)
                edit.deleteLater()
                del self._edits[file]

    def _show_file(self, number: int) -> None:
        if 0 <= number < len(self._shown):
            self.texts.setCurrentWidget(self._edits[self._shown[number]])

    def _mark(self) -> None:
        """Say what is unsaved: in the list, above, and at the buttons."""
        for number, file in enumerate(self._shown[: self.files.count()]):
            name = self._name(file)
            unsaved = self._edits[file].dirty
            item = self.files.item(number)
            item.setText(f"{name} •" if unsaved else name)
            words = f"{name}, unsaved" if unsaved else name
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        unsaved = any(edit.dirty for edit in self.edits())
        self.state.setText("Unsaved changes" if unsaved else "")
        self.save.setEnabled(unsaved)
        self.discard.setEnabled(unsaved)
        self.marked.emit()

    def _name(self, file: Path) -> str:
        within = self.place if file.is_relative_to(self.place) else self.place.parent
        if file == self.place:
            return file.name
        return file.relative_to(within).as_posix()

    def _arrange(self) -> None:
        head = row(self.back, rule(vertical=True), self.title, self.state, None)
        head.addWidget(self.discard)
        head.addWidget(self.save)
        head.setContentsMargins(12, 8, 12, 8)
        middle = QSplitter(Qt.Orientation.Vertical)
        text = column(self.banner, self.find_bar, gap=0)
        text.addWidget(self.texts, 1)
        middle.addWidget(wrap_in(text))
        middle.addWidget(self.slips)
        middle.setSizes([600, SLIPS_HEIGHT])
        middle.setStretchFactor(0, 1)
        whole = QSplitter(Qt.Orientation.Horizontal)
        for part, width in _widths(self.files, middle, self.preview):
            whole.addWidget(part)
            part.setMinimumWidth(width)
        whole.setSizes([FILES_WIDTH, 800, PREVIEW_WIDTH])
        whole.setStretchFactor(1, 1)
        for splitter in (middle, whole):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(frame("header", head))
        layout.addWidget(whole, 1)


def _is_ours(event: QKeyEvent) -> bool:
    return (Qt.Key(event.key()), event.modifiers()) in _OURS


def _widths(*parts: QWidget) -> Sequence[tuple[QWidget, int]]:
    return tuple(zip(parts, (140, 320, 260), strict=True))
