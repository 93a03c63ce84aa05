"""What goes into a model's package: an image, or a folder with the same in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class PackageWish:
    """`model` is served by itself, or by `script` (relative to `code`).

    `others` are further models, found by name below the assets' folder, for a script
    that serves several; `assets` are files and folders. `environment` "": what the
    model says it needs.
    """

    model: str
    environment: str = ""
    code: Path | None = None
    script: str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    assets: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Packaged:
    """What was made. `place` is the image's tag, or the folder."""

    model: str
    environment: str
    place: str
    size_bytes: int
    seconds: float
    digest: str = ""
    log: str = ""


def run_command(made: Packaged) -> str:
    """What serves an image, to be typed in a terminal; the key is chosen there."""
    port = "--publish 127.0.0.1:8080:8080"
    return f"docker run {port} --env STUDIO_KEY=choose-one {made.place}"
