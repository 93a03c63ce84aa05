"""`python -m studio`: with no noun it opens the window, otherwise the command line."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == ["runner"]:  # started by us, never typed: no parser needed
        from studio.bootstrap import execute_run

        return 0 if execute_run(Path(arguments[1]), arguments[2]) else 3
    from studio.cli.app import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
