"""Two versions compared: what they declare line by line, and what they lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QSplitter, QTabWidget, QTextEdit, QWidget

from studio.gui.theme.theme import theme, tokens
from studio.gui.widgets.basics import column, frame, label, row, wrap_in
from studio.gui.widgets.chip import StateLook
from studio.gui.widgets.code_view import CodeEdit, Language
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.switch import Switch
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.domain.lock_difference import PackageChange
    from studio.services.environments.difference import EnvironmentDifference

CHANGES = {
    "added": StateLook("Added", "ok", "plus"),
    "removed": StateLook("Removed", "err", "minus-square"),
    "changed": StateLook("Changed", "warn", "swap"),
    "same": StateLook("Same", "idle", "equals"),
}


@dataclass(frozen=True)
class Pair:
    """A line of either text, beside its counterpart; None where it has none."""

    before: str | None
    after: str | None

    @property
    def same(self) -> bool:
        return self.before == self.after


def pairs(before: Sequence[str], after: Sequence[str]) -> list[Pair]:
    """Both texts line beside line."""
    found: list[Pair] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for _, i, i_end, j, j_end in matcher.get_opcodes():
        for step in range(max(i_end - i, j_end - j)):
            one = before[i + step] if i + step < i_end else None
            two = after[j + step] if j + step < j_end else None
            found.append(Pair(one, two))
    return found


class SideBySide(QSplitter):
    """Two texts whose lines stand beside each other, scrolled together."""

    def __init__(self) -> None:
        super().__init__()
        self._pairs: list[Pair] = []
        self.before, self.after = (
            CodeEdit("text", read_only=True, numbers=False) for _ in range(2)
        )
        self.heads = [label("", "section") for _ in range(2)]
        for head, edit in zip(self.heads, (self.before, self.after), strict=True):
            side = column(frame("header", row(head, None, margins=(12, 4, 8, 4))))
            side.setSpacing(0)
            side.addWidget(edit, 1)
            self.addWidget(wrap_in(side))
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        bars = self.before.verticalScrollBar(), self.after.verticalScrollBar()
        bars[0].valueChanged.connect(bars[1].setValue)
        bars[1].valueChanged.connect(bars[0].setValue)
        theme().changed.connect(self._tint)

    def show_texts(
        self, before: Sequence[str], after: Sequence[str], names: tuple[str, str]
    ) -> None:
        self._pairs = pairs(before, after)
        for head, edit, name in zip(
            self.heads, (self.before, self.after), names, strict=True
        ):
            head.setText(name)
            edit.setAccessibleName(f"Declared by {name}")
        self.before.set_text("\n".join(each.before or "" for each in self._pairs))
        self.after.set_text("\n".join(each.after or "" for each in self._pairs))
        self._tint()

    def set_language(self, language: Language) -> None:
        self.before.set_language(language)
        self.after.set_language(language)

    def _tint(self) -> None:
        for edit, token in ((self.before, "err_bg"), (self.after, "ok_bg")):
            changed = (n for n, each in enumerate(self._pairs) if not each.same)
            edit.setExtraSelections(
                [_line(edit, n, self._ground(edit, n, token)) for n in changed]
            )

    def _ground(self, edit: CodeEdit, number: int, token: str) -> str:
        pair = self._pairs[number]
        own = pair.before if edit is self.before else pair.after
        return "sunken" if own is None else token


def _line(edit: CodeEdit, number: int, token: str) -> QTextEdit.ExtraSelection:
    made = QTextEdit.ExtraSelection()
    made.cursor = QTextCursor(edit.document().findBlockByNumber(number))
    ground = QTextCharFormat()
    ground.setBackground(QColor(tokens().color(token)))
    ground.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
    made.format = ground
    return made


class DifferenceView(QTabWidget):
    """`show_difference` fills both tabs; the switches are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self._found: EnvironmentDifference | None = None
        self.beside = Switch("Side by side")
        self.beside.setChecked(True)
        self.unified = CodeEdit("diff", read_only=True, numbers=False)
        self.unified.setAccessibleName("Difference of what is declared")
        self.sides = SideBySide()
        self.note = label("", "caption")
        self.only_changed = Switch("Only what differs")
        self.only_changed.setChecked(True)
        self.packages: DataTable[PackageChange] = DataTable(
            RowsModel(_columns(), key=lambda each: each.name)
        )
        self.packages.setAccessibleName("Difference of the locks")
        self.addTab(self._declared(), "Declared")
        self.addTab(self._locked(), "Lock")
        self.beside.toggled.connect(self._show)
        self.only_changed.toggled.connect(self._show)

    def show_difference(self, found: EnvironmentDifference) -> None:
        self._found = found
        self._show()

    def _declared(self) -> QWidget:
        self.same = label("", "muted")
        bar = frame("header", row(self.beside, None, self.same, margins=(12, 4, 16, 4)))
        layout = column(bar, gap=0)
        layout.addWidget(self.sides, 1)
        layout.addWidget(self.unified, 1)
        return wrap_in(layout)

    def _locked(self) -> QWidget:
        bar = frame(
            "header", row(self.only_changed, None, self.note, margins=(12, 4, 16, 4))
        )
        layout = column(bar, gap=0)
        layout.addWidget(self.packages, 1)
        return wrap_in(layout)

    def _show(self) -> None:
        found = self._found
        if found is None:
            return
        beside = self.beside.isChecked()
        self.sides.setVisible(beside)
        self.unified.setVisible(not beside)
        kind = found.after.declaration.kind
        self.sides.set_language("yaml" if kind == "conda" else "requirements")
        lines = found.declared_lines()
        self.same.setText("" if lines else "Both declare the same")
        self.unified.set_text("\n".join(lines))
        names = (found.before.reference, found.after.reference)
        self.sides.show_texts(*found.texts(), names)
        self._show_packages(found)

    def _show_packages(self, found: EnvironmentDifference) -> None:
        changed = [each for each in found.packages if each.change != "same"]
        only = self.only_changed.isChecked()
        self.packages.rows_model.set_rows(changed if only else found.packages)
        self.packages.set_empty_text(_nothing(found))
        count = len(changed)
        differs = "1 package differs" if count == 1 else f"{count} packages differ"
        self.note.setText(differs if found.is_locked else "Not both are locked")


def _nothing(found: EnvironmentDifference) -> str:
    if not found.is_locked:
        lacking = [
            version.reference
            for version in (found.before, found.after)
            if not version.locks
        ]
        return f"Lock {' and '.join(lacking)} to compare packages"
    return "Both locks hold the same packages"


def _columns() -> list[Column[PackageChange]]:
    return [
        Column("Change", lambda each: CHANGES[each.change], kind="chip", width=108),
        Column("Package", lambda each: each.name, width=170),
        Column("Before", lambda each: each.before or None, kind="mono", width=110),
        Column("After", lambda each: each.after or None, kind="mono", width=110),
        Column(
            "Needed by",
            lambda each: ", ".join(each.needed_by) or "asked for",
            kind="muted",
            optional=True,
        ),
    ]
