"""The fields of a sweep: what a value may be, which metric, how many trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from PySide6.QtWidgets import QComboBox

from studio.domain.errors import InvalidError
from studio.domain.sweep import Goal, Sampling, SweepSpec
from studio.gui.designer.sweeping.knobs import Knob
from studio.gui.widgets.field import ChoiceField, FieldSpec, TextField

_GOALS: tuple[Goal, ...] = get_args(Goal)
_SAMPLINGS: tuple[Sampling, ...] = get_args(Sampling)
GOALS = dict(zip(("As high as possible", "As low as possible"), _GOALS, strict=True))
SAMPLINGS = dict(
    zip(
        ("Every combination (grid)", "At random", "Led by the best (Bayesian)"),
        _SAMPLINGS,
        strict=True,
    )
)
_LOWER = ("loss", "error", "rmse", "mae", "mse")
MOST_AT_ONCE, MOST_TRIALS = 16, 10_000


class SpaceField(TextField):
    """What one value may be; empty keeps it as it is."""

    def __init__(self, knob: Knob) -> None:
        self.knob = knob
        name = knob.declared.name
        super().__init__(
            FieldSpec(name, name, help=knob.help, placeholder=knob.prompt, default="")
        )

    def value(self) -> str:
        return self.input.text().strip()

    def problem(self) -> str:
        if not self.value():
            return ""
        try:
            self.knob.space(self.value())
        except InvalidError as error:
            return f"{error.message}. {error.hint}"
        return ""


class MetricField(ChoiceField):
    """One of the metrics that runs have logged, or another one's name."""

    def _make_input(self) -> QComboBox:
        made = super()._make_input()
        made.setEditable(True)
        made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        made.editTextChanged.connect(self._touched)
        line = made.lineEdit()
        assert line is not None
        line.setPlaceholderText("One that the runs log")
        line.setAccessibleName(self.spec.title)
        return made

    def value(self) -> Any:
        return self.input.currentText().strip() or None

    def _show(self, value: Any) -> None:
        super()._show(value)
        self.input.setEditText("" if value is None else str(value))


def setting_specs() -> Sequence[FieldSpec]:
    """All but the metric, which has a field of its own."""
    return (
        FieldSpec("goal", "It should be", "choice", choices=tuple(GOALS)),
        FieldSpec("sampling", "Try", "choice", choices=tuple(SAMPLINGS)),
        FieldSpec(
            *("trials", "Number of trials", "integer"),
            minimum=1,
            maximum=MOST_TRIALS,
            required=True,
        ),
        FieldSpec(
            *("concurrent", "At once", "integer"),
            minimum=1,
            maximum=MOST_AT_ONCE,
            required=True,
        ),
        FieldSpec(
            *("early", "Stop early", "boolean"),
            help="Ends trials that are worse than most were at the same point.",
        ),
        FieldSpec(
            *("seed", "Seed", "integer", "The same seed tries the same values."),
            minimum=0,
            advanced=True,
        ),
    )


def settings_of(spec: SweepSpec | None) -> dict[str, Any]:
    """A sweep's settings as the form shows them; without one, the usual ones."""
    usual = SweepSpec("", {}, "")
    spec = spec or usual
    grid = spec.sampling == "grid"  # its number of trials is a count, not a wish
    return {
        "goal": next(word for word, goal in GOALS.items() if goal == spec.goal),
        "sampling": next(w for w, one in SAMPLINGS.items() if one == spec.sampling),
        "trials": usual.max_trials if grid else spec.max_trials,
        "concurrent": spec.concurrent,
        "early": spec.early_stopping,
        "seed": spec.seed,
    }


def likely_goal(metric: str) -> str:
    """Losses and errors should be low."""
    words = metric.lower().split("_")
    low = any(word in _LOWER for word in words)
    return list(GOALS)[1 if low else 0]


def whole(values: Mapping[str, Any], name: str, otherwise: int) -> int:
    """A number as typed; `otherwise` while it is none."""
    value = values.get(name)
    return value if isinstance(value, int) else otherwise
