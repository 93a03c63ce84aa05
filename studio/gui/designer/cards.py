"""What a card says: title, the most useful fact, state and ports (pure values)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from studio.domain.component import Component, Port
from studio.domain.composition import was_switched_off
from studio.domain.metrics import main_metrics, warns
from studio.domain.node import Binding, FromInput, FromPath, FromStep, Node, Value
from studio.domain.pipeline import Pipeline
from studio.domain.run import StepRun, StepState
from studio.domain.spoken import in_words
from studio.domain.validation import Problem
from studio.gui.designer.row_counts import rows_by_output
from studio.gui.times import time_text
from studio.gui.widgets.chip import StateLook, look
from studio.gui.widgets.formats import format_bytes, format_number

_TOKEN = re.compile(r"\$\{\{\s*inputs\.(\w+)\s*\}\}")
_ROWS = ("rows", "columns")
SHORT = 18
"""Letters of a fact that leave room for the time on a card."""

_NEVER = StateLook("Not run", "idle", "circle-dashed")
_DOUBTFUL = StateLook("Needs a look", "warn", "warning")
_WRONG = StateLook("Needs attention", "err", "warning-circle")

_OFF = {
    "MUTED": (StateLook("Muted", "idle", "prohibit"), "doesn't run"),
    "BYPASSED": (
        StateLook("Bypassed", "idle", "arrow-bend-down-right"),
        "hands on what it is given",
    ),
}


@dataclass(frozen=True)
class Card:
    """One step as it is drawn. `progress` is 0..1, -1 while it isn't known."""

    id: str
    name: str
    title: str
    subtitle: str
    icon: str
    look: StateLook
    state: str = ""
    progress: float | None = None
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    dimmed: bool = False
    whole: bool = False
    """Whether it stands for a whole pipeline."""
    rows: tuple[tuple[str, str], ...] = ()
    """Outputs, and how many rows went out there."""

    @property
    def spoken(self) -> str:
        """For a screen reader: "Train, running 37 %, tree 37 of 100"."""
        percent = ""
        if self.progress is not None and self.progress >= 0:
            percent = f" {self.progress:.0%}".replace("%", " %")
        return f"{self.title}, {self.look.word.lower()}{percent}, {self.subtitle}"


def card_of(
    pipeline: Pipeline,
    node: Node,
    component: Component | None,
    step: StepRun | None = None,
    *,
    active: bool = False,
    problem: Problem | None = None,
    stale: str = "",
    off: str = "",
) -> Card:
    """The card of a step.

    `step` is what the latest run made of it, `active` whether that run goes on,
    `problem` its first one, `stale` why the next run would do it again, `off` why
    it would leave it out.
    """
    state = _switched_off(node) or _state(step, active, problem, stale, off)
    return Card(
        id=node.id,
        name=node.name,
        title=node.title,
        subtitle=_subtitle(pipeline, node, component, step, state, problem, stale, off),
        icon=component.icon if component else "question",
        look=_with_warning(_look(state), step, state),
        state=state,
        progress=_progress(step) if state == "RUNNING" else None,
        inputs=component.inputs if component else _guessed_inputs(node),
        outputs=component.outputs if component else _guessed_outputs(pipeline, node),
        dimmed=state in ("SKIPPED", *_OFF),
        whole=component is not None and component.pipeline is not None,
        rows=rows_by_output(component, step),
    )


def fact_of(step: StepRun) -> str:
    """The most telling fact of a step that has run or runs."""
    match step.state:
        case StepState.RUNNING:
            return _running_fact(step)
        case StepState.FAILED:
            return step.error.message if step.error else "failed"
        case StepState.SKIPPED:
            return step.reason or "skipped"
        case StepState.CANCELLED:
            return "cancelled"
        case StepState.PENDING:
            return "waiting"
        case StepState.PAUSED:
            return "paused before it runs"
    if step.reused:
        return " · ".join(filter(None, ("reused", best_metric(step.metrics))))
    metric = best_metric(step.metrics)
    if len(metric) > SHORT:
        return metric
    return " · ".join(filter(None, (metric, time_text(step))))


def best_metric(metrics: Mapping[str, float]) -> str:
    """`accuracy 0.988`, or `344 rows · 8 columns`, or nothing."""
    for name, value in main_metrics(metrics, 1).items():
        return f"{name.replace('_', ' ')} {_measure(value)}"
    for name in ("training_accuracy", "training_r2"):
        if name in metrics:
            return f"{name.replace('_', ' ')} {_measure(metrics[name])}"
    return _counts({k: v for k, v in metrics.items() if k.endswith(_ROWS)})


def template_fact(pipeline: Pipeline, node: Node, component: Component) -> str:
    """The component's own subtitle with this step's values; parts without are left."""
    parts = []
    for part in component.tags.get("subtitle", "").split(" · "):
        values = {
            n: value_text(pipeline, node, component, n) for n in _TOKEN.findall(part)
        }
        if all(values.values()):
            parts.append(_TOKEN.sub(lambda m, v=values: v[m[1]], part))  # type: ignore[misc]
    return " · ".join(filter(None, parts)) or component.title


