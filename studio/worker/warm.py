"""Keeps an interpreter warm and forks one process per step; see `relay`.

    python -u warm.py     # JSON lines on stdin and stdout

Where a process can't fork, the steps are started cold with the same lines.
"""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path
from typing import Any


def sibling(name: str) -> Any:
    """Import a module of this folder.

    Started by path, Python puts this folder first on `sys.path`, where its file
    names would hide a step's own modules; so the folder becomes a package of a
    name that nobody else has, and leaves the path.
    """
    folder = str(Path(__file__).resolve().parent)
    if sys.path and Path(sys.path[0] or ".").resolve() == Path(folder):
        del sys.path[0]
    package = types.ModuleType("studio_worker")
    package.__path__ = [folder]
    sys.modules.setdefault("studio_worker", package)
    return importlib.import_module("studio_worker." + name)


if __name__ == "__main__":
    sys.exit(sibling("relay" if sys.platform == "linux" else "cold_steps").main())
