"""Logs read piece by piece while they grow."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class LogPart:
    """A piece of a log; pass `offset` (in bytes) again to read on from there."""

    text: str
    offset: int


def read_log(file: Path, offset: int) -> LogPart:
    """What stands in a log from `offset` on, at most 1 MiB.

    A log that has become shorter was begun anew, and is read from its start. A
    character that is only half written waits for the next piece.
    """
    try:
        with file.open("rb") as stream:
            if stream.seek(0, 2) < offset:
                offset = 0
            stream.seek(offset)
            data = stream.read(_PIECE_BYTES)
    except FileNotFoundError:
        return LogPart("", offset)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    text = decoder.decode(data)
    waiting = decoder.getstate()[0]
    return LogPart(text, offset + len(data) - len(waiting))
