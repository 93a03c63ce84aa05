"""Conflicts of two edited copies, each decided for one side; the canvas follows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.domain.pipeline import Pipeline
from studio.domain.pipeline_diff import Change, Difference, difference
from studio.domain.pipeline_merge import Conflict, Merge, Side
from studio.domain.pipeline_words import line_of
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.compare.panel import Compared, ComparePanel
from studio.gui.widgets.basics import button, label, row, rule
from studio.gui.widgets.chip import StateLook
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

TABLE_HEIGHT = 200
_SIDES: dict[Side, StateLook] = {
    "mine": StateLook("Mine", "run", "user"),
    "theirs": StateLook("Theirs", "drift", "users"),
}


@dataclass(frozen=True)
class _Row:
    """A conflict as it is decided now."""

    number: int
    place: str
    mine: str
    theirs: str
    side: Side
    tip: str


class MergePanel(ComparePanel):
    """`merged(pipeline)` is what was decided."""

    merged = Signal(object)

    def __init__(self, catalog: Catalog, parent: QWidget | None = None) -> None:
        super().__init__(catalog, parent)
        self._merge: Merge | None = None
        self._sides: dict[int, Side] = {}
        self.conflicts = DataTable(_rows())
        self.conflicts.setAccessibleName("Conflicts")
        self.conflicts.setMinimumHeight(TABLE_HEIGHT)
        self.use_mine = button("Use mine", clicked=lambda: self._decide("mine"))
        self.use_theirs = button("Use theirs", clicked=lambda: self._decide("theirs"))
        self.finish = button("Merge", kind="primary", clicked=self._finish)
        self._head = label("", "strong", wrap=True)
        self._add_conflicts()
        self.conflicts.current_changed.connect(self._follow_conflict)

    def show_merge(self, merge: Merge) -> None:
        """Begin to decide; every conflict stands for mine at first."""
        self._merge, self._sides = merge, {}
        self._show_decided()
        self.conflicts.select_key(0)
        self.conflicts.setFocus()

    @property
    def decided(self) -> Pipeline:
        assert self._merge is not None
        return self._merge.decided(self._sides)

    def _add_conflicts(self) -> None:
        for unused in (self.take, self.take_all):
            unused.hide()
        self.close_button.setText("Decide later")
        self.close_button.setProperty("kind", "secondary")
        self._head.setContentsMargins(12, 8, 12, 4)
        verbs = row(self.use_mine, self.use_theirs, None, self.finish)
        verbs.setContentsMargins(12, 8, 12, 8)
        changes = label("What that changes in yours", "caption")
        changes.setContentsMargins(12, 8, 12, 4)
        for widget in (self._head, self.conflicts):
            self.extra.addWidget(widget)
        self.extra.addLayout(verbs)
        self.extra.addWidget(rule())
        self.extra.addWidget(changes)

    def _show_decided(self) -> None:
        """Table and canvas as decided so far."""
        merge = self._merge
        if merge is None:
            return
        count = len(merge.conflicts)
        s = "s" if count > 1 else ""
        self._head.setText(f"{count} place{s} changed on both sides. Choose for each.")
        rows = [
            _Row(
                number,
                _place(merge, conflict),
                _short(merge.mine, conflict.mine),
                _short(merge.theirs, conflict.theirs),
                self._sides.get(number, "mine"),
                f"Mine: {_told(merge.mine, conflict.mine)}\n"
                f"Theirs: {_told(merge.theirs, conflict.theirs)}",
            )
            for number, conflict in enumerate(merge.conflicts)
        ]
        self.conflicts.rows_model.set_rows(rows)
        found = difference(merge.mine.after, self.decided)
        self.show_compared(Compared(found, "yours", "the merged one", "before"))
        self.swap.hide()

    def _decide(self, side: Side) -> None:
        chosen = self.conflicts.current()
        if chosen is not None:
            self._sides[chosen.number] = side
            self._show_decided()

    def _follow_conflict(self, chosen: _Row | None) -> None:
        for made in (self.use_mine, self.use_theirs):
            made.setEnabled(chosen is not None)
        if chosen is not None and self._merge is not None:
            path = self._merge.conflicts[chosen.number].path
            self.canvas.pick(path[1] if path[0] == "nodes" else "")

    def _finish(self) -> None:
        self.merged.emit(self.decided)


def _told(side: Difference, changes: tuple[Change, ...]) -> str:
    return "; ".join(line_of(side, change).text for change in changes)


def _short(side: Difference, changes: tuple[Change, ...]) -> str:
    """What one side made of it, where that is a single value."""
    if len(changes) != 1:
        return _told(side, changes)
    line = line_of(side, changes[0])
    own = line.topic in ("value", "connection") and line.after
    return line.after if own else f"{line.kind}"


def _place(merge: Merge, conflict: Conflict) -> str:
    """`Train · max_depth`"""
    outer = min((*conflict.mine, *conflict.theirs), key=lambda c: len(c.path))
    side = merge.mine if outer in conflict.mine else merge.theirs
    line = line_of(side, outer)
    named = line.what.startswith(line.step) or not line.step
    parts = [line.what] if named and line.what else [line.step, line.what]
    return " · ".join(filter(None, parts)) or "Pipeline"


def _rows() -> RowsModel[_Row]:
    columns: list[Column[_Row]] = [
        Column("Chosen", lambda r: _SIDES[r.side], kind="chip", width=90),
        Column("Where", lambda r: r.place, width=130, tip=lambda r: r.tip),
        Column("Mine", lambda r: r.mine, width=110, tip=lambda r: r.tip),
        Column("Theirs", lambda r: r.theirs, width=110, tip=lambda r: r.tip),
    ]
    return RowsModel(columns, key=lambda r: r.number)
