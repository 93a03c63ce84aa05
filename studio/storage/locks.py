"""One process at a time: a lock that the system takes back from a killed holder."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from studio.domain.errors import UnavailableError

PATIENCE = 20.0
_LONGEST_PAUSE = 0.05


@contextmanager
def locked(path: Path, what: str, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock that a file stands for; threads exclude each other, too.

    UnavailableError if another holder keeps it longer than `patience` seconds. Where a
    folder knows no locks (some network shares), it is entered without one.
    """
    file = _acquired(path, what, time.monotonic() + patience)
    try:
        yield
    finally:
        file.close()  # which gives the lock back


def _acquired(path: Path, what: str, end: float) -> IO[bytes]:
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("ab")
        except OSError as error:
            raise UnavailableError(
                f"{path} can't be written: {error.strerror}",
                "Check the free space and the permissions of its folder",
            ) from error
        if _try_lock(file) and _is_still(file, path):
            return file
        file.close()
        if time.monotonic() >= end:
            raise UnavailableError(
                f"{what} is being written by another process",
                "Try again when that is done, or end it",
            )
        time.sleep(random.uniform(0.001, _LONGEST_PAUSE))


def _is_still(file: IO[bytes], path: Path) -> bool:
    """False if the file was removed and made anew while the lock was waited for."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a folder without locks
        return True
