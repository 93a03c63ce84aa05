"""A workspace that was moved or removed is not made again by a write."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.bootstrap import Studio
from studio.domain.errors import UnavailableError, WorkspaceGoneError
from studio.domain.pipeline import Pipeline
from studio.storage.database import explained
from studio.storage.sqlite import sqlite

Write = Callable[[Studio], object]


def register(studio: Studio) -> object:
    file = studio.workspace.root.parent / "model.bin"
    file.write_bytes(b"weights")
    return studio.models.register("churn", file)


WRITES: dict[str, Write] = {
    "a pipeline": lambda studio: studio.pipelines.save(Pipeline("p", ())),
    "positions": lambda studio: studio.pipelines.create("q"),
    "a model": register,
    "an endpoint": lambda studio: studio.endpoints.create("echo"),
}


@pytest.mark.parametrize("what", WRITES)
@pytest.mark.parametrize("way", ["moved", "removed"])
def test_that_no_write_makes_a_ghost_of_it(
    what: str, way: str, studio: Studio, tmp_path: Path
) -> None:
    root = studio.workspace.root
    if way == "moved":
        root.rename(tmp_path / "elsewhere")
    else:
        shutil.rmtree(root)
    with pytest.raises(UnavailableError):
        WRITES[what](studio)
    assert not root.exists()
    with pytest.raises(WorkspaceGoneError) as told:
        studio.events.latest()
    assert told.value.message == "This workspace has been moved or removed"
    assert str(root) in told.value.hint


def test_that_it_goes_on_when_it_is_back(studio: Studio, tmp_path: Path) -> None:
    root = studio.workspace.root
    root.rename(tmp_path / "elsewhere")
    with pytest.raises(WorkspaceGoneError):
        studio.pipelines.create("p")
    (tmp_path / "elsewhere").rename(root)
    studio.pipelines.create("p")
    assert [summary.name for summary in studio.pipelines.list()] == ["p"]


def test_that_a_workspace_that_can_not_be_written_is_called_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "studio.db"
    refused = sqlite.OperationalError("attempt to write a readonly database")
    assert "is read-only" in explained(path, refused).message
    unopened = sqlite.OperationalError("unable to open database file")
    assert "is read-only" not in explained(path, unopened).message
    monkeypatch.setattr("os.access", lambda *_: False)
    told = explained(path, unopened)
    assert "is read-only" in told.message
    assert "open the copy" in told.hint
