"""Trials of models that were passed: one small file for each, by what was tried."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

_MOST_KEPT = 500


class PassedTrials:
    """A file that can't be read or written only means that a model is tried again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> datetime | None:
        """When it was passed."""
        try:
            told = json.loads(self._file(key).read_text(encoding="utf-8"))
            return datetime.fromisoformat(told["passed_at"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, key: str, **about: str) -> None:
        told = {**about, "passed_at": datetime.now(UTC).isoformat()}
        partial = self._folder / f".{key}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(told), encoding="utf-8")
            partial.replace(self._file(key))
            self._forget_the_oldest()
        except OSError:
            partial.unlink(missing_ok=True)

    def forget(self, key: str) -> None:
        self._file(key).unlink(missing_ok=True)

    def _forget_the_oldest(self) -> None:
        files = sorted(self._folder.glob("*.json"), key=lambda f: f.stat().st_mtime)
        for file in files[:-_MOST_KEPT]:
            file.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}.json"
