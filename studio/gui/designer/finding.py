"""Search in the open pipeline: steps that match are ringed, one of them selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen

from studio.domain.composition import INTO
from studio.domain.step_search import StepSearch
from studio.gui.actions import Action
from studio.gui.designer.composing import Composing
from studio.gui.designer.find_bar import FindBar
from studio.gui.designer.geometry import RADIUS
from studio.gui.designer.titles import title_of
from studio.gui.theme.theme import tokens

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

KEY, GAP, PAUSE_MS = "found", 5.0, 120


@dataclass(frozen=True)
class FoundMark:
    """A ring of the accent's colour around a card."""

    def paint_under(self, painter: QPainter, card: QRectF) -> None:
        painter.setPen(QPen(QColor(tokens().accent), 1.5, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        grown = card.adjusted(-GAP, -GAP, GAP, GAP)
        painter.drawRoundedRect(grown, RADIUS + GAP, RADIUS + GAP)

    def paint_over(self, painter: QPainter, card: QRectF) -> None:
        pass


class Finding(QObject):
    """A feature of the designer."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page
        self._search = StepSearch(page.bench.catalog.of)
        self._found: list[str] = []
        self._inside: dict[str, tuple[str, ...]] = {}
        """By what stands for it in `_found`: the way to a step inside of a step."""
        self._marked: set[str] = set()
        self._current = ""
        self.bar = FindBar()
        self.bar.hide()
        page.bench.put_above_canvas(self.bar)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._show_first)
        self.bar.typed.connect(lambda _: self._pause.start())
        self.bar.entered.connect(self._enter)
        self.bar.next_wanted.connect(self.next)
        self.bar.previous_wanted.connect(self.previous)
        self.bar.closed.connect(self.close)
        page.editor.opened.connect(self._opened)

    def verbs(self) -> Sequence[Action]:
        page = self._page
        return [
            Action("find.steps", "Find steps", "magnifying-glass", "Ctrl+F", "Edit",
                   self.bar.begin, page.is_open),
            Action("find.next", "Next step found", "caret-down", "F3", "Edit",
                   self.next, page.is_open),
            Action("find.previous", "Previous step found", "caret-up", "Shift+F3",
                   "Edit", self.previous, page.is_open),
        ]  # fmt: skip

    def canvas_verbs(self) -> Sequence[str]:
        return ()

    def next(self) -> None:
        """Select the next of the found ones; after the last comes the first."""
        self._step(1)

    def previous(self) -> None:
        self._step(-1)

    def close(self) -> None:
        """The found step stays selected."""
        self._pause.stop()
        self.bar.hide()
        self._mark(())
        self._page.view.setFocus()

    def _enter(self) -> None:
        """On to the next one; to a step inside of another one first."""
        if self._current in self._inside and not self._pause.isActive():
            way = self._inside[self._current]
            self.close()
            compose = next(f for f in self._page.features if isinstance(f, Composing))
            compose.go_to(way)
        else:
            self.next()

    def _step(self, way: int) -> None:
        if self.bar.isHidden():
            self.bar.begin()
        if self._pause.isActive():  # Enter before the pause is over: the first one
            self._show_first()
            return
        self._look()
        if self._found:
            at = self._found.index(self._current) if self._current else -(way > 0)
            self._show(self._found[(at + way) % len(self._found)])

    def _show_first(self) -> None:
        self._pause.stop()
        self._look()
        if self._found:
            self._show(self._current or self._found[0])

    def _show(self, node_id: str) -> None:
        self._current = node_id
        card = self._card_of(node_id)
        self._page.bench.scene.select([card])
        self._page.view.reveal(card)
        self._count()

    def _look(self) -> None:
        """Search the pipeline as it is now."""
        text = self.bar.search.text()
        pipeline = self._page.editor.pipeline
        ways = self._search.find_inside(pipeline, text)
        self._inside = {INTO.join(way): way for way in ways}
        self._found = [*self._search.find(pipeline, text), *self._inside]
        if self._current not in self._found:
            self._current = ""
        self._mark([self._card_of(each) for each in self._found])
        self._count()

    def _look_again(self) -> None:
        if not self.bar.isHidden():
            self._look()

    def _count(self) -> None:
        at = self._found.index(self._current) + 1 if self._current else 0
        self.bar.show_count(at, len(self._found))
        editor, way = self._page.editor, self._inside.get(self._current, ())
        where = title_of(editor.pipeline, way, editor.catalog.of)
        self.bar.show_inside(where)

    def _card_of(self, found: str) -> str:
        """The id of the card that is, or holds, a step that was found."""
        way = self._inside.get(found)
        return self._page.editor.pipeline.node(way[0]).id if way else found

    def _mark(self, ids: Sequence[str]) -> None:
        nodes, wanted = self._page.bench.scene.nodes, set(ids)
        for node_id in self._marked - wanted:
            if node_id in nodes:
                nodes[node_id].set_mark(KEY, None)
        for node_id in wanted:
            nodes[node_id].set_mark(KEY, FoundMark())
        self._marked = wanted

    def _opened(self) -> None:
        self._pause.stop()
        self._found, self._inside, self._current = [], {}, ""
        self._marked = set()
        document = self._page.document
        if document is None:
            self.bar.hide()
            return
        document.changed.connect(self._look_again)
        self._look_again()
