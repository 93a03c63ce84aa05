"""A folder of code copied whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from studio.domain.errors import InvalidError, UnavailableError

MOST_FILES = 20_000
_LEFT_OUT = ("__pycache__", ".git", ".venv")


def copy_folder(source: Path, target: Path) -> None:
    """Copy ordinary files below `source`; `target` is there only when it is whole.

    InvalidError if there are far too many: a link may lead anywhere.
    """
    part = target.parent / f".{target.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        for number, file in enumerate(_files(source, frozenset())):
            if number >= MOST_FILES:
                raise InvalidError(
                    f"{source} holds more than {MOST_FILES:,} files",
                    "Choose the folder of the component alone",
                )
            copy = part / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)
        part.rename(target)
    except OSError as error:
        raise UnavailableError(
            f"{error.filename or source} can't be copied: {error.strerror}",
            "Check its permissions and the free space",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _files(folder: Path, above: frozenset[str]) -> Iterator[Path]:
    """Files by name; a link to a folder that holds it is not followed."""
    above |= {os.path.realpath(folder)}
    for path in sorted(folder.iterdir()):
        if path.name in _LEFT_OUT or path.suffix == ".pyc":
            continue
        if path.is_file():
            yield path
        elif path.is_dir() and os.path.realpath(path) not in above:
            yield from _files(path, above)
