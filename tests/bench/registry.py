"""The model registry at 100,000 versions with 5 tags, beside raw SQLite.

python -m tests.bench.registry [VERSIONS]
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path
from typing import Any

from studio.bootstrap import Studio, create_workspace
from studio.domain.tag_filter import parse_filter
from studio.storage.database import connect_raw
from studio.storage.models import ModelRepository, NewVersion
from tests.bench.tables import Table, middle, verdict

VERSIONS = 100_000
STAGES = ("dev", "test", "prod")


def new(number: int) -> NewVersion:
    tags = {
        "owner": f"o{number % 50}",
        "stage": STAGES[number % 3],
        "sample": f"s{number % 1000}",
        "unique": f"u{number}",
        "framework": "sklearn" if number % 4 else "onnx",
    }
    name = f"model{number % 1000}"
    metrics = {"accuracy": (number % 997) / 997}
    return NewVersion(name, "custom_model", "d" * 64, 1, tags=tags, metrics=metrics)


def filled(root: Path, versions: int) -> Studio:
    studio = create_workspace(root)
    models = ModelRepository(studio.database)
    for start in range(0, versions, 5000):
        with studio.database.write() as tx:
            for number in range(start, min(start + 5000, versions)):
                models.register_within(tx, new(number))
    return studio


ONE = """SELECT v.* FROM model_tag t JOIN model_version v ON v.id = t.version_id
    WHERE t.key = 'unique' AND t.value = ? AND NOT v.archived
    ORDER BY t.version_id DESC LIMIT 100"""
TWO = """SELECT v.* FROM model_tag t JOIN model_version v ON v.id = t.version_id
    WHERE t.key = 'stage' AND t.value = 'prod' AND NOT v.archived AND EXISTS (
        SELECT 1 FROM model_tag o WHERE o.version_id = t.version_id
        AND o.key = 'framework' AND o.value = 'onnx')
    ORDER BY t.version_id DESC LIMIT 100"""
PAGE = "SELECT * FROM model_version WHERE archived = 0 ORDER BY id DESC LIMIT 100"
VERSION = """INSERT INTO model_version (name, version, type, digest, size_bytes,
    created_at, description, archived, properties, run_id, experiment, pipeline, step,
    actor, trained_here)
    VALUES ('raw', ?, 'custom_model', 'd', 1, '2026-01-01', '', 0, '{}', '', '', '', '',
    '', 0)"""
TAG = "INSERT INTO model_tag (version_id, key, value) VALUES (?, ?, 'x')"


def raw_register(connection: Any, number: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    row = connection.execute(VERSION, (number,)).lastrowid
    connection.executemany(TAG, [(row, key) for key in "abcde"])
    connection.execute("COMMIT")


def tables(versions: int = VERSIONS) -> list[Table]:
    with tempfile.TemporaryDirectory() as folder:
        studio = filled(Path(folder) / "workspace", versions)
        with contextlib.closing(connect_raw(studio.database.path)) as raw:
            raw.execute("PRAGMA synchronous=FULL")
            table = _table(studio, raw, versions)
        studio.close()
    return [table]


def _table(studio: Studio, raw: Any, versions: int) -> Table:
    models = ModelRepository(studio.database)

    def search(text: str) -> None:
        found, _ = models.search(parse_filter(text))
        assert found

    def fetch(statement: str, *values: str) -> None:
        assert raw.execute(statement, values).fetchall()

    table = Table(
        f"Registry: {versions:,} versions with 5 tags each",
        ("what", "ms", "raw SQLite, ms", "ratio", "target"),
        notes="Ours: parse the filter, search, count, and build whole values (tags, "
        "metrics, aliases, places of use) of up to 100 versions. Counts are kept until "
        "the next event; the last rows have them counted anew. Raw: the same search on "
        "the same file, rows as tuples without tags. Register: the row, 5 tags, the "
        "chained event, on disk (synchronous=FULL); raw: row and tags. Medians of 200.",
    )
    rows = [
        (
            "search, one tag, one hit",
            middle(lambda n: search(f"unique=u{n * 371 % versions}"), 200),
            middle(lambda n: fetch(ONE, f"u{n * 371 % versions}"), 200),
        ),
        (
            "search, two common tags, newest 100",
            middle(lambda _: search("stage=prod framework=onnx"), 200),
            middle(lambda _: fetch(TWO), 200),
        ),
        (
            "first page of 100",
            middle(lambda _: search(""), 200),
            middle(lambda _: fetch(PAGE), 200),
        ),
        (
            "register one version",
            middle(lambda n: models.register(new(versions + n)), 200),
            middle(lambda n: raw_register(raw, n), 200),
        ),
    ]
    for what, ours, theirs in rows:
        target = f"≤ 2 ms: {verdict(ours, 2)}"
        cells = (f"{ours:.2f}", f"{theirs:.3f}", f"{ours / theirs:.1f}x")
        table.add(what, *cells, target)
    for what, text in (("first page", ""), ("two common tags", "stage=prod owner=o1")):
        anew = middle(lambda _, t=text: _counted_anew(studio, t), 15)
        table.add(f"{what}, counted anew", f"{anew:.2f}", "", "", "")
    return table


def _counted_anew(studio: Studio, text: str) -> None:
    ModelRepository(studio.database).search(parse_filter(text))


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else VERSIONS
    for each_table in tables(wanted):
        each_table.show()
