"""A model tried in an environment: declared, locked and imported beside each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QStackedWidget, QWidget

from studio.domain.model import ModelVersion
from studio.domain.twin import TwinReport, TwinRow
from studio.gui.tasks import Tasks
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import (
    button,
    column,
    frame,
    give_room,
    label,
    row,
    wrap_in,
)
from studio.gui.widgets.chip import StateLook
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.formats import format_seconds
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable
from studio.gui.works import Work, Works
from studio.services.environments.twin import ImageWish

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.environment import Declaration, EnvironmentVersion

_LOOKS = {
    "same": StateLook("Same", "ok", "check-circle"),
    "differs": StateLook("Differs", "warn", "warning"),
    "missing": StateLook("Missing", "err", "x-circle"),
    "unused": StateLook("Unused", "idle", ""),
}
_SERIOUS = StateLook("Differs", "err", "x-circle")
_SAMPLES = {
    "example": "its example",
    "missing": "with missing values",
    "smallest": "smallest values",
    "largest": "largest values",
}
_MIB = 2**20
_MOST_MODELS = 200


class TwinTab(QWidget):
    """`made(reference)` once a version was made that has what was missing."""

    made = Signal(str)

    def __init__(self, studio: Studio, tasks: Tasks, works: Works) -> None:
        super().__init__()
        self._studio, self._tasks, self._works = studio, tasks, works
        self._version: EnvironmentVersion | None = None
        self._work: Work | None = None
        self._trusted: dict[str, bool] = {}
        self.report: TwinReport | None = None
        self.models = QComboBox()
        self.models.setAccessibleName("Model to try")
        self.places = QComboBox()
        self.places.setAccessibleName("Where to try it")
        self.trust = QCheckBox("I trust where this model comes from")
        self.try_button = button("Try", kind="primary", clicked=self.start)
        self.add = button(
            "Make a version that fits", icon="plus", clicked=self.add_missing
        )
        self.unused = QCheckBox("Show unused packages")
        self.unused.setChecked(True)
        self.banner = Banner("ok")
        self.facts = label("", "caption", wrap=True)
        self.table: DataTable[TwinRow] = DataTable(
            RowsModel(_columns(), key=lambda each: each.name)
        )
        self.table.setAccessibleName("Packages declared, locked and imported")
        self._stack = QStackedWidget()
        self._build()
        works.changed.connect(self._follow)

    def set_version(self, version: EnvironmentVersion) -> None:
        """The environment that a model is tried in."""
        another = self._version is None or self._version.reference != version.reference
        self._version = version
        if another:
            self._show(None)
            self._offer_places(version)
        self.reload()

    def _offer_places(self, version: EnvironmentVersion) -> None:
        """An environment that is nothing but an image can't be a folder here."""
        self.places.clear()
        if version.declaration.is_locked:
            self.places.addItem("This computer", None)
        self.places.addItem("Docker image", ImageWish())

    def reload(self) -> None:
        """Offer the models that there are now."""
        self._tasks.run(
            lambda: self._studio.models.list(limit=_MOST_MODELS).models,
            done=self._offer,
            owner=self,
        )

    def start(self) -> None:
        """Try the chosen model in the environment shown."""
        model = str(self.models.currentData() or "")
        if self._version is None or not model:
            return
        reference = self._version.reference
        check = partial(
            self._studio.twin.check,
            reference,
            model,
            trust=self.trust.isChecked(),
            image=self.places.currentData(),
        )
        self.banner.hide()
        if self.try_button.hasFocus():  # else it goes on to the Cancel of this work
            self.models.setFocus()
        title = f"Try {model} in {reference}"
        self._work = self._works.start(title, reference, check, self.show_report)
        self._enable()

    def add_missing(self) -> None:
        """Make a version that declares what is missing or pinned otherwise."""
        if self.report is not None:
            self._tasks.run(
                partial(self._make, self.report),
                done=self.made.emit,
                failed=self._failed,
                owner=self,
            )

    def _make(self, report: TwinReport) -> str:
        name = report.environment.partition(":")[0]
        declaration: Declaration = self._studio.twin.add_missing(report)
        return self._studio.environments.create(name, declaration).reference

    def _offer(self, models: Sequence[ModelVersion]) -> None:
        chosen = self.models.currentData()
        self._trusted = {each.reference: each.trained_here for each in models}
        self.models.clear()
        for each in models:
            self.models.addItem(each.reference, each.reference)
        self.models.setCurrentIndex(max(0, self.models.findData(chosen)))
        self._enable()

    def _follow(self, work: Work) -> None:
        if work is not self._work or work.goes_on:
            return
        if work.error is not None and work.state == "FAILED":
            self._failed(work.error)
        self._work = None
        self._enable()

    def _failed(self, error: BaseException) -> None:
        self.banner.show_message("err", str(error), hint=getattr(error, "hint", ""))
        self.banner.show()

    def show_report(self, report: TwinReport) -> None:
        """What a trial of the version shown has told."""
        if self._version and report.environment == self._version.reference:
            self._show(report)

    def _show(self, report: TwinReport | None) -> None:
        self.report = report
        self._stack.setCurrentIndex(1 if report else 0)
        self.banner.setVisible(report is not None)
        self._enable()
        if report is None:
            self.table.rows_model.set_rows([])
            self.facts.setText("")
            return
        more = [*report.reasons[1:], *report.notes]
        self.banner.show_message(
            "ok" if report.passed else "err",
            f"{report.words}.",
            hint="\n".join(more[:4]),
        )
        self.facts.setText(_facts(report))
        self._fill()

    def _fill(self) -> None:
        if self.report is not None:
            shown = self.unused.isChecked()
            rows = [r for r in self.report.rows if shown or r.verdict != "unused"]
            self.table.rows_model.set_rows(rows)

    def _enable(self) -> None:
        model = str(self.models.currentData() or "")
        trusted = self._trusted.get(model, True)
        self.trust.setVisible(not trusted)
        may = trusted or self.trust.isChecked()
        self.try_button.setEnabled(bool(model) and may and self._work is None)
        self.try_button.setText("Trying…" if self._work else "Try")
        self.add.setVisible(self.report is not None and not self.report.passed)

    def _build(self) -> None:
        give_room(self.models)
        self.models.setMinimumWidth(120)
        self.places.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.models.setPlaceholderText("No models yet")
        self.banner.hide()
        self.trust.toggled.connect(self._enable)
        self.models.currentIndexChanged.connect(self._enable)
        self.unused.toggled.connect(self._fill)
        bar = row(
            self.models, self.places, self.try_button, None, margins=(16, 6, 16, 6)
        )
        head = column(bar, gap=0)
        head.addLayout(row(self.trust, None, margins=(16, 0, 16, 6)))
        full = column(gap=0)
        full.addLayout(row(self.facts, margins=(16, 8, 16, 4)))
        full.addLayout(row(self.unused, None, self.add, margins=(16, 0, 16, 6)))
        full.addWidget(self.table, 1)
        self._stack.addWidget(
            EmptyState(
                "flask",
                "No model was tried here yet",
                "Choose a model and try it: it is loaded and asked in this very "
                "environment, before anything is deployed.",
            )
        )
        self._stack.addWidget(wrap_in(full))
        layout = column(frame("header", head), gap=0)
        layout.addLayout(column(self.banner, margins=(16, 8, 16, 0)))
        layout.addWidget(self._stack, 1)
        self.setLayout(layout)


