"""The dialog that asks what to vary, for which metric, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QVBoxLayout, QWidget

from studio.domain.errors import InvalidError, StudioError
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.domain.sweep import Space, SweepSpec, check_sweep
from studio.gui.designer.sweeping.fields import (
    GOALS,
    SAMPLINGS,
    MetricField,
    SpaceField,
    likely_goal,
    setting_specs,
    settings_of,
    whole,
)
from studio.gui.designer.sweeping.knobs import (
    Key,
    Knob,
    Known,
    input_knobs,
    step_knobs,
    with_inputs,
)
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import button, clear, column, label, row, wrap_in
from studio.gui.widgets.field import FieldSpec
from studio.gui.widgets.form import Form
from studio.gui.widgets.panel import scrolled
from studio.gui.widgets.progress import ProgressRow

SIZE = QSize(820, 600)
SETTINGS_WIDTH, GAP = 272, 12
_HOW = (
    "Each trial runs the pipeline with other values. List them as 50, 100, 200, or "
    "write a range as 0.01..1, 1..9 step 2 or 0.001..1 log. What stays empty keeps "
    "its value. Trials register no models; the best one's is registered afterwards, "
    "from the list of trials."
)


@dataclass(frozen=True)
class Request:
    """A sweep, and the pipeline with inputs for all it varies."""

    pipeline: Pipeline
    spec: SweepSpec


class SweepDialog(QDialog):
    """`start_wanted(Request)` comes with everything checked; whoever starts it says
    `accept`, or `fail`."""

    start_wanted = Signal(object)

    def __init__(
        self,
        pipeline: Pipeline,
        known: Known,
        parent: QWidget,
        *,
        step: str = "",
        last: SweepSpec | None = None,
    ) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Sweep parameters")
        self._pipeline, self._known, self._last = pipeline, known, last
        self.pending: Request | None = None
        self._texts: dict[Key, str] = {}
        self._knobs: dict[Key, Knob] = {}
        self.fields: dict[Key, SpaceField] = {}
        self.steps = QComboBox()
        self.steps.setAccessibleName("Step")
        self.measure = MetricField(FieldSpec("metric", "Metric", "choice"))
        self.form = Form(setting_specs())
        self.form.set_values(settings_of(last))
        self.summary = label("", "muted", wrap=True)
        self.banner = Banner("err")
        self.banner.hide()
        self.progress = ProgressRow("Saving, and starting the first trial")
        self.progress.hide()
        self.go = button("Start sweep", kind="primary", icon="play", clicked=self.start)
        self._own = QVBoxLayout()
        self._all_knobs(pipeline)
        self._build(step)
        self.resize(SIZE)
        self._say()

    def offer_metrics(self, names: Sequence[str]) -> None:
        """Metrics that runs of the pipeline have logged, the most telling first."""
        known = [
            self.measure.input.itemText(n) for n in range(self.measure.input.count())
        ]
        offered = [*known, *(name for name in names if name not in known)]
        given = self.measure.value()
        self.measure.set_choices(offered)
        if not given and offered:
            self.measure.set_value(offered[0])
            self.form.set_values({"goal": likely_goal(offered[0])})
        self._say()

    def space_field(self, name: str, step: str = "") -> SpaceField:
        """The field of an input, or of a value of the shown step. KeyError."""
        return self.fields[step, name]

    def show_step(self, name: str) -> None:
        """Offer the values of a step."""
        at = self.steps.findData(name)
        if at >= 0:
            self.steps.setCurrentIndex(at)

    def request(self) -> Request:
        """What is entered. InvalidError if it can't be tried."""
        spaces = self._spaces()
        pipeline, named = with_inputs(self._pipeline, spaces, self._known)
        spec = self._spec(named)
        check_sweep(spec, pipeline)
        return Request(pipeline, spec)

    def start(self) -> None:
        """Check everything, then ask for the start."""
        self.banner.hide()
        for field in self.fields.values():
            field.flush()
        self.measure.flush()
        self.form.flush()
        if not self.measure.value():
            self.measure.set_error("Name the metric that says which trial is best")
            self.measure.input.setFocus()
            return
        wrong = [f for f in self.fields.values() if f.problem()]
        if wrong:
            wrong[0].input.setFocus()
            return
        if not self.form.check():
            return
        try:
            request = self.request()
        except InvalidError as error:
            self.fail(error)
            return
        self.pending = request
        self._set_busy(True)
        self.start_wanted.emit(request)

    def reject(self) -> None:
        self.pending = None
        super().reject()

    def fail(self, error: BaseException) -> None:
        """Say why it was not started; everything entered is still there."""
        self.pending = None
        self._set_busy(False)
        message = getattr(error, "message", f"The sweep could not be started: {error}")
        self.banner.show_message("err", message, hint=getattr(error, "hint", ""))
        self.banner.show()

    def changed_outside(self) -> None:
        """The pipeline isn't the one any more that this was asked of."""
        self.fail(
            StudioError(
                "The pipeline was changed meanwhile",
                "Close this, choose what to keep, and start the sweep again",
            )
        )

    # -- inside ------------------------------------------------------------------------

    def _all_knobs(self, pipeline: Pipeline) -> None:
        last = self._last.spaces if self._last else {}
        for knob in input_knobs(pipeline, self._known):
            self._knobs[knob.key] = knob
            if knob.declared.name in last:
                self._texts[knob.key] = str(last[knob.declared.name])
        for node in pipeline.nodes:
            knobs = step_knobs(pipeline, node, self._known)
            self._knobs |= {knob.key: knob for knob in knobs}
            if knobs:
                self.steps.addItem(node.title, node.name)

    def _build(self, step: str) -> None:
        answers = row(self.summary, button("Cancel", clicked=self.reject), self.go)
        answers.setStretch(0, 1)
        self.go.setDefault(True)
        inner = column(self.measure, self.form, gap=GAP, margins=(0, 0, 8, 0))
        halves = row(gap=24)
        halves.addWidget(scrolled(wrap_in(self._values())), 1)
        side = scrolled(wrap_in(inner))
        side.setFixedWidth(SETTINGS_WIDTH)
        halves.addWidget(side)
        layout = column(
            label("Sweep parameters", "panel-title"),
            label(_HOW, "muted", wrap=True),
            gap=GAP,
            margins=(24, 20, 24, 16),
        )
        layout.addLayout(halves, 1)
        for part in (self.banner, self.progress):
            layout.addWidget(part)
        layout.addLayout(answers)
        self.setLayout(layout)
        self._connect(step)

    def _values(self) -> QVBoxLayout:
        inputs = [knob for knob in self._knobs.values() if not knob.step]
        made = column(gap=GAP, margins=(0, 0, 12, 0))
        if inputs:
            made.addWidget(label("Inputs of the pipeline", "section"))
            for knob in inputs:
                made.addWidget(self._add(knob))
        if self.steps.count():
            made.addWidget(label("Values of a step", "section"))
            made.addWidget(self.steps)
            note = "What you vary here becomes an input of the pipeline."
            made.addWidget(label(note, "help", wrap=True))
        self._own.setSpacing(GAP)
        made.addLayout(self._own)
        made.addStretch(1)
        return made

    def _connect(self, step: str) -> None:
        if self._last is not None:
            self.measure.set_value(self._last.metric)
        self.steps.currentIndexChanged.connect(lambda _: self._show_own())
        self.show_step(step)
        self._show_own()
        self.measure.edited.connect(self._say)
        self.measure.changed.connect(self._suit_goal)
        for name in self.form.values():
            self.form.field(name).edited.connect(self._say)

    def _add(self, knob: Knob) -> SpaceField:
        made = SpaceField(knob)
        made.set_value(self._texts.get(knob.key, ""))
        made.edited.connect(lambda: self._typed(made))
        self.fields[knob.key] = made
        return made

    def _show_own(self) -> None:
        """The fields of the chosen step; what was typed for others is kept."""
        clear(self._own)
        step = str(self.steps.currentData() or "")
        self.fields = {key: f for key, f in self.fields.items() if not key[0]}
        for knob in self._knobs.values():
            if step and knob.step == step:
                self._own.addWidget(self._add(knob))

    def _typed(self, field: SpaceField) -> None:
        self._texts[field.knob.key] = field.value()
        self._say()

    def _suit_goal(self) -> None:
        self.form.set_values({"goal": likely_goal(self.measure.value() or "")})

    def _spaces(self) -> dict[Key, Space]:
        """What is to vary. InvalidError for what can't be read."""
        return {
            key: self._knobs[key].space(text)
            for key, text in self._texts.items()
            if text and key in self._knobs
        }

    def _spec(self, spaces: Mapping[str, Space]) -> SweepSpec:
        values: dict[str, Any] = self.form.values()
        sampling = SAMPLINGS[values["sampling"]]
        spec = SweepSpec(
            self._pipeline.name,
            spaces,
            self.measure.value() or "",
            GOALS[values["goal"]],
            sampling,
            whole(values, "trials", 1),
            whole(values, "concurrent", 1),
            bool(values["early"]),
            whole(values, "seed", 0),
        )
        return spec if sampling != "grid" else _whole_grid(spec)

    def _say(self) -> None:
        """How many trials there would be, or what is missing."""
        grid = SAMPLINGS[self.form.values()["sampling"]] == "grid"
        self.form.field("trials").setHidden(grid)
        try:
            request = self.request()
        except InvalidError as error:
            self.summary.setText(f"{error.message}. {error.hint}.".replace("..", "."))
            return
        self.summary.setText(_summary(request.spec))

    def _set_busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        self.go.setEnabled(not busy)


def _whole_grid(spec: SweepSpec) -> SweepSpec:
    """All combinations, however many were allowed before."""
    size = prod(space.count for space in spec.spaces.values())
    return replace(spec, max_trials=max(1, size))


def _summary(spec: SweepSpec) -> str:
    """`12 trials (4 × 3), 2 at once`."""
    count = f"{spec.trials:,} trial{'s' if spec.trials != 1 else ''}"
    if spec.sampling == "grid" and len(spec.spaces) > 1:
        factors = " × ".join(f"{space.count:,}" for space in spec.spaces.values())
        count += f" ({factors})"
    elif spec.sampling != "grid" and spec.trials < spec.max_trials:
        count += " (all combinations there are)"
    return f"{count}, {spec.concurrent} at once" if spec.concurrent > 1 else count


def selected_step(nodes: Sequence[Node]) -> str:
    """The one whose values are offered first."""
    return nodes[0].name if nodes else ""
