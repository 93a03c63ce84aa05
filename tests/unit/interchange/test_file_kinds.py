"""What a dropped file is."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.errors import InvalidError
from studio.interchange.file_kinds import kind_by_name, kind_of

COMMAND = "name: count\ntype: command\ncommand: python x.py\n"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("birds.CSV", "table"),
        ("birds.parquet", "table"),
        ("birds.jsonl", "table"),
        ("notes.txt", "table"),
        ("requirements-dev.txt", "environment"),
        ("conda.yaml", "environment"),
        ("churn.onnx", "model"),
        ("MLmodel", "model"),
        ("photo.heic", "other"),
    ],
)
def test_that_names_tell_most(name: str, kind: str) -> None:
    assert kind_by_name(Path(name)) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("jobs: {}\n", "pipeline"),
        (COMMAND, "component"),
        ("dependencies: [numpy]\n", "environment"),
        ("- a\n- b\n", "other"),
    ],
)
def test_that_yaml_is_told_by_its_keys(tmp_path: Path, text: str, kind: str) -> None:
    file = tmp_path / "thing.yml"
    file.write_text(text)
    assert kind_of(file) == kind


def test_that_yaml_that_cannot_be_read_says_where(tmp_path: Path) -> None:
    file = tmp_path / "thing.yml"
    file.write_text("a: [1,\n")
    with pytest.raises(InvalidError, match=r"thing\.yml"):
        kind_of(file)


@pytest.mark.parametrize(
    ("inside", "kind"),
    [("MLmodel", "model"), ("component.yml", "component"), ("a.csv", "table")],
)
def test_that_folders_are_told_by_what_they_hold(
    tmp_path: Path, inside: str, kind: str
) -> None:
    assert kind_of(tmp_path) == "other"
    (tmp_path / inside).write_text("")
    assert kind_of(tmp_path) == kind
