"""Opens the real window as `studio open --sample penguins` does, and walks in it.

walk.py whole REPORT PICTURES   the whole path
walk.py start REPORT PICTURES   starts a run, says so, and waits to be killed
walk.py find  REPORT PICTURES   finds that run among the runs
walk.py states REPORT PICTURES  pictures of the designer's states
walk.py environments REPORT PICTURES  pictures of environments and images

Stands on a display of its own; the report is a JSON file.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow

BEGUN = time.monotonic()
OPEN = ["open", "--sample", "penguins"]


class WatchedWindow:
    """The window of the command line, with someone in front of it."""

    def __init__(self, scenario: str, report: dict[str, Any], pictures: Path) -> None:
        self._scenario, self._report, self._pictures = scenario, report, pictures

    def problem(self) -> str | None:
        from studio.gui.display import problem

        return problem()

    def show(
        self, workspace: Path, open_studio: Callable[[Path], Studio], page: str = ""
    ) -> int:
        from studio.gui.app import run_window

        return run_window(
            workspace,
            open_studio,
            page=page,
            on_painted=lambda: self._took("painted"),
            on_ready=self._ready,
        )

    def _took(self, what: str) -> None:
        self._report[f"{what}_s"] = round(time.monotonic() - BEGUN, 3)

    def _ready(self, window: MainWindow) -> None:
        self._took("ready")
        from walk_eyes import Eyes
        from walk_stalls import Watchdog

        self._watchdog, eyes = Watchdog(window), Eyes(window)
        threading.Thread(target=self._walk, args=(eyes, window), daemon=True).start()

    def _walk(self, eyes: Any, window: MainWindow) -> None:
        from walk_environments import Environments
        from walk_path import Walk
        from walk_states import States

        kinds = {"states": States, "environments": Environments}
        kind: Any = kinds.get(self._scenario, Walk)
        walk = kind(eyes, self._pictures, self._report)
        try:
            getattr(walk, self._scenario)()
        except BaseException:
            self._report["error"] = traceback.format_exc()
            eyes.picture(self._pictures / "failure.png", settled=False)
        self._watchdog.stop()
        self._report["stalls"] = self._watchdog.figures()
        self._report["stacks"] = self._watchdog.stacks
        eyes.ask(window.leaving.close_now)


def main(scenario: str, report_file: Path, pictures: Path) -> int:
    from studio.cli.app import run

    pictures.mkdir(parents=True, exist_ok=True)
    report: dict[str, Any] = {"milestones": [], "pictures": [], "facts": {}}
    report["error"] = ""
    try:
        code = run(OPEN, WatchedWindow(scenario, report, pictures))
    finally:
        report_file.write_text(json.dumps(report, indent=1))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
