"""Tables and lines for a person. Texts are shown as they are, never as markup."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from studio.cli.output import console, note, say
from studio.domain.composition import INTO, JOINT
from studio.domain.metrics import as_json, telling_metrics
from studio.domain.spoken import Step, with_words

if TYPE_CHECKING:
    from rich.table import Table

    from studio.domain.run import PlannedStep, Run, StepRun

_COLOURS = {
    "SUCCEEDED": "green",
    "RUNNING": "cyan",
    "STARTING": "cyan",
    "CANCELLING": "yellow",
    "UNHEALTHY": "yellow",
    "FAILED": "red",
    "CANCELLED": "yellow",
    "SKIPPED": "dim",
    "PENDING": "dim",
    "QUEUED": "dim",
    "STOPPED": "dim",
}


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], empty: str = ""
) -> None:
    """Rows under a head; `empty` is said when there are none."""
    listed = list(rows)
    if not listed:
        say(empty)
        return
    console().print(grid(columns, listed))


def grid(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A Rich table with states in their colours."""
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(Text(column))
    for row in rows:
        made.add_row(*(Text(cell, style=_COLOURS.get(cell, "")) for cell in row))
    return made


def note_rest(shown: int, total: int | None) -> None:
    """Say on stderr that a list isn't all; None is a total that nobody counted."""
    if total is None:
        note(f"Only the first {shown}; --limit N shows more")
    elif total > shown:
        note(f"{shown} of {total}; --limit N shows more")


def fields(pairs: Iterable[tuple[str, str]]) -> None:
    """`name  value` lines; those without a value are left out."""
    present = [(name, value) for name, value in pairs if value]
    width = max((len(name) for name, _ in present), default=0)
    for name, value in present:
        indented = value.replace("\n", "\n" + " " * (width + 2))
        say(f"{name.ljust(width)}  {indented}")


def seconds(value: float | None) -> str:
    """1.234 -> "1.2 s", 83 -> "1 min 23 s"; "" when unknown."""
    if value is None:
        return ""
    if value < 0.1:
        return f"{value * 1000:.0f} ms"
    if value < 60:
        return f"{value:.1f} s"
    return f"{int(value // 60)} min {int(value % 60)} s"


def size(value: int) -> str:
    """Bytes in decimal units, as disks are sold: 1_500_000 -> "1.5 MB"."""
    number = float(value)
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} B" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


def local_time(time: datetime | None) -> str:
    """In the person's own time zone; --json has UTC."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M:%S") if time else ""


def number(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else str(as_json(value))


def metrics(values: Mapping[str, float], at_most: int = 0) -> str:
    """`accuracy 0.98, f1 0.97`; with `at_most`, only those that tell most."""
    shown = telling_metrics(values, at_most) if at_most else values
    more = ", …" if shown and len(shown) < len(values) else ""
    return ", ".join(f"{name} {number(v)}" for name, v in shown.items()) + more


def step_called(step: StepRun | PlannedStep) -> str:
    """Its name, which commands take; a step inside of another as `Part / Title`."""
    inside = JOINT in step.name and step.title
    return step.title.replace(INTO, " / ") if inside else step.name


def reasons_in_words(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Steps whose reasons say the titles of steps."""
    return with_words(steps, lambda step: step.title.replace(INTO, " / "))


def metrics_by_step(run: Run) -> list[str]:
    """A line for each step that measured anything: steps may use the same names."""
    measured = [step for step in run.steps if step.metrics]
    names = [step_called(step) for step in measured]
    width = max(map(len, names), default=0)
    return [
        f"{name:<{width}}  {metrics(step.metrics)}"
        for name, step in zip(names, measured, strict=True)
    ]


def tags(values: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in values.items())
