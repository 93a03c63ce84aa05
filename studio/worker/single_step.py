"""One Python step in an interpreter of its own, where forking isn't possible."""

from __future__ import annotations

import json
import os
import sys

from .lines import LineReader
from .program import run_program


def main() -> int:
    """Read {"arguments", "error_file"} from stdin and run that program."""
    line = LineReader(0).wait_for_line()
    if line is None:
        return 2
    request = json.loads(line)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.modules.pop("__main__", None)
    return run_program(request["arguments"], request["error_file"])
