"""Where the files that travel with the program are."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def resource_root() -> Path:
    """The `resources` folder: beside the package in a checkout, within it in a wheel.

    Raises FileNotFoundError if the installation lacks it.
    """
    package = Path(__file__).resolve().parent
    for candidate in (package / "_resources", package.parent / "resources"):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError("The installation has no resources folder; reinstall it")


def resource_path(name: str) -> Path:
    """The path of one resource, e.g. `icons/regular/play.svg`."""
    return resource_root() / name