def value_text(pipeline: Pipeline, node: Node, component: Component, name: str) -> str:
    """An input's value in one short line; "" where there is none."""
    binding: Binding | None = node.inputs.get(name)
    if isinstance(binding, FromStep):
        return f"from {binding.step}"
    value: object = binding
    if isinstance(binding, FromInput):
        declared = pipeline.inputs.get(binding.name)
        value = declared.value if declared else None
    if isinstance(value, Value):
        value = value.value
    if value is None and name in component.parameters_by_name:
        value = component.parameters_by_name[name].default
    if isinstance(value, FromPath):
        return PurePath(value.path).name
    return _short(value)


def _short(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    lines = [line.strip() for line in str(value).splitlines() if line.strip()]
    return lines[0] if lines else ""


def _state(
    step: StepRun | None, active: bool, problem: Problem | None, stale: str, off: str
) -> str:
    if active and step is not None:
        return _step_state(step)
    if problem is not None:
        return "PROBLEM" if problem.severity == "error" else "WARNING"
    if off:
        return "SKIPPED"
    if step is None or (step.state is StepState.PENDING and not active):
        return ""
    if _was_off(step):
        return "STALE"
    if stale and step.state is StepState.SUCCEEDED:
        return "STALE"
    return _step_state(step)


def _switched_off(node: Node) -> str:
    if node.muted:
        return "MUTED"
    return "BYPASSED" if node.bypass is not None else ""


def _was_off(step: StepRun) -> bool:
    """Whether the pipeline said at that run that the step isn't to run."""
    return step.state is StepState.SKIPPED and was_switched_off(step.reason)


def _step_state(step: StepRun) -> str:
    if step.state is StepState.SUCCEEDED and step.reused:
        return "REUSED"
    return step.state.value


def _look(state: str) -> StateLook:
    if state == "PROBLEM":
        return _WRONG
    if state == "WARNING":
        return _DOUBTFUL
    if state in _OFF:
        return _OFF[state][0]
    if state == "PENDING":
        return StateLook("Waiting", "idle", "hourglass")
    return look(state) if state else _NEVER


def _subtitle(
    pipeline: Pipeline,
    node: Node,
    component: Component | None,
    step: StepRun | None,
    state: str,
    problem: Problem | None,
    stale: str,
    off: str,
) -> str:
    if state in _OFF:
        return _OFF[state][1]
    if state == "SKIPPED" and off:
        return off
    if state in ("PROBLEM", "WARNING") and problem is not None:
        return problem.message
    if step is not None and state not in ("", "PENDING", "STALE"):
        return in_words(fact_of(step), partial(_title_of, pipeline))
    if state == "STALE":
        left_out = step is not None and _was_off(step)
        return "last run: skipped" if left_out else plain_reason(stale)
    if component is None:
        return node.component if isinstance(node.component, str) else ""
    return template_fact(pipeline, node, component)


def _title_of(pipeline: Pipeline, name: str) -> str:
    node = pipeline.by_name.get(name)
    return node.title if node is not None else ""


def _with_warning(shown: StateLook, step: StepRun | None, state: str) -> StateLook:
    """What ended well, but measured NaN, looks like a warning."""
    if state in ("SUCCEEDED", "REUSED") and step is not None and warns(step.metrics, 1):
        return StateLook(shown.word, "warn", "warning")
    return shown


def plain_reason(reason: str) -> str:
    """A planner's reason with an arrow a person reads."""
    return reason.replace(" -> ", " → ")


def _running_fact(step: StepRun) -> str:
    memory = format_bytes(step.peak_memory_bytes) if step.peak_memory_bytes else ""
    if step.progress is not None:
        percent = f"{step.progress * 100:.0f} %"
        return " · ".join(filter(None, (step.progress_message, percent, memory)))
    if step.started_at is None:
        return step.progress_message or "starting"
    said = step.progress_message or "running"
    return " · ".join(filter(None, (said, time_text(step), memory)))


def _counts(counts: Mapping[str, float]) -> str:
    """`344 rows · 8 columns`, `256 train · 86 test`."""
    several = sum(name.endswith("_rows") for name in counts) > 1
    words = [
        f"{format_number(counts[name])} "
        + (name.removesuffix("_rows") if several else name).replace("_", " ")
        for name in sorted(counts, key=_place)
    ]
    return " · ".join(words[:2])


def _place(name: str) -> tuple[int, str]:
    """Where a count stands; a database may give them in any order."""
    order = ("rows", "train_rows", "test_rows")
    return (order.index(name) if name in order else len(order), name)


def _measure(value: float) -> str:
    return f"{value:.3f}" if 0 <= value <= 1 else format_number(value)


def _progress(step: StepRun | None) -> float | None:
    if step is None:
        return None
    return -1.0 if step.progress is None else step.progress


def _guessed_inputs(node: Node) -> tuple[Port, ...]:
    """Ports of a step whose component isn't known: those that are connected."""
    return tuple(
        Port(name) for name, b in node.inputs.items() if isinstance(b, FromStep)
    )


def _guessed_outputs(pipeline: Pipeline, node: Node) -> tuple[Port, ...]:
    names = [edge.output for edge in pipeline.edges if edge.source == node.name]
    return tuple(Port(name) for name in dict.fromkeys([*names, *node.outputs]))
