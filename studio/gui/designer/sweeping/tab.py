"""The tab "Sweeps": the trials of one as a table and as parallel coordinates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from studio.domain.sweep import Sweep, Trial
from studio.gui.designer.sweeping.trials import (
    axes_of,
    progress_of,
    state_look,
    title_of,
    traces_of,
    value_text,
)
from studio.gui.widgets.basics import button, column, frame, row, tool_button
from studio.gui.widgets.elided import ElidedLabel
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.measures import measure_text
from studio.gui.widgets.parallel_plot import ParallelPlot
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable


class SweepsTab(QWidget):
    """Shows; what is done about it is the feature's."""

    chosen = Signal(str)
    new_wanted = Signal()
    cancel_wanted = Signal()
    run_wanted = Signal(object)
    values_wanted = Signal(object)
    best_wanted = Signal()
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sweep: Sweep | None = None
        self.list = _list()
        self.progress = _progress()
        self.use = button("Use these values", clicked=partial(self._tell, "values"))
        self.best = button("Register the best", clicked=self.best_wanted.emit)
        self.best.setToolTip("Put the model of the best trial into the registry")
        self.run = tool_button("play-circle", "Show run", partial(self._tell, "run"))
        self.cancel = tool_button("stop", "Cancel sweep", self.cancel_wanted.emit)
        self.new = tool_button("plus", "New sweep", self.new_wanted.emit)
        self.plot = ParallelPlot("Trials as parallel coordinates")
        self._columns: tuple[str, ...] = ()
        self.table = self._make_table(())
        self._halves = QSplitter(Qt.Orientation.Horizontal)
        self._none = EmptyState(
            "sliders-horizontal",
            "No sweeps yet",
            "Run this pipeline with many values of its inputs, and see which do best.",
            primary=("Sweep parameters…", self.new_wanted.emit),
        )
        self._stack = QStackedWidget()
        self._build()

    def show_sweeps(self, sweeps: Sequence[Sweep], current: str) -> None:
        """List sweeps, newest first; show one of them."""
        self.list.clear()
        for one in sweeps:
            self.list.addItem(title_of(one), one.id)
        self.list.setCurrentIndex(self.list.findData(current))
        found = next((one for one in sweeps if one.id == current), None)
        self.show_sweep(found)

    def show_sweep(self, sweep: Sweep | None) -> None:
        """Show one as it is now; None if there is none."""
        other = (sweep.id if sweep else "") != (self.sweep.id if self.sweep else "")
        self.sweep = sweep
        self._stack.setCurrentIndex(1 if sweep else 0)
        if sweep is None:
            return
        if other:
            self.plot.brushes.clear()
            self.plot.choose(None)
        self._suit_table(sweep)
        self.progress.setText(progress_of(sweep))
        self.progress.setToolTip(progress_of(sweep))
        self.plot.show_traces(axes_of(sweep), traces_of(sweep))
        self._fill(self.plot.kept)
        self.cancel.setEnabled(not sweep.state.ended)
        self.best.setEnabled(sweep.state.ended and sweep.best is not None)

    @property
    def trial(self) -> Trial | None:
        """The one that is selected."""
        return self.table.current()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    # -- inside ------------------------------------------------------------------------

    def _build(self) -> None:
        bar = row(self.list, gap=8, margins=(8, 4, 8, 4))
        bar.addWidget(self.progress, 1)
        for made in (self.use, self.best, self.run, self.cancel, self.new):
            bar.addWidget(made)
        self._halves.setChildrenCollapsible(False)
        self._halves.setHandleWidth(1)
        self._halves.addWidget(self.table)
        self._halves.addWidget(self.plot)
        self._halves.setSizes([400, 500])
        inner = QWidget()
        layout = column(frame("header", bar), gap=0)
        layout.addWidget(self._halves, 1)
        inner.setLayout(layout)
        self._stack.addWidget(self._none)
        self._stack.addWidget(inner)
        whole = column(gap=0)
        whole.addWidget(self._stack)
        self.setLayout(whole)
        self.list.activated.connect(
            lambda number: self.chosen.emit(str(self.list.itemData(number)))
        )
        self.plot.picked.connect(lambda key: self.table.select_key(key))
        self.plot.brushed.connect(self._fill)
        self._picked(None)

    def _suit_table(self, sweep: Sweep) -> None:
        """Columns are the inputs that vary: other ones need another table."""
        names = (*sweep.spec.spaces, sweep.spec.metric)
        if names == self._columns:
            return
        self._columns = names
        old, sizes = self.table, self._halves.sizes()
        self.table = self._make_table(names)
        self._halves.replaceWidget(0, self.table)
        self._halves.setSizes(sizes)
        old.deleteLater()

    def _make_table(self, names: Sequence[str]) -> DataTable[Trial]:
        columns: list[Column[Trial]] = [
            Column("Trial", lambda trial: trial.number, kind="number", width=52)
        ]
        columns.append(Column("State", self._look, kind="chip", width=116))
        columns += [self._metric_column(name) for name in names[-1:]]
        columns += [_value_column(name) for name in names[:-1]]
        columns.append(Column("Run", lambda t: t.run_id, kind="mono", width=190))
        made: DataTable[Trial] = DataTable(RowsModel(columns, key=lambda t: t.number))
        made.setAccessibleName("Trials")
        made.set_empty_text("No trial is inside the brushes, or none has begun")
        made.current_changed.connect(self._picked)
        made.activated_row.connect(self.run_wanted.emit)
        return made

    def _metric_column(self, name: str) -> Column[Trial]:
        write: Callable[[float], str] = partial(measure_text, name)
        return Column(name, lambda t: t.value, kind="number", width=76, write=write)

    def _look(self, trial: Trial) -> object:
        return state_look(self.sweep, trial) if self.sweep else trial.state.value

    def _fill(self, kept: frozenset[int] | None) -> None:
        trials = self.sweep.trials if self.sweep else ()
        rows = [one for one in trials if kept is None or one.number in kept]
        self.table.rows_model.set_rows(rows)
        self.table.viewport().update()  # which one is best is no part of a row

    def _picked(self, trial: Trial | None) -> None:
        if trial is not None:
            self.plot.choose(trial.number)
        for made in (self.use, self.run):
            made.setEnabled(trial is not None)

    def _tell(self, what: str) -> None:
        trial = self.trial
        if trial is not None:
            wanted = self.values_wanted if what == "values" else self.run_wanted
            wanted.emit(trial)


def _value_column(name: str) -> Column[Trial]:
    return Column(
        name,
        lambda trial: trial.parameters.get(name),
        align="right",
        write=value_text,
    )


def _list() -> QComboBox:
    made = QComboBox()
    made.setAccessibleName("Sweep")
    policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
    made.setSizeAdjustPolicy(policy)
    made.setMinimumContentsLength(20)
    return made


def _progress() -> QLabel:
    made = ElidedLabel("caption")
    made.setAccessibleName("Progress of the sweep")
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return made
