"""How long the window's thread is kept at a stretch when a pipeline is opened.

python -m tests.bench.opening
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median

from studio.bootstrap import create_workspace
from studio.domain.pipeline import Pipeline
from tests.bench.canvas import grid
from tests.bench.tables import Table, verdict

STEPS, TIMES, LONGEST_MS = 50, 5, 100
WINDOW = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
turns = []

class Watched(QApplication):
    inside = False

    def notify(self, receiver, event):
        if self.inside:
            return super().notify(receiver, event)
        self.inside, began = True, time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self.inside = False
            turns.append((time.thread_time() - began) * 1000)

app = Watched([])

def ready(window):
    QTimer.singleShot(3000, window, lambda: visit(window))

def visit(window):
    told = {"start": max(turns)}
    turns.clear()
    QTimer.singleShot(0, window, lambda: window.open_page("pipelines"))
    QTimer.singleShot(3000, window, lambda: end(window, told))

def end(window, told):
    assert window.page.document is not None
    print(json.dumps({**told, "visit": max(turns)}), flush=True)
    window.close()

def open_studio(folder):
    from studio.bootstrap import open_workspace
    return open_workspace(folder)

from studio.gui.app import run_window
run_window(Path(sys.argv[1]), open_studio, page=sys.argv[2], on_ready=ready)
"""


def tables() -> list[Table]:
    table = Table(
        f"Opening a pipeline of {STEPS} steps",
        ("what", "longest event", "target"),
        notes="The most processor time of the window's thread that one event took, "
        f"drawn offscreen. Medians of {TIMES} windows.",
    )
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        studio = create_workspace(root)
        nodes = [replace(n, component="join_tables") for n in grid(STEPS).nodes]
        studio.pipelines.save(Pipeline("grid", tuple(nodes)))
        studio.close()
        env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": folder}
        visits = [_longest(root, "home", env)["visit"] for _ in range(TIMES)]
        starts = [_longest(root, "pipelines", env)["start"] for _ in range(TIMES)]
    for what, found in (("first visit", visits), ("start with it", starts)):
        ms = median(found)
        target = f"≤ {LONGEST_MS} ms: {verdict(ms, LONGEST_MS)}"
        table.add(f"the designer's {what}", f"{ms:.0f} ms", target)
    return [table]


def _longest(root: Path, page: str, env: dict[str, str]) -> dict[str, float]:
    command = [sys.executable, "-c", WINDOW, str(root), page]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=env, timeout=120
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


if __name__ == "__main__":
    for each_table in tables():
        each_table.show()
