"""Profiles of tables, kept by the digest of the content: they never become wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

VERSION = 1


class ProfileStore:
    """One JSON file each; one that can't be read or written is only computed again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, digest: str) -> dict[str, Any] | None:
        try:
            kept = json.loads(self._file(digest).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(kept, dict) or kept.get("version") != VERSION:
            return None
        return kept

    def put(self, digest: str, profile: dict[str, Any]) -> None:
        file = self._file(digest)
        beside = file.with_name(f"{uuid4().hex}.tmp")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"version": VERSION, **profile})
            beside.write_text(text, encoding="utf-8")
            beside.replace(file)
        except OSError:
            beside.unlink(missing_ok=True)

    def _file(self, digest: str) -> Path:
        return self._folder / f"{digest.replace(':', '-')}.json"
