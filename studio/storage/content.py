"""The artifact store as the engine sees it, with a memory for outside files."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from studio.domain.errors import InvalidError, NotFoundError
from studio.storage.artifact_files import hash_file
from studio.storage.artifacts import Artifact, ArtifactStore, digest_of
from studio.storage.database import Database
from studio.storage.tables import FileHashRow

_F = FileHashRow.__table__  # type: ignore[attr-defined]
_REMEMBER_FROM_BYTES = 4 * 1024 * 1024


class ContentStore:
    """Content addressing for runs. Safe to use from one thread at a time."""

    def __init__(self, artifacts: ArtifactStore, database: Database) -> None:
        self._artifacts = artifacts
        self._database = database

    def take(self, path: Path) -> str:
        return self._artifacts.add(path, consume=True, durable=False).digest

    def add_code(self, files: Mapping[str, Path]) -> str:
        return self._artifacts.add_files(files).digest

    def digest_of(self, path: Path) -> str:
        try:
            return digest_of(path, self._file_hash)
        except OSError as error:
            raise InvalidError(
                f"{path} can't be read: {error.strerror}", "Check its permissions"
            ) from error

    def secure(self, digest: str) -> int:
        """Make stored content survive a power cut; its size in bytes."""
        return self._artifacts.secure(digest).size_bytes

    def path(self, digest: str) -> Path:
        return self._artifacts.path(digest)

    def whole(self, digest: str) -> bool:
        return self._artifacts.whole(digest)

    def damaged(self, digest: str) -> bool:
        return self._artifacts.damaged(digest)

    def code_difference(self, old: str, new: str) -> str:
        """ "train.py +3 -1, util.py added": lines by file, at most three files."""
        try:
            before, after = self._artifacts.get(old), self._artifacts.get(new)
        except (NotFoundError, InvalidError):
            return "its earlier version is gone"
        told = [
            t
            for name in _names(before, after)
            if (t := self._told(name, before, after))
        ]
        more = f" and {len(told) - 3} more files" if len(told) > 3 else ""
        return ", ".join(told[:3]) + more

    def code_diff(self, old: str, new: str) -> str:
        """The whole difference of two stored code folders, as a unified diff.

        NotFoundError where one of them is gone.
        """
        before, after = self._artifacts.get(old), self._artifacts.get(new)
        parts: list[str] = []
        for name in _names(before, after):
            then, now = _sha(before, name), _sha(after, name)
            if then != now:
                parts += difflib.unified_diff(
                    self._lines(before, name) if then else [],
                    self._lines(after, name) if now else [],
                    f"{name} (then)",
                    f"{name} (now)",
                    lineterm="",
                )
        return "\n".join(parts)

    def _told(self, name: str, before: Artifact, after: Artifact) -> str:
        old, new = _sha(before, name), _sha(after, name)
        if old == new:
            return ""
        if not old or not new:
            return f"{name} {'added' if new else 'removed'}"
        old_lines = self._lines(before, name)
        new_lines = self._lines(after, name)
        added = removed = 0
        for line in difflib.ndiff(old_lines, new_lines):
            added += line.startswith("+ ")
            removed += line.startswith("- ")
        return f"{name} +{added} -{removed}"

    def _lines(self, artifact: Artifact, name: str) -> list[str]:
        path = self._artifacts.path(artifact.digest) / name
        return path.read_text(errors="replace").splitlines()[:5000]

    def _file_hash(self, path: Path) -> str:
        """SHA-256; a large file is read again only when its size or time changed."""
        stat = path.stat()
        if stat.st_size < _REMEMBER_FROM_BYTES:
            return hash_file(path)
        same = (
            (_F.c.path == str(path))
            & (_F.c.size_bytes == stat.st_size)
            & (_F.c.modified_ns == stat.st_mtime_ns)
        )
        with self._database.read() as connection:
            known = connection.execute(select(_F.c.sha256).where(same)).scalar()
        if known:
            return str(known)
        values = {
            "size_bytes": stat.st_size,
            "modified_ns": stat.st_mtime_ns,
            "sha256": hash_file(path),
        }
        statement = upsert(_F).values(path=str(path), **values)
        with self._database.write() as tx:
            tx.execute(
                statement.on_conflict_do_update(index_elements=["path"], set_=values)
            )
        return str(values["sha256"])


def _names(before: Artifact, after: Artifact) -> list[str]:
    return sorted({file.path for file in (*before.files, *after.files)})


def _sha(artifact: Artifact, name: str) -> str:
    return next((f.sha256 for f in artifact.files if f.path == name), "")
