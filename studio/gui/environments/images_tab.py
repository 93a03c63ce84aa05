"""The Docker engine, and the images made here: what they cost, and who uses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QSplitter, QStackedWidget, QWidget

from studio.domain.container_engine import (
    DiskUse,
    EngineImage,
    EngineState,
    ImageLayer,
)
from studio.gui.tasks import Task, Tasks
from studio.gui.widgets.basics import button, column, frame, label, row, wrap_in
from studio.gui.widgets.chip import Chip, StateLook
from studio.gui.widgets.elided import ElidedLabel
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.formats import format_bytes
from studio.gui.widgets.hints import in_window
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.bootstrap import Studio

FIXED = QSizePolicy.Policy.Fixed
FOUND = StateLook("Engine found", "ok", "check-circle")
AWAY = StateLook("No engine", "warn", "warning")
LOOKING = StateLook("Looking", "run", "circle-notch")


@dataclass(frozen=True)
class EngineFacts:
    """An engine as it was found, with its images."""

    state: EngineState
    images: tuple[EngineImage, ...] = ()
    use: DiskUse | None = None


class ImagesTab(QWidget):
    """`changed` when another image is chosen, or the list is another."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, studio: Studio, tasks: Tasks) -> None:
        super().__init__()
        self._studio, self._tasks = studio, tasks
        self._reading: Task | None = None
        self._asking: Task | None = None
        self.facts: EngineFacts | None = None
        self.chip = Chip()
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
        self._stack = QStackedWidget()
        self._empty = EmptyState("cube", "", "")
        self._build()

    @property
    def image(self) -> EngineImage | None:
        """The chosen one."""
        shown = self._stack.currentIndex() == 1
        return self.table.current() if shown else None

    def add_buttons(self, buttons: Sequence[QWidget]) -> None:
        """Verbs about images, beside what is said of the engine."""
        for each in buttons:
            each.setSizePolicy(FIXED, FIXED)
            self._buttons.addWidget(each)

    def reload(self) -> None:
        """Ask the engine again."""
        if self._reading is not None and not self._reading.finished:
            return
        if self.facts is None:
            self.chip.set_look(LOOKING)
        self._reading = self._tasks.run(
            partial(_read, self._studio),
            done=self._show,
            failed=self.failed.emit,
            owner=self,
        )

    def _build(self) -> None:
        self.chip.set_look(LOOKING)
        bar = row(self.chip, self.about, None, gap=10, margins=(16, 6, 16, 6))
        bar.addLayout(self._buttons)
        bar.addWidget(self.again)
        self.again.setSizePolicy(FIXED, FIXED)
        below = column(
            frame("header", row(self.layers_title, None, margins=(16, 6, 8, 6))), gap=0
        )
        below.addWidget(self.layers, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(wrap_in(below))
        split.setSizes([300, 400])
        self._stack.addWidget(self._empty)
        self._stack.addWidget(split)
        layout = column(frame("header", bar), gap=0)
        layout.addWidget(self._stack, 1)
        self.setLayout(layout)
        self.table.current_changed.connect(self._choose)
        self._empty.set_text("Looking for a Docker engine", "")

    def _show(self, facts: EngineFacts) -> None:
        self.facts = facts
        state = facts.state
        self.chip.set_look(FOUND if state.found else AWAY)
        self.about.setText(about(facts))
        self.table.rows_model.set_rows(facts.images)
        self._stack.setCurrentIndex(1 if facts.images else 0)
        if not state.found:
            hint = in_window(state.hint)
            self._empty.set_text("No Docker engine", f"{state.message}. {hint}")
        elif not facts.images:
            self._empty.set_text(
                "No images yet",
                "Build the image of an environment, and what it costs stands here.",
            )
        elif self.table.current() is None:
            self.table.select_key(facts.images[0].id)
        self.changed.emit()

    def _choose(self, image: EngineImage | None) -> None:
        self.changed.emit()
        if self._asking is not None:
            self._asking.cancel()
        self.layers.rows_model.set_rows(())
        self.layers_title.setText("" if image is None else f"Lines of {image.name}")
        if image is not None:
            self._asking = self._tasks.run(
                partial(self._studio.images.layers, image.id),
                done=self._show_layers,
                failed=lambda _error: self.reload(),
                owner=self,
            )

    def _show_layers(self, layers: Sequence[ImageLayer]) -> None:
        self.layers.rows_model.set_rows(layers)


def about(facts: EngineFacts) -> str:
    """Version, platform, graphics card and room, in a line."""
    state, use = facts.state, facts.use
    if not state.found:
        return state.context.host
    parts = [
        f"Docker {state.version}",
        state.platform,
        "rootless" if state.rootless else "",
        f"GPU {state.gpu}" if state.gpu else "no GPU",
        f"{format_bytes(use.total)} used" if use else "",
        f"{format_bytes(use.reclaimable)} can be freed" if use else "",
        f"{format_bytes(state.free_bytes)} free" if state.free_bytes else "",
        state.context.name,
    ]
    return " · ".join(part for part in parts if part)


def _read(studio: Studio) -> EngineFacts:
    state = studio.images.engine()
    if not state.found:
        return EngineFacts(state)
    found = tuple(studio.images.list())
    return EngineFacts(state, found, studio.images.disk_use())


def _columns() -> list[Column[EngineImage]]:
    return [
        Column("Image", lambda each: each.name, width=260),
        Column("Kind", lambda each: each.kind.capitalize(), kind="muted", width=110),
        Column(
            "Size",
            lambda each: format_bytes(each.size_bytes),
            align="right",
            width=90,
            sort_key=lambda each: each.size_bytes,
        ),
        Column("Created", lambda each: each.created_at, kind="time", width=120),
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
