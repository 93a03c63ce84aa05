"""`python -m studio`: with no noun it opens the window, otherwise the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.bootstrap import Studio


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == ["runner"]:  # started by us, never typed: no parser needed
        return run_one(Path(arguments[1]), arguments[2], warm="warm" in arguments)
    if arguments[:1] == ["sweeper"]:
        from studio.bootstrap import execute_sweep

        return 0 if execute_sweep(Path(arguments[1]), arguments[2]) else 3
    from studio.cli.app import run

    return run(arguments, QtWindow())


def run_one(workspace: Path, run_id: str, *, warm: bool) -> int:
    """Be the process that owns one run. Its steps' interpreter starts before our own
    libraries are imported, which takes as long."""
    from studio.targets.process import ProcessTarget

    spare = run_id == "-"  # told which run to do when there is one
    folder = workspace / "runs" / ("" if spare else run_id)
    target = ProcessTarget(folder / ("spare.log" if spare else "interpreter.log"))
    if warm or spare:
        target.warm_up()
    from studio.bootstrap import execute_run, read_ahead

    if spare:
        read_ahead()
        run_id = sys.stdin.readline().strip()
        if not run_id:
            target.close()
            return 0
        log_to(workspace / "runs" / run_id / "runner.log")
    return 0 if execute_run(workspace, run_id, target) else 3


def log_to(file: Path) -> None:
    """Send what this process prints to a file from now on."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


class QtWindow:
    """The window as the command line asks for it; Qt is imported when it opens."""

    def problem(self) -> str | None:
        from studio.gui.display import problem

        return problem()

    def show(
        self, workspace: Path, open_studio: Callable[[Path], Studio], page: str = ""
    ) -> int:
        from studio.gui.app import run_window

        return run_window(workspace, open_studio, page=page)


if __name__ == "__main__":
    sys.exit(main())
