"""Several processes on one pipeline: nothing is overwritten unseen, and what one keeps
of its edits is nobody else's until it is gone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.bootstrap import Studio
from studio.domain.errors import UnavailableError
from studio.domain.node import Node, Value
from studio.domain.pipeline import Pipeline
from studio.services.pipelines.recovery import find_unsaved, forget, journals
from studio.storage.locks import locked
from tests.fault.two_writers import NAME

ROOT = Path(__file__).parents[2]
TIMES = 12

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(studio: Studio) -> Iterator[Start]:
    """Start the program on the workspace; whatever still runs is killed in the end."""
    steps = [Node(n, n, "azureml:split@latest", {"seed": Value(0)}) for n in "abc"]
    studio.pipelines.save(Pipeline(NAME, tuple(steps)))
    made: list[subprocess.Popen[str]] = []

    def begin(verb: str, *more: object) -> subprocess.Popen[str]:
        words = [sys.executable, "-m", "tests.fault.two_writers", verb]
        words += [str(studio.workspace.root), *map(str, more)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        made.append(process)
        return process

    yield begin
    for process in made:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def _seeds(studio: Studio) -> dict[str, object]:
    nodes = studio.pipelines.get(NAME).nodes
    return {node.name: node.inputs["seed"].value for node in nodes}  # type: ignore[union-attr]


@pytest.mark.slow
def test_that_processes_that_save_at_once_overwrite_nothing_unseen(
    studio: Studio, start: Start
) -> None:
    processes = [start("count", step, TIMES) for step in "abc"]
    for process in processes:
        _ready(process)
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()  # all begin at once
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert _seeds(studio) == dict.fromkeys("abc", TIMES)
    assert studio.pipelines.versions(NAME)[0].number == 3 * TIMES + 1


def test_that_a_killed_holder_gives_the_lock_back(studio: Studio, start: Start) -> None:
    holder = start("hold")
    _ready(holder)
    lock = studio.pipelines.folder(NAME) / "lock"
    with (
        pytest.raises(UnavailableError, match="by another process"),
        locked(lock, "", 0),
    ):
        pass
    holder.kill()
    holder.wait()
    with locked(lock, "", 0):
        pass


def test_that_each_process_keeps_its_own_edits_until_it_is_gone(
    studio: Studio, start: Start
) -> None:
    folder = studio.pipelines.folder(NAME)
    first, second = start("edit", 1), start("edit", 2)
    _ready(first)
    _ready(second)
    assert len(journals(folder)) == 2
    assert find_unsaved(studio.pipelines, NAME) is None
    first.kill()
    first.wait()
    found = find_unsaved(studio.pipelines, NAME)
    assert found is not None
    assert found.pipeline.node("a").inputs["seed"] == Value(1)
    assert len(journals(folder)) == 1, "the living one's was touched"
    forget(found)
    assert find_unsaved(studio.pipelines, NAME) is None
    second.kill()
    second.wait()
    found = find_unsaved(studio.pipelines, NAME)
    assert found is not None
    assert found.pipeline.node("a").inputs["seed"] == Value(2)
    assert journals(folder) == []


def test_that_two_killed_ones_are_offered_one_after_the_other(
    studio: Studio, start: Start
) -> None:
    for value in (1, 2):
        process = start("edit", value)
        _ready(process)
        process.kill()
        process.wait()
    offered = []
    while (found := find_unsaved(studio.pipelines, NAME)) is not None:
        offered.append(found.pipeline.node("a").inputs["seed"])
        forget(found)
    assert offered == [Value(2), Value(1)]
