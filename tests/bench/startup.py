"""Start-up: the command line's help, and the window's first paint and memory.

python -m tests.bench.startup
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from studio.bootstrap import create_workspace
from studio.services.samples import get_sample
from tests.bench.tables import Table, middle, verdict

IDLE_SECONDS = 6
WINDOW = f"""
import json, os, sys, time
from pathlib import Path
import psutil
began = float(os.environ["BENCH_BEGAN"])  # create_time() is off by up to a second
told = {{}}

def painted():
    told.setdefault("painted", time.time() - began)

def ready(window):
    from PySide6.QtCore import QTimer
    told["ready"] = time.time() - began
    QTimer.singleShot({IDLE_SECONDS * 1000}, window, lambda: end(window))

def end(window):
    told["memory"] = psutil.Process().memory_full_info().rss / 2**20
    print(json.dumps(told), flush=True)
    window.close()

def open_studio(folder):
    from studio.bootstrap import open_workspace
    return open_workspace(folder)

from studio.gui.app import run_window
run_window(Path(sys.argv[1]), open_studio, on_painted=painted, on_ready=ready)
"""
HEAVY = ("PySide6", "sqlmodel", "sqlalchemy", "studio.bootstrap", "pandas", "sklearn")
LOADED = f"""
import sys
sys.argv = ["studio", "--help"]
from studio.__main__ import main
try:
    main()
except SystemExit:
    pass
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""


def tables() -> list[Table]:
    table = Table(
        "Start-up",
        ("what", "figure", "target"),
        notes="Window: from the start of its process, on the sample workspace, drawn "
        f"offscreen; memory is resident, {IDLE_SECONDS} s after it was ready. The "
        "runner kept ready for the next run is a process of its own and not counted. "
        "Medians of 5 (window) and 15 starts.",
    )
    studio = [sys.executable, "-m", "studio", "--help"]
    quiet = {"stdout": subprocess.DEVNULL}
    bare = middle(lambda _: subprocess.run([sys.executable, "-c", ""], check=True), 15)
    help_ms = middle(lambda _: subprocess.run(studio, check=True, **quiet), 15)
    table.add("a bare Python", f"{bare:.0f} ms", "")
    target = f"≤ 250 ms: {verdict(help_ms, 250)}"
    table.add("studio --help", f"{help_ms:.0f} ms", target)
    table.add("heavy modules that it imports", heavy_modules(), "none")
    _add_window(table)
    return [table]


def heavy_modules() -> str:
    command = [sys.executable, "-c", LOADED]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return ", ".join(json.loads(answer.stderr.replace("'", '"'))) or "none"


def _add_window(table: Table) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        create_workspace(root, sample=get_sample("penguins")).close()
        env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": folder}
        found = [_window(root, env) for _ in range(5)]
    paint = median(each["painted"] for each in found)
    ready = median(each["ready"] for each in found)
    memory = median(each["memory"] for each in found)
    limit = f"≤ 0.5 s: {verdict(paint, 0.5)}"
    table.add("window: first paint", f"{paint:.2f} s", limit)
    table.add("window: usable", f"{ready:.2f} s", f"≤ 1.5 s: {verdict(ready, 1.5)}")
    limit = f"≤ 250 MB: {verdict(memory, 250)}"
    table.add("window: memory when idle", f"{memory:.0f} MB", limit)


def _window(root: Path, env: dict[str, str]) -> dict[str, float]:
    command = [sys.executable, "-c", WINDOW, str(root)]
    answer = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={**env, "BENCH_BEGAN": str(time.time())},
        timeout=120,
    )
    told: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return told


if __name__ == "__main__":
    for each_table in tables():
        each_table.show()
