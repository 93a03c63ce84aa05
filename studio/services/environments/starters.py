"""Starters: environments that are ready to be made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.domain.errors import NotFoundError
from studio.resources import resource_path


@dataclass(frozen=True)
class Starter:
    """What `requirements` declares, and in a sentence what it is for."""

    name: str
    about: str
    requirements: Path


def names() -> Sequence[str]:
    return sorted(folder.name for folder in _folder().iterdir())


def get(name: str) -> Starter:
    """NotFoundError, naming those there are, if it isn't one."""
    if name not in names():
        raise NotFoundError(
            f"There is no starter '{name}'", f"There are: {', '.join(names())}"
        )
    folder = _folder() / name
    about = (folder / "about.txt").read_text().strip()
    return Starter(name, about, folder / "requirements.txt")


def _folder() -> Path:
    return resource_path("environments")
