"""`python -m studio`: with no noun it opens the window, otherwise the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.bootstrap import Studio


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == ["runner"]:  # started by us, never typed: no parser needed
        from studio.bootstrap import execute_run

        return 0 if execute_run(Path(arguments[1]), arguments[2]) else 3
    from studio.cli.app import run

    return run(arguments, QtWindow())


class QtWindow:
    """The window as the command line asks for it; Qt is imported when it opens."""

    def problem(self) -> str | None:
        from studio.gui.display import problem

        return problem()

    def show(self, workspace: Path, open_studio: Callable[[Path], Studio]) -> int:
        from studio.gui.app import run_window

        return run_window(workspace, open_studio)


if __name__ == "__main__":
    sys.exit(main())
