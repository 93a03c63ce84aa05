"""Files of a person read within bounds: ordinary ones only, and not without end."""

from __future__ import annotations

import stat
from pathlib import Path

from studio.domain.errors import InvalidError, NotFoundError


def read_bytes(path: Path, most: int, what: str) -> bytes:
    """The content of an ordinary file of at most `most` bytes, meant as `what`.

    A pipe is never opened (that could wait for ever) and a device never read.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise InvalidError(
                f"{path} isn't an ordinary file", "Put a text file there"
            )
        if about.st_size > most:
            raise _too_large(path, most, what)
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except FileNotFoundError:
        raise NotFoundError(f"There is no file {path}", "Check the path") from None
    except OSError as error:
        raise InvalidError(
            f"{path} can't be read: {error.strerror}", "Check its permissions"
        ) from error
    except ValueError as error:  # no file can have such a name
        raise InvalidError(f"{path!r} can't be read: {error}", "Correct it") from error
    if len(raw) > most:
        raise _too_large(path, most, what)
    return raw


def as_text(raw: bytes, path: Path) -> str:
    """UTF-8 text, a byte order mark left out. InvalidError names the first bad line."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidError(
            f"{path}, line {line}: this isn't UTF-8 text", "Save the file as UTF-8"
        ) from error


def _too_large(path: Path, most: int, what: str) -> InvalidError:
    return InvalidError(
        f"{path} is larger than {most >> 20} MiB, too large for {what}",
        "Move what isn't needed into another file",
    )
