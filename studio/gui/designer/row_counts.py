"""How many rows the last run put into each output, as short words for its wires."""

from __future__ import annotations

from studio.domain.component import Component
from studio.domain.run import StepRun, StepState

ROWS = "rows"
_MAIN = ("table", "out")
_LOOKS_AT = "evaluation"
"""A step with this output looks at rows: its `rows` are those it was given."""
_UNITS = ((1e9, "B"), (1e6, "M"), (1e4, "k"))


def rows_by_output(
    component: Component | None, step: StepRun | None
) -> tuple[tuple[str, str], ...]:
    """Output and words: from the metrics `OUTPUT_rows`, and `rows` for the main one.

    A step that stands for a pipeline has metrics of a step inside: they tell nothing.
    """
    if component is None or component.pipeline is not None:
        return ()
    if step is None or step.state is not StepState.SUCCEEDED:
        return ()
    found = {name: step.metrics.get(f"{name}_{ROWS}") for name in component.ports_out}
    main = _main_output(component)
    if main and found[main] is None:
        found[main] = step.metrics.get(ROWS)
    return tuple(
        (name, row_words(count)) for name, count in found.items() if _counts(count)
    )


def _main_output(component: Component) -> str:
    """The output that a plain `rows` is about; "" where that isn't sure."""
    tables = [port.name for port in component.outputs if port.type == "mltable"]
    if len(component.outputs) == 1:
        return tables[0] if tables else ""
    if _LOOKS_AT in component.ports_out:
        return ""
    return next((name for name in tables if name in _MAIN), "")


def row_words(count: float | None) -> str:
    """`1 row`, `344 rows`, `9,800 rows`, `12.3k rows`, `4.5M rows`."""
    whole = int(count or 0)
    for size, unit in _UNITS:
        if whole >= size:
            scale = 1e3 if unit == "k" else size
            return f"{whole / scale:.1f}{unit} rows".replace(".0", "", 1)
    return "1 row" if whole == 1 else f"{whole:,} rows"


def _counts(count: float | None) -> bool:
    """Whether it is a number of rows: metrics may be NaN or infinite."""
    return count is not None and 0 <= count < 1e15 and float(count).is_integer()
