"""What was read of an environment somewhere else, for a person to look at and keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

PREFERRED_PYTHON = "3.11"


@dataclass(frozen=True)
class ImportedEnvironment:
    """`text` is a requirements.txt (pip) or an environment.yml (conda).

    `python` is like "3.11", "" where nothing says it; `notes` tell what could not be
    taken over, and what was changed; `name` is the project's, where it has one;
    `places` are file and line of each line of a text that was put together.
    """

    kind: Literal["pip", "conda"]
    text: str
    python: str = ""
    notes: tuple[str, ...] = ()
    source: str = ""
    name: str = ""
    places: tuple[str, ...] = ()


def minor_of(version: str) -> str:
    """The "3.11" of "3.11.7"; "" of what is no version."""
    parts = version.strip().split(".")
    known = len(parts) >= 2 and parts[0].isdigit() and parts[1].isdigit()
    return ".".join(parts[:2]) if known else ""


def nearest_python(allowed: Sequence[str]) -> str:
    """Of several minors the usual one, else the one closest to it; "" of none."""
    usual = int(PREFERRED_PYTHON.split(".")[1])

    def away(minor: str) -> tuple[int, int]:
        number = int(minor.split(".")[1])
        return abs(number - usual), -number

    return min(allowed, key=away, default="")
