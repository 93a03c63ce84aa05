"""The Docker engine, and the images made here: what they cost, and who uses them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QSplitter, QStackedWidget, QWidget

from studio.domain.container_engine import EngineContext, EngineImage, ImageLayer
from studio.gui.environments.engine_facts import (
    EngineFacts,
    about,
    engine_facts,
    read_engine,
)
from studio.gui.tasks import Task, Tasks
from studio.gui.widgets.basics import (
    button,
    column,
    frame,
    give_room,
    label,
    row,
    wrap_in,
)
from studio.gui.widgets.chip import Chip, StateLook
from studio.gui.widgets.elided import ElidedLabel
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.facts import FactList
from studio.gui.widgets.formats import format_bytes
from studio.gui.widgets.hints import in_window
from studio.gui.widgets.panel import scrolled
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.bootstrap import Studio

FIXED = QSizePolicy.Policy.Fixed
FOUND = StateLook("Engine found", "ok", "check-circle")
AWAY = StateLook("No engine", "warn", "warning")
LOOKING = StateLook("Looking", "run", "circle-notch")
LOOK_MS = 4000


class ImagesTab(QWidget):
    """`changed` when another image is chosen, or the list is another.

    While it is in sight it looks again by itself: an engine may stop and come back.
    """

    changed = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, studio: Studio, tasks: Tasks) -> None:
        super().__init__()
        self._studio, self._tasks = studio, tasks
        self._reading: Task | None = None
        self._asking: Task | None = None
        self._looking = QTimer(self, interval=LOOK_MS)
        self._wanted = ""  # a context that a person has chosen
        self.facts: EngineFacts | None = None
        self.chip = Chip()
        self.contexts = QComboBox()
        self.about = ElidedLabel("caption")
        self._buttons = row(gap=8)
        self.again = button("Look again", clicked=self.reload)
        self.table: DataTable[EngineImage] = DataTable(
            RowsModel(_columns(), key=lambda each: each.id)
        )
        self.table.setAccessibleName("Images")
        self.layers: DataTable[ImageLayer] = DataTable(RowsModel(_layer_columns()))
        self.layers.setAccessibleName("Lines of the image's Dockerfile")
        self.layers_title = label("", "section")
        self.engine = FactList(names=84)
        self._lists = QStackedWidget()
        self._empty = EmptyState("cube", "", "")
        self._build()

    @property
    def image(self) -> EngineImage | None:
        """The chosen one."""
        return self.table.current() if self._lists.currentIndex() == 1 else None

    @property
    def context(self) -> EngineContext | None:
        """The engine that is looked at; None for the one that Docker has chosen."""
        found = self.facts is not None and self.facts.state.found
        return self.facts.state.context if self.facts and found else None

    def add_buttons(self, buttons: Sequence[QWidget]) -> None:
        """Verbs about images, beside what is said of the engine."""
        for each in buttons:
            each.setSizePolicy(FIXED, FIXED)
            self._buttons.addWidget(each)

    def reload(self) -> None:
        """Ask the engine again, also for the room it takes."""
        self._read(None)

    def look(self) -> None:
        """See whether anything is otherwise by now."""
        if self._reading is None or self._reading.finished:
            self._read(self.facts)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._looking.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._looking.stop()

    def _read(self, before: EngineFacts | None) -> None:
        if self._reading is not None:
            self._reading.cancel()
        if self.facts is None:
            self.chip.set_look(LOOKING)
        self._reading = self._tasks.run(
            partial(read_engine, self._studio, self._wanted, before),
            done=self._show,
            owner=self,
        )

    def _build(self) -> None:
        self.chip.set_look(LOOKING)
        self.contexts.setAccessibleName("Docker engine")
        self.contexts.setMinimumWidth(150)
        give_room(self.contexts)
        self.contexts.hide()
        bar = row(self.chip, self.contexts, gap=10, margins=(16, 6, 16, 6))
        bar.addWidget(self.about)
        bar.addStretch(1)
        bar.addLayout(self._buttons)
        bar.addWidget(self.again)
        self.again.setSizePolicy(FIXED, FIXED)
        below = column(
            frame("header", row(self.layers_title, None, margins=(16, 6, 8, 6))), gap=0
        )
        below.addWidget(self.layers, 1)
        lists = QSplitter(Qt.Orientation.Vertical)
        lists.setChildrenCollapsible(False)
        lists.addWidget(self.table)
        lists.addWidget(wrap_in(below))
        lists.setSizes([300, 400])
        self._lists.addWidget(self._empty)
        self._lists.addWidget(lists)
        self._sides = QSplitter()
        self._sides.setChildrenCollapsible(False)
        self._sides.addWidget(self._lists)
        self._sides.addWidget(self._panel())
        self._sides.setSizes([1000, 300])
        self._sides.setStretchFactor(0, 1)
        layout = column(frame("header", bar), gap=0)
        layout.addWidget(self._sides, 1)
        self.setLayout(layout)
        self.table.current_changed.connect(self._choose)
        self.table.menu_wanted.connect(lambda _image, at: self.menu_wanted.emit(at))
        self.contexts.activated.connect(self._switch)
        self._looking.timeout.connect(self.look)
        self._empty.set_text("Looking for a Docker engine", "")

    def _panel(self) -> QWidget:
        inner = column(self.engine, None, margins=(16, 12, 16, 12))
        head = frame(
            "header",
            row(label("Docker engine", "section"), None, margins=(16, 6, 8, 6)),
        )
        layout = column(head, gap=0)
        layout.addWidget(scrolled(wrap_in(inner)), 1)
        self._side = wrap_in(layout)
        self._side.setMinimumWidth(220)
        self._side.hide()
        return self._side

    def _switch(self) -> None:
        """Another engine: nothing of the one before is shown meanwhile."""
        self._wanted = str(self.contexts.currentData())
        self.chip.set_look(LOOKING)
        self.table.rows_model.set_rows(())
        self._tasks.run(
            partial(self._studio.images.choose, self._wanted),
            done=lambda _: self.reload(),
            owner=self,
        )

    def _show(self, facts: EngineFacts) -> None:
        if facts == self.facts:
            return
        self.facts = facts
        state = facts.state
        self.chip.set_look(FOUND if state.found else AWAY)
        self.about.setText(about(facts))
        self._offer(facts)
        self._side.setVisible(state.found)
        self.engine.set_facts(engine_facts(facts))
        self.table.rows_model.set_rows(facts.images)
        self._lists.setCurrentIndex(1 if facts.images else 0)
        if not state.found:
            hint = in_window(state.hint)
            said = f"{state.message}. {hint}. It is looked for again by itself."
            self._empty.set_text("No Docker engine", said.replace("..", "."))
        elif not facts.images:
            self._empty.set_text(
                "No images yet",
                "Build the image of an environment, and what it costs stands here.",
            )
        elif self.table.current() is None:
            self.table.select_key(facts.images[0].id)
        self.changed.emit()

    def _offer(self, facts: EngineFacts) -> None:
        """The engines there are; a choice only where there are several."""
        names = [each.name for each in facts.contexts]
        known = [self.contexts.itemData(n) for n in range(self.contexts.count())]
        self.contexts.setVisible(len(names) > 1)
        if names != known:
            self.contexts.clear()
            for each in facts.contexts:
                self.contexts.addItem(each.name, each.name)
        self.contexts.setCurrentIndex(self.contexts.findData(facts.state.context.name))

    def _choose(self, image: EngineImage | None) -> None:
        self.changed.emit()
        if self._asking is not None:
            self._asking.cancel()
        self.layers.rows_model.set_rows(())
        self.layers_title.setText("" if image is None else f"Lines of {image.name}")
        if image is not None:
            self._asking = self._tasks.run(
                partial(self._studio.images.layers, image.id, self.context),
                done=self.layers.rows_model.set_rows,
                failed=lambda _error: self.look(),
                owner=self,
            )


def _columns() -> list[Column[EngineImage]]:
    return [
        Column("Image", lambda each: each.name, width=220),
        Column("Made of", lambda each: each.made_of, width=130),
        Column("Kind", lambda each: each.kind.capitalize(), kind="muted", width=96),
        Column(
            "Size",
            lambda each: format_bytes(each.size_bytes),
            align="right",
            width=80,
            sort_key=lambda each: each.size_bytes,
        ),
        Column("Created", lambda each: each.created_at, kind="time", width=104),
        Column(
            "Used by",
            lambda each: ", ".join(each.used_by) or "nobody",
            kind="muted",
            tip=lambda each: "\n".join(each.used_by),
        ),
    ]


def _layer_columns() -> list[Column[ImageLayer]]:
    return [
        Column(
            "Size",
            lambda each: format_bytes(each.size_bytes),
            align="right",
            width=90,
            sort_key=lambda each: each.size_bytes,
        ),
        Column(
            "From",
            lambda each: "base image" if each.from_base else "this image",
            kind="muted",
            width=110,
        ),
        Column("Line", lambda each: each.line, kind="mono", tip=lambda each: each.line),
    ]
