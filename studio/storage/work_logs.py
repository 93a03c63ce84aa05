"""Logs of work on environments: a text file each, written while the work goes on.

The first line says what it is, the last one how it has ended; both are JSON.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

MOST_KEPT = 30
MOST_CHARACTERS = 400_000
LAST_LINES = 200
LEFT_OUT = "(lines are left out here)"
_END = "\x1e"
_SUFFIX = ".log"

Facts = Mapping[str, Any]


class WorkLogFile:
    """One that is being written. What is too long keeps its beginning and its end.

    A disk that takes no more of it never stops the work that it is about.
    """

    def __init__(self, file: Path, about: Facts) -> None:
        self._written = 0
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._stream = file.open("x", encoding="utf-8", buffering=1)
        except OSError:
            self._stream = None  # type: ignore[assignment]
        self._put(json.dumps(about))

    def __enter__(self) -> WorkLogFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stream is not None:
            try:
                self._stream.close()
            except OSError:
                pass

    def write(self, line: str) -> None:
        line = line.replace("\n", " ").replace(_END, "")
        self._written += len(line)
        if self._written > MOST_CHARACTERS:
            self._last.append(line)
        else:
            self._put(line)

    def end(self, result: Facts) -> None:
        if self._last:
            self._put(LEFT_OUT)
        for line in self._last:
            self._put(line[: MOST_CHARACTERS // LAST_LINES])
        self._put(_END + json.dumps(result))

    def _put(self, line: str) -> None:
        if self._stream is not None:
            try:
                self._stream.write(line + "\n")
            except OSError:
                pass


class WorkLogs:
    """Those of a workspace, by the environment's name: `root`/NAME/logs/ID.log."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def begin(self, name: str, id: str, about: Facts) -> WorkLogFile:
        """A new one; the oldest go where there are too many."""
        for old in self._files(name)[MOST_KEPT - 1 :]:
            old.unlink(missing_ok=True)
        return WorkLogFile(self._folder(name) / f"{id}{_SUFFIX}", about)

    def find(self, name: str) -> Sequence[tuple[str, Facts]]:
        """Id and facts of each, the newest first."""
        found = []
        for file in self._files(name):
            if facts := _facts(file):
                found.append((file.name.removesuffix(_SUFFIX), facts))
        return found

    def lines(self, name: str, id: str) -> Sequence[str]:
        """What it has told so far; nothing where it isn't there (any more)."""
        file = self._folder(name) / f"{Path(id).name}{_SUFFIX}"
        return [line for line in _lines(file)[1:] if not line.startswith(_END)]

    def remove_of(self, subject: str) -> None:
        """Those of a version, which is no more."""
        name = subject.partition(":")[0]
        for id, facts in self.find(name):
            if facts.get("subject") == subject:
                (self._folder(name) / f"{id}{_SUFFIX}").unlink(missing_ok=True)

    def _folder(self, name: str) -> Path:
        return self._root / name / "logs"

    def _files(self, name: str) -> list[Path]:
        return sorted(self._folder(name).glob(f"*{_SUFFIX}"), reverse=True)


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.removesuffix("\n").split("\n")


def _facts(file: Path) -> Facts:
    """Of its first and its last line; nothing if it can't be read."""
    lines = _lines(file)
    try:
        facts = dict(json.loads(lines[0])) if lines else {}
        if lines and lines[-1].startswith(_END):
            facts |= json.loads(lines[-1].removeprefix(_END))
    except (ValueError, TypeError):
        return {}
    return facts
