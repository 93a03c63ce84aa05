"""Known vulnerabilities of locked packages, from a database that is at hand.

Nothing is asked of any network: a folder or archive in the OSV format, or the JSON that
pip-audit has written, is read.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from studio.domain.environment import Lock
from studio.domain.errors import InvalidError, NotFoundError
from studio.domain.requirement_lines import normal_name

_MOST_BYTES = 4 << 20
_MOST_AUDIT_BYTES = 64 << 20
_MOST_RECORDS = 300_000
_FEW = 100
_ECOSYSTEM = "pypi"
_WHAT_IS_ONE = "Name a folder or .zip in the OSV format, or the JSON of pip-audit"


@dataclass(frozen=True)
class Vulnerability:
    """`fixed_in` are versions that don't have it, the lowest first."""

    package: str
    version: str
    id: str
    summary: str = ""
    aliases: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()


def known_vulnerabilities(lock: Lock, database: Path) -> Sequence[Vulnerability]:
    """Those of exactly the locked versions.

    StudioError where `database` is none. One record that can't be read is passed over.
    """
    if not database.exists():
        raise NotFoundError(
            f"There is no vulnerability database at {database}",
            hint=_WHAT_IS_ONE,
        )
    if database.suffix.lower() == ".json" and database.is_file():
        found = _audited(lock, database)
    else:
        locked = {p.name: p.version for p in lock.packages if p.manager == "pip"}
        found = [v for record in _records(database) for v in _hits(record, locked)]
    unique = {(each.package, each.id): each for each in found}
    return sorted(unique.values(), key=lambda each: (each.package, each.id))


def check_database(database: Path) -> None:
    """StudioError where nothing at that place tells of vulnerabilities."""
    if database.suffix.lower() == ".json" or not database.exists():
        known_vulnerabilities(Lock("", "linux-64", (), "", ""), database)
    elif not any("affected" in each for each in islice(_records(database), _FEW)):
        raise InvalidError(
            f"{database} holds no records of vulnerabilities", hint=_WHAT_IS_ONE
        )


def _audited(lock: Lock, file: Path) -> list[Vulnerability]:
    report = _json(_limited(file, _MOST_AUDIT_BYTES))
    told = report.get("dependencies") if isinstance(report, dict) else report
    if not isinstance(told, list):
        if isinstance(report, dict) and "affected" in report:
            locked = {p.name: p.version for p in lock.packages}
            return [*_hits(report, locked)]
        raise InvalidError(
            f"{file} isn't what pip-audit writes",
            hint="Make it with: pip-audit --format json --output FILE",
        )
    found = []
    for each in filter(_is_mapping, told):
        name, version = normal_name(str(each.get("name", ""))), str(each.get("version"))
        if lock.version_of(name) != version:
            continue
        for vuln in filter(_is_mapping, each.get("vulns") or []):
            found.append(
                Vulnerability(
                    name,
                    version,
                    str(vuln.get("id", "")),
                    _first_line(vuln.get("description")),
                    _texts(vuln.get("aliases")),
                    _texts(vuln.get("fix_versions")),
                )
            )
    return found


def _records(database: Path) -> Iterator[Mapping[str, Any]]:
    for raw in islice(_raw(database), _MOST_RECORDS):
        record = _json(raw)
        if isinstance(record, dict):
            yield record


def _raw(database: Path) -> Iterator[bytes]:
    if database.is_dir():
        for file in sorted(database.rglob("*.json")):
            yield _limited(file, _MOST_BYTES)
        for archive in sorted(database.glob("*.zip")):
            yield from _of_archive(archive)
    else:
        yield from _of_archive(database)


def _of_archive(file: Path) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith(".json") and entry.file_size <= _MOST_BYTES:
                    with archive.open(entry) as opened:
                        yield opened.read(_MOST_BYTES)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise InvalidError(
            f"{file} isn't a vulnerability database",
            hint=_WHAT_IS_ONE,
        ) from error


def _hits(
    record: Mapping[str, Any], locked: Mapping[str, str]
) -> Iterator[Vulnerability]:
    if record.get("withdrawn"):
        return
    for affected in filter(_is_mapping, record.get("affected") or []):
        package = affected.get("package")
        package = package if isinstance(package, dict) else {}
        name = normal_name(str(package.get("name", "")))
        if str(package.get("ecosystem", "")).lower() != _ECOSYSTEM:
            continue
        if name not in locked or not _affects(affected, locked[name]):
            continue
        yield Vulnerability(
            name,
            locked[name],
            str(record.get("id", "")),
            _first_line(record.get("summary") or record.get("details")),
            _texts(record.get("aliases")),
            _fixes(affected, locked[name]),
        )


def _affects(affected: Mapping[str, Any], version: str) -> bool:
    if version in _texts(affected.get("versions")):
        return True
    return any(_within(events, version) for events in _ranges(affected))


def _within(events: Sequence[Mapping[str, Any]], version: str) -> bool:
    """Whether the last event at or before a version says that it's affected."""
    here = _order(version)
    if here is None:
        return False
    inside, latest = False, None
    for event in events:
        for kind in ("introduced", "fixed", "last_affected"):
            at = _order("0.dev0" if event.get(kind) == "0" else event.get(kind))
            if at is None or at > here or (latest is not None and at < latest):
                continue
            if kind == "last_affected" and at == here:
                continue
            inside, latest = kind == "introduced", at
    return inside


def _fixes(affected: Mapping[str, Any], version: str) -> tuple[str, ...]:
    here = _order(version)
    found = {}
    for events in _ranges(affected):
        for event in events:
            at = _order(event.get("fixed"))
            if at is not None and here is not None and at > here:
                found[str(event["fixed"])] = at
    return tuple(sorted(found, key=lambda each: found[each]))


def _ranges(affected: Mapping[str, Any]) -> Iterator[Sequence[Mapping[str, Any]]]:
    for each in filter(_is_mapping, affected.get("ranges") or []):
        events = each.get("events")
        if each.get("type") == "ECOSYSTEM" and isinstance(events, list):
            yield [event for event in events if isinstance(event, dict)]


def _order(version: Any) -> Any:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(str(version)) if version is not None else None
    except InvalidVersion:
        return None


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _limited(file: Path, most: int) -> bytes:
    try:
        with file.open("rb") as opened:
            raw = opened.read(most + 1)
    except OSError as error:
        raise InvalidError(
            f"{file} can't be read: {error.strerror}", "Check its permissions"
        ) from error
    return raw if len(raw) <= most else b""


def _first_line(text: Any) -> str:
    return str(text or "").strip().split("\n")[0][:300]


def _texts(value: Any) -> tuple[str, ...]:
    told = value if isinstance(value, list) else []
    return tuple(each for each in told if isinstance(each, str))


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict)
