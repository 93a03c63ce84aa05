from __future__ import annotations

import json
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.domain.environment import Lock, LockedPackage
from studio.domain.errors import InvalidError, NotFoundError
from studio.environments.freshness import NO_DATABASE, NO_FOLDER, freshness
from studio.environments.interpreters import host_platform, interpreter_at
from studio.environments.licences import licences_of
from studio.environments.package_indexes import PackageIndexes
from studio.environments.pip_folder import install_pip
from studio.environments.pip_lock import lock_pip
from studio.environments.vulnerabilities import known_vulnerabilities
from tests.local_index import LocalIndex

PYTHON = interpreter_at(sys.executable)


def locked(text: str, indexes: PackageIndexes) -> Lock:
    return lock_pip(
        text, python=PYTHON.minor, platform=host_platform(), indexes=indexes
    )


def test_that_newer_versions_and_withdrawn_ones_are_told(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    lock = locked("alpha<2\nbeta==2.0", indexes)
    before = freshness(lock, indexes=indexes)
    assert [(p.name, p.newest, p.is_newest) for p in before.packages] == [
        ("alpha", "2.0", False),
        ("beta", "3.0", False),
    ]
    assert before.notes == (NO_FOLDER, NO_DATABASE)
    index.packages["beta"][1].yanked = "loses rows"
    index.wheel("alpha", "9.0", requires_python=">=3.99")
    after = freshness(lock, indexes=replace(indexes, cache=f"{indexes.cache} of later"))
    assert [(p.newest, p.withdrawn) for p in after.packages] == [
        ("2.0", ""),
        ("3.0", "loses rows"),
    ]


def test_that_a_lock_of_the_newest_is_fresh(indexes: PackageIndexes) -> None:
    told = freshness(locked("alpha", indexes), indexes=indexes)
    assert told.older == []
    assert {each.is_newest for each in told.packages} == {True}


def test_that_a_package_no_index_has_any_more_is_told_and_the_others_too(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    lock = locked("alpha<2", indexes)
    del index.packages["beta"]
    told = freshness(lock, indexes=replace(indexes, cache=f"{indexes.cache} 2"))
    assert "No package index has beta any more" in told.notes
    assert [(p.name, p.newest) for p in told.packages] == [
        ("alpha", "2.0"),
        ("beta", ""),
    ]


def test_that_licences_are_those_the_installed_packages_tell(
    indexes: PackageIndexes, tmp_path: Path
) -> None:
    lock = locked("alpha", indexes)
    made = install_pip(lock, tmp_path / "here", indexes=indexes, python=PYTHON)
    told = freshness(lock, indexes=indexes, folder=made.folder)
    assert {p.name: p.licence for p in told.packages} == {
        "alpha": "Apache-2.0",
        "beta": "BSD-3-Clause",
        "gamma": "",
    }


@pytest.mark.parametrize(
    ("lines", "licence"),
    [
        ("License-Expression: MIT OR Apache-2.0\nLicense: other", "MIT OR Apache-2.0"),
        (
            "License: a\n b\n c\nClassifier: License :: OSI Approved :: MIT License",
            "MIT License",
        ),
        ("Classifier: License :: OSI Approved", ""),
        ("License: Long text of a licence\n  second line", "Long text of a licence"),
    ],
)
def test_that_a_licence_is_found_however_it_is_told(
    lines: str, licence: str, tmp_path: Path
) -> None:
    info = tmp_path / "lib/python3.11/site-packages/foo-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: Foo\n{lines}\n\nText")
    assert licences_of(tmp_path)["foo"] == licence


LOCK = Lock(
    "3.11",
    "linux-64",
    (LockedPackage("alpha", "1.5"), LockedPackage("beta", "2.0")),
    "test",
    "",
)


def record(name: str, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "id": f"OSV-{name}",
        "summary": "Bad\nthings",
        "aliases": ["CVE-1"],
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": name},
                "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
            }
        ],
        **more,
    }


@pytest.mark.parametrize(
    ("events", "hit"),
    [
        ([{"introduced": "0"}], True),
        ([{"introduced": "0"}, {"fixed": "1.5"}], False),
        ([{"introduced": "0"}, {"fixed": "1.6"}], True),
        ([{"introduced": "1.6"}], False),
        ([{"introduced": "0"}, {"last_affected": "1.5"}], True),
        ([{"introduced": "0"}, {"last_affected": "1.4"}], False),
        ([{"introduced": "0"}, {"fixed": "1.1"}, {"introduced": "1.3"}], True),
        ([{"introduced": "1.3"}, {"introduced": "0"}, {"fixed": "1.1"}], True),
        ([{"introduced": "nonsense"}], False),
    ],
)
def test_that_a_version_is_affected_between_the_events(
    events: list[dict[str, str]], hit: bool, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(record("Alpha", *events)))
    assert bool(known_vulnerabilities(LOCK, tmp_path)) == hit


def test_that_a_database_is_read_from_a_folder_or_an_archive(tmp_path: Path) -> None:
    told = record("alpha", {"introduced": "0"}, {"fixed": "2.0"}, {"fixed": "1.9"})
    other = record("beta", {"introduced": "0"}, withdrawn="2026-01-01")
    elsewhere = json.loads(json.dumps(told).replace("PyPI", "npm"))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for number, each in enumerate((told, other, elsewhere, [1], "x")):
            archive.writestr(f"{number}.json", json.dumps(each))
        archive.writestr("broken.json", "{")
    [found] = known_vulnerabilities(LOCK, tmp_path / "all.zip")
    assert (found.id, found.summary, found.aliases) == ("OSV-alpha", "Bad", ("CVE-1",))
    assert found.fixed_in == ("1.9", "2.0")
    assert known_vulnerabilities(LOCK, tmp_path) == [found]


def test_that_what_pip_audit_wrote_counts_for_the_same_version(tmp_path: Path) -> None:
    vulns = [{"id": "X-1", "fix_versions": ["3"], "description": "d", "aliases": []}]
    report = {
        "dependencies": [
            {"name": "Beta", "version": "2.0", "vulns": vulns},
            {"name": "alpha", "version": "1.4", "vulns": vulns},
        ]
    }
    file = tmp_path / "audit.json"
    file.write_text(json.dumps(report))
    [found] = known_vulnerabilities(LOCK, file)
    assert (found.package, found.id, found.fixed_in) == ("beta", "X-1", ("3",))


def test_that_what_is_no_database_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        known_vulnerabilities(LOCK, tmp_path / "nothing")
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(InvalidError, match="isn't what pip-audit writes"):
        known_vulnerabilities(LOCK, tmp_path / "x.json")
    (tmp_path / "x.zip").write_text("no archive")
    with pytest.raises(InvalidError, match="isn't a vulnerability database"):
        known_vulnerabilities(LOCK, tmp_path / "x.zip")
