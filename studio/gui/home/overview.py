"""The latest runs, models and endpoints, and other workspaces, as rows to press."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.domain.endpoint import Endpoint
from studio.domain.model import ModelVersion
from studio.domain.run import Run
from studio.gui.home.cards import LinkRow
from studio.gui.home.glance import MOST, Glance, ailing
from studio.gui.widgets.basics import (
    button,
    clear,
    column,
    frame,
    label,
    row,
    rule,
)
from studio.gui.widgets.chip import look
from studio.gui.widgets.formats import format_seconds, format_time
from studio.gui.widgets.measures import measure_text
from studio.gui.widgets.reflow import Reflow

Go: TypeAlias = Callable[[], object]
MOST_RECENT, LEAST_CARD = 6, 200


class ListCard(QWidget):
    """A titled card of rows; it says what would be here when there are none."""

    def __init__(
        self, title: str, empty: str, all_text: str = "", show_all: Go | None = None
    ) -> None:
        super().__init__()
        self._empty = empty
        self._rows = column(gap=0)
        head = row(label(title, "section"), None, gap=4)
        if show_all is not None:
            more = button(all_text, kind="link", clicked=show_all)
            more.setAccessibleName(f"{all_text}: {title}")
            head.addWidget(more)
        inner = column(gap=0, margins=(1, 1, 1, 1))
        inner.addLayout(self._rows)
        inner.addStretch(1)
        self._card = frame("card", inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._card, 1)
        self.rows: list[LinkRow] = []

    def show_rows(self, rows: Sequence[tuple[LinkRow, Go]]) -> None:
        """Replace the rows."""
        clear(self._rows)
        self.rows = [made for made, _ in rows]
        for number, (made, go) in enumerate(rows):
            if number:
                self._rows.addWidget(rule())
            made.clicked.connect(go)
            self._rows.addWidget(made)
        if not rows:
            words = label(self._empty, "help", wrap=True)
            words.setContentsMargins(12, 12, 12, 12)
            self._rows.addWidget(words)


class Overview(QWidget):
    """`wanted(page, target)` when a row is pressed."""

    wanted = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = ListCard(
            "Latest runs",
            "No runs yet. Open a pipeline and press Run.",
            "All runs",
            lambda: self.wanted.emit("runs", {}),
        )
        self.models = ListCard(
            "Models",
            "No models yet. A run with the step Register model makes one.",
            "All models",
            lambda: self.wanted.emit("models", {}),
        )
        self.endpoints = ListCard(
            "Endpoints",
            "No endpoints yet. Deploy a model to send it requests.",
            "All endpoints",
            lambda: self.wanted.emit("endpoints", {}),
        )
        cards = (self.runs, self.models, self.endpoints)
        self.cards = Reflow(cards, least=LEAST_CARD, gap=12)
        whole = column(gap=0)
        whole.addWidget(self.cards)
        self.setLayout(whole)

    def show_glance(self, glance: Glance) -> None:
        """Show what was read."""
        self.runs.show_rows(
            [(_run_row(r), self._go("runs", run_id=r.id)) for r in glance.runs]
        )
        self.models.show_rows(
            [
                (_model_row(m), self._go("models", reference=m.reference))
                for m in glance.models
            ]
        )
        self.endpoints.show_rows(
            [
                (_endpoint_row(e), self._go("endpoints", endpoint=e.name))
                for e in glance.endpoints[:MOST]
            ]
        )

    def _go(self, page: str, **target: Any) -> Go:
        return lambda: self.wanted.emit(page, target)


class RecentCard(ListCard):
    """Workspaces used before; `picked(folder)`."""

    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__(
            "Recent workspaces", "Workspaces you open are listed here for next time."
        )

    def show_folders(self, folders: Sequence[Path]) -> None:
        """Show these, the last used first."""
        rows = [
            LinkRow(path.name, icon="folder", detail=_at_home(path), is_path=True)
            for path in folders[:MOST_RECENT]
        ]
        goes = [partial(self.picked.emit, path) for path in folders[:MOST_RECENT]]
        self.show_rows(list(zip(rows, goes, strict=True)))


def _run_row(run: Run) -> LinkRow:
    shown = look(run.shown_state)
    seconds = format_seconds(run.seconds) if run.seconds is not None else ""
    when = format_time(run.started_at or run.created_at)
    facts = [shown.word, seconds, when]
    return LinkRow(
        run.pipeline,
        icon=shown.icon,
        ink=shown.tone,
        detail=" · ".join(part for part in facts if part),
    )


def _model_row(model: ModelVersion) -> LinkRow:
    metric = next(iter(sorted(model.metrics.items())), None)
    facts = [
        f"{metric[0]} {measure_text(*metric)}" if metric else model.type,
        format_time(model.created_at),
    ]
    serving = look("SERVING") if model.used_by else None
    return LinkRow(
        model.reference,
        icon=serving.icon if serving else "stack",
        ink=serving.tone if serving else "text2",
        detail=" · ".join([*(["Serving"] if serving else []), *facts]),
    )


def _endpoint_row(endpoint: Endpoint) -> LinkRow:
    sick = ailing(endpoint)
    state = sick.state.value if sick is not None else endpoint.state
    shown = look(state, serving=True)
    serving = [name for name, share in endpoint.traffic.items() if share]
    found = endpoint.deployment(serving[0]) if serving else None
    detail = " · ".join([shown.word, *([found.model] if found else [])])
    return LinkRow(endpoint.name, icon=shown.icon, ink=shown.tone, detail=detail)


def _at_home(path: Path) -> str:
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except ValueError:
        return str(path)
