"""A folder that is there whole or not at all: built beside its place, then moved."""

from __future__ import annotations

import errno
import glob
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from studio.domain.errors import RefusedError, UnavailableError

MARK = "studio-environment.json"
_PARTIAL = re.compile(r"\..+\.(?P<pid>\d+)-\w+\.(partial|gone)")


def mark_of(folder: Path) -> Mapping[str, str]:
    """What a whole folder says it was made of; {} where there is none."""
    try:
        told = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def refuse_what_is_not_ours(folder: Path) -> None:
    """RefusedError for a folder with anything in it that wasn't made here."""
    empty = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if not empty and not (folder / MARK).is_file():
        raise RefusedError(
            f"{folder} holds something that isn't an environment made here",
            hint="Choose another folder, or empty this one",
        )


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """A place on the same disk, empty again whatever happens."""
    partial = folder.with_name(_named(folder, "partial"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        yield partial
    except OSError as error:
        raise not_writable(folder, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def put_in_place(
    partial: Path,
    folder: Path,
    mark: Mapping[str, str],
    is_whole: Callable[[], bool],
) -> None:
    """Move what is whole to its place; whoever came first with the same has won."""
    (partial / MARK).write_text(json.dumps(mark), encoding="utf-8")
    if folder.exists() and not is_whole():
        set_aside(folder)
    try:
        partial.replace(folder)
    except OSError:
        if not is_whole():
            raise


def set_aside(folder: Path) -> None:
    """Take a folder away; it is never seen half removed."""
    gone = folder.with_name(_named(folder, "gone"))
    try:
        folder.replace(gone)
    except OSError as error:
        raise not_writable(folder, error) from error
    shutil.rmtree(gone, ignore_errors=True)


def not_writable(folder: Path, error: OSError) -> UnavailableError:
    if error.errno == errno.ENOSPC:
        return disk_full()
    return UnavailableError(
        f"{folder} can't be written: {error.strerror or error}",
        hint="Check its permissions and the space that is left",
    )


def disk_full() -> UnavailableError:
    return UnavailableError(
        "The disk is full; nothing of this environment was kept",
        hint="Free some space, or clean up old environments, and try again",
    )


def _sweep(folder: Path) -> None:
    """Take away what processes that were killed have left beside it."""
    import psutil

    for each in folder.parent.glob(f".{glob.escape(folder.name)}.*"):
        left = _PARTIAL.fullmatch(each.name)
        if left and not psutil.pid_exists(int(left["pid"])):
            shutil.rmtree(each, ignore_errors=True)


def _named(folder: Path, what: str) -> str:
    return f".{folder.name}.{os.getpid()}-{secrets.token_hex(4)}.{what}"
