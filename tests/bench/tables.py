"""Rows of figures as a table for a terminal, and as Markdown for the documents."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

import psutil


@dataclass(frozen=True)
class Table:
    """`rows` hold text; `notes` say how it was measured."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    notes: str = ""

    def add(self, *cells: object) -> None:
        self.rows.append([str(cell) for cell in cells])

    def markdown(self) -> str:
        lines = [f"## {self.title}", "", _line(self.columns)]
        lines += ["|" + " --- |" * len(self.columns), *map(_line, self.rows)]
        return "\n".join([*lines, "", *([self.notes, ""] if self.notes else [])])

    def show(self) -> None:
        from rich.console import Console
        from rich.table import Table as RichTable

        table = RichTable(*self.columns, title=self.title, title_justify="left")
        for row in self.rows:
            table.add_row(*row)
        console = Console()
        console.print(table)
        console.print(self.notes, style="dim")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def middle(action: Callable[[int], object], times: int) -> float:
    """Median milliseconds of `action(n)`, called `times` times after one warm-up."""
    action(0)
    took = []
    for number in range(1, times + 1):
        began = time.perf_counter()
        action(number)
        took.append((time.perf_counter() - began) * 1000)
    return median(took)


def verdict(value: float, limit: float) -> str:
    return "met" if value <= limit else "missed"


def machine() -> str:
    memory = psutil.virtual_memory().total / (1 << 30)
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} processors, {memory:.0f} GiB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}; load average at "
        f"the start {load:.1f}"
    )
