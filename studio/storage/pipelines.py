"""Pipelines are files; each save also keeps its text as a version here."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

from studio.domain import ways
from studio.domain.errors import InvalidError, NotFoundError, RefusedError
from studio.storage.database import Database, from_iso
from studio.storage.files import write_atomically
from studio.storage.locks import locked
from studio.storage.tables import PipelineVersionRow

_P = PipelineVersionRow.__table__  # type: ignore[attr-defined]

PIPELINE_FILE = "pipeline.yml"
LAYOUT_FILE = "layout.json"
LOCKS = ".locks"


@dataclass(frozen=True)
class PipelineText:
    """A pipeline as it stands on disk: `sha256` is of the YAML text."""

    name: str
    yaml: str
    layout: dict[str, Any]
    sha256: str
    modified_at: datetime | None = None


@dataclass(frozen=True)
class PipelineVersion:
    number: int
    sha256: str
    yaml: str
    layout: dict[str, Any]
    created_at: datetime
    created_by: str


class PipelineRepository:
    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    def names(self) -> list[str]:
        """Folders that hold a pipeline.yml, by name."""
        if not self._folder.is_dir():
            return []
        return sorted(
            entry.name
            for entry in self._folder.iterdir()
            if (entry / PIPELINE_FILE).is_file()
        )

    def folder(self, name: str) -> Path:
        return self._folder / name

    def file(self, name: str) -> Path:
        return self._folder / name / PIPELINE_FILE

    @contextmanager
    def being_written(self, name: str) -> Iterator[None]:
        """Nobody else of this program writes the working copy meanwhile.

        UnavailableError if another process doesn't come to its end.
        """
        self._database.presence.check()
        with locked(self._folder / LOCKS / name, f"The pipeline '{name}'"):
            yield

    def text(self, name: str) -> PipelineText:
        """The working copy. NotFoundError names the pipelines there are."""
        file = self.file(name)
        try:
            yaml = file.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            known = ", ".join(self.names()) or "none yet"
            raise NotFoundError(
                f"There is no pipeline '{name}'", f"Pipelines here: {known}"
            ) from None
        except UnicodeDecodeError as error:
            raise InvalidError(
                f"{file} isn't UTF-8 text", "Save it as UTF-8"
            ) from error
        stamp = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
        return PipelineText(name, yaml, self._layout(name), _sha256(yaml), stamp)

    def save(self, name: str, yaml: str, layout: dict[str, Any]) -> int:
        """Write the working copy and keep its text; returns the version's number.

        The same text twice is one version.
        """
        self._database.presence.check()
        write_atomically(self.file(name), yaml.encode())
        write_atomically(
            self._folder / name / LAYOUT_FILE,
            json.dumps(layout, indent=1, ensure_ascii=False).encode(),
        )
        return self.keep_version(name, yaml, layout)

    def save_layout(self, name: str, layout: dict[str, Any]) -> None:
        """Only positions: no new version."""
        self._database.presence.check()
        write_atomically(
            self._folder / name / LAYOUT_FILE,
            json.dumps(layout, indent=1, ensure_ascii=False).encode(),
        )

    def keep_version(self, name: str, yaml: str, layout: dict[str, Any]) -> int:
        """The number of the version with this text, a new one if it isn't the newest.

        The same text twice is one version, with the places it had last.
        """
        digest, places = _sha256(yaml), json.dumps(layout)
        newest = select(_P.c.number, _P.c.sha256, _P.c.layout)
        newest = newest.where(_P.c.pipeline == name).order_by(_P.c.number.desc())
        with self._database.read() as connection:
            last = connection.execute(newest.limit(1)).first()
        if last is not None and last.sha256 == digest:
            if last.layout != places:
                self._move(name, int(last.number), places)
            return int(last.number)
        with self._database.write() as tx:
            top = select(func.max(_P.c.number)).where(_P.c.pipeline == name)
            number = int(tx.execute(top).scalar() or 0) + 1
            tx.execute(
                insert(_P).values(
                    pipeline=name,
                    number=number,
                    sha256=digest,
                    yaml=yaml,
                    layout=places,
                    created_at=tx.now,
                    actor=tx.actor,
                )
            )
            tx.record("PipelineSaved", name, version=number, sha256=digest)
        return number

    def _move(self, name: str, number: int, places: str) -> None:
        this = (_P.c.pipeline == name) & (_P.c.number == number)
        with self._database.write(durable=False) as tx:
            tx.execute(update(_P).where(this).values(layout=places))

    def versions(self, name: str, limit: int | None = None) -> list[PipelineVersion]:
        """Saved versions (the newest `limit` of them), newest first."""
        statement = select(_P).where(_P.c.pipeline == name).order_by(_P.c.number.desc())
        statement = statement.limit(limit) if limit else statement
        with self._database.read() as connection:
            return [_version(row) for row in connection.execute(statement)]

    def version(self, name: str, number: int) -> PipelineVersion:
        """One saved version. NotFoundError names those there are."""
        statement = select(_P).where(_P.c.pipeline == name, _P.c.number == number)
        with self._database.read() as connection:
            row = connection.execute(statement).first()
        if row is not None:
            return _version(row)
        latest = self.latest_number(name)
        known = f"its versions are 1 to {latest}" if latest else "it has none"
        raise NotFoundError(
            f"Pipeline '{name}' has no version {number}",
            f"{ways.SEE_HISTORY(name)} ({known})",
        )

    def latest_number(self, name: str) -> int | None:
        statement = select(func.max(_P.c.number)).where(_P.c.pipeline == name)
        with self._database.read() as connection:
            found = connection.execute(statement).scalar()
        return int(found) if found is not None else None

    def delete(self, name: str) -> None:
        """Remove the working copy; saved versions stay in the database."""
        self.text(name)
        folder = self._folder / name
        trash = self._folder / f".{name}.deleted"
        try:
            shutil.rmtree(trash, ignore_errors=True)
            folder.rename(trash)
        except OSError as error:
            raise RefusedError(
                f"{folder} can't be removed: {error.strerror}", "Check its permissions"
            ) from error
        with self._database.write() as tx:
            tx.record("PipelineDeleted", name)
        shutil.rmtree(trash, ignore_errors=True)

    def _layout(self, name: str) -> dict[str, Any]:
        """The side file; an absent or damaged one only loses positions."""
        try:
            layout = json.loads((self._folder / name / LAYOUT_FILE).read_text())
        except (OSError, ValueError, RecursionError):
            return {}
        return layout if isinstance(layout, dict) else {}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _version(row: Any) -> PipelineVersion:
    created_at = from_iso(row.created_at)
    assert created_at is not None
    return PipelineVersion(
        row.number,
        row.sha256,
        row.yaml,
        json.loads(row.layout),
        created_at,
        row.actor,
    )
