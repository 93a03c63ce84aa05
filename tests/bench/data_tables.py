"""A table of 1,000,000 rows and 50 columns: first rows, any rows, scrolling, profile.

python -m tests.bench.data_tables
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from studio.services.tables.service import Table, TableService
from studio.storage.profiles import ProfileStore
from tests.bench.tables import Table as Figures
from tests.bench.tables import verdict

if TYPE_CHECKING:
    from studio.gui.viewers.rows_view import RowsView

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROWS, COLUMNS, JUMPS, FRAMES = 1_000_000, 50, 40, 300
FIRST_MS, FRAME_MS, TIMES = 30.0, 16.0, 2.0
DESCRIBE = """
import sys, time
sys.path[:0] = sys.argv[2:]
import {library} as library
began = time.perf_counter()
library.read_parquet(sys.argv[1]).describe()
print(time.perf_counter() - began)
"""


def tables() -> list[Figures]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.parquet"
        write_table(file)
        service = TableService(ProfileStore(Path(folder) / "profiles"))
        try:
            return [_seen(service, file), _profiled(service, file, Path(folder))]
        finally:
            service.close()


def write_table(file: Path) -> None:
    """Mostly numbers with gaps, some categories, whole numbers and one key."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    random = np.random.default_rng(7)
    kinds = np.array(["Adelie", "Chinstrap", "Gentoo"])
    columns: dict[str, Any] = {"key": [f"k{n:07d}" for n in range(ROWS)]}
    for number in range(1, COLUMNS):
        if number % 10 == 3:
            columns[f"kind_{number}"] = kinds[random.integers(0, 3, ROWS)]
        elif number % 10 == 7:
            columns[f"count_{number}"] = random.integers(0, 100_000, ROWS)
        else:
            gaps = random.random(ROWS) < 0.02
            columns[f"x_{number}"] = pa.array(random.normal(size=ROWS), mask=gaps)
    pq.write_table(pa.table(columns), file)


def _seen(service: TableService, file: Path) -> Figures:
    shown = Figures(
        f"Tables: {ROWS:,} rows, {COLUMNS} columns, Parquet",
        ("what", "figure", "target"),
        notes=(
            "First rows: shape and 256 rows of the columns seen first, by a reader "
            "that has started. Any rows: 256 rows of 16 columns at a random place, "
            "the file in memory. "
            "Frames: an offscreen view of 1100 × 700 px, moved by a row, by a page "
            "and flung across the whole table; processor time of the window's "
            "thread."
        ),
    )
    from studio.gui.viewers.rows_view import open_table

    start = _seconds(service.prepare)
    table = service.open(file)
    first = 1000 * _seconds(lambda: open_table(table))
    shown.add("start of the reader", f"{start:.2f} s", "")
    limit = f"≤ {FIRST_MS:.0f} ms: {verdict(first, FIRST_MS)}"
    shown.add("first rows", f"{first:.0f} ms", limit)
    places = [(n * 7919 * 256) % (ROWS - 256) for n in range(JUMPS)]
    jumps = [
        1000 * _seconds(lambda at=at: table.page(at, 256, range(16))) for at in places
    ]
    shown.add("any rows, median", f"{median(jumps):.0f} ms", "")
    shown.add("any rows, the first time", f"{max(jumps):.0f} ms", "")
    shape = table.shape()
    for name, text, sort in (
        ("sort by a number", "", [(1, True)]),
        ("filter by a number and a category", "x_1>1 kind_3=Gentoo", []),
    ):
        order = table.order(shape, text, sort)
        shown.add(name, f"{_seconds(lambda order=order: table.count(order)):.2f} s", "")
    for way, frames in _frames(table).items():
        p95 = quantiles(frames, n=20)[-1]
        limit = f"≤ {FRAME_MS:.0f} ms: {verdict(p95, FRAME_MS)}"
        shown.add(f"frame, moved {way}, p95", f"{p95:.1f} ms", limit)
    return shown


def _frames(table: Table) -> dict[str, list[float]]:
    from PySide6.QtWidgets import QApplication

    from studio.gui.tasks import Tasks
    from studio.gui.theme.theme import Theme
    from studio.gui.viewers.rows_view import RowsView, open_table

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    Theme.install(app, "light", contrast=False, text_ratio=1.0)
    tasks = Tasks()
    view = RowsView(tasks)
    view.resize(1100, 700)
    view.show()
    view.show_table(open_table(table))
    ways = {"by a row": 28, "by a page": 600, "across": 28 * ROWS // FRAMES}
    took = {way: _scroll(view, step, app) for way, step in ways.items()}
    tasks.close()
    view.deleteLater()
    return took


def _scroll(view: RowsView, step: int, app: Any) -> list[float]:
    """Milliseconds of processor time: of what is drawn anew, and of what arrived."""
    bar, took = view.grid.verticalScrollBar(), []
    bar.setValue(0)
    for _ in range(FRAMES):

        def move() -> None:
            bar.setValue(bar.value() + step)
            app.processEvents()

        took.append(1000 * _seconds(move, time.thread_time))
    return took


def _profiled(service: TableService, file: Path, folder: Path) -> Figures:
    shown = Figures(
        f"Profile of {ROWS:,} rows and {COLUMNS} columns",
        ("what", "s", "beside polars"),
        notes=(
            "Ours: read, count, missing, distinct, quartiles, mean, deviation and a "
            "histogram or the most frequent values of each column, exact, told column "
            "by column by another process. The others: read_parquet and describe in "
            "a process of their own, without their import."
        ),
    )
    polars = _describe("polars", file, folder)
    ours = _seconds(lambda: service.open(file, "bench").profile())
    again = _seconds(lambda: service.open(file, "bench").profile())
    base = polars or 0.0
    for name, seconds in (
        ("profile", ours),
        ("profile, the second look", again),
        ("polars: describe", polars),
        ("pandas: describe (numbers only)", _describe("pandas", file, folder)),
    ):
        if seconds is None:
            shown.add(name, "not installed", "")
            continue
        times = f"{seconds / base:.2f}x" if base else ""
        target = f" (≤ {TIMES:g}x: {verdict(seconds, TIMES * base)})"
        shown.add(name, f"{seconds:.3f}", times + (target if name == "profile" else ""))
    return shown


def _describe(library: str, file: Path, folder: Path) -> float | None:
    """Seconds of a describe; a library that isn't here is fetched for this only."""
    extra = folder / library
    if library == "polars":
        pip = [sys._base_executable, "-m", "pip", "install", "-q"]  # type: ignore[attr-defined]
        subprocess.run(
            [*pip, "--target", str(extra), library],
            capture_output=True,
            timeout=120,
            check=False,
        )
    program = DESCRIBE.format(library=library)
    done = subprocess.run(
        [sys.executable, "-c", program, str(file), str(extra)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return float(done.stdout) if done.returncode == 0 else None


def _seconds(
    action: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> float:
    began = clock()
    action()
    return clock() - began


if __name__ == "__main__":
    for figures in tables():
        figures.show()