def _facts(report: TwinReport) -> str:
    told = report.rehearsal
    place = f"the image of {report.environment}" if report.image else report.environment
    parts = [f"{report.model} in {place}", f"Python {told.python}"]
    parts += [f"{name} {format_seconds(took)}" for name, took in told.phases.items()]
    parts.append(f"{told.memory_bytes / _MIB:.0f} MiB")
    parts += [
        f"{_SAMPLES.get(each.name, each.name)}: {each.outcome}" for each in told.samples
    ]
    ran = told.providers.get("ran")
    if isinstance(ran, dict) and ran:
        parts.append("computed with " + ", ".join(map(str, ran)))
    return " · ".join(parts)


def _look(each: TwinRow) -> StateLook:
    differs = each.verdict == "differs" and each.serious
    return _SERIOUS if differs else _LOOKS[each.verdict]


def _columns() -> list[Column[TwinRow]]:
    def version(
        title: str, of: Callable[[TwinRow], str], width: int
    ) -> Column[TwinRow]:
        return Column(title, of, kind="mono", width=width, fades=_is_unused)

    return [
        Column(
            "Verdict",
            _look,
            kind="chip",
            width=104,
            sort_key=lambda each: each.verdict,
            tip=lambda each: each.words,
        ),
        Column(
            "Package",
            lambda each: each.name,
            width=130,
            tip=lambda each: each.words,
            fades=_is_unused,
        ),
        version("Declared", lambda each: each.declared, 84),
        version("Locked", lambda each: each.locked, 76),
        replace(
            version("Imported", lambda each: each.imported, 80),
            warns=lambda each: each.verdict == "differs",
        ),
        version("Model", lambda each: each.asked_by_model, 84),
    ]


def _is_unused(each: TwinRow) -> bool:
    return each.verdict == "unused"
