"""The journal of edits that aren't in a pipeline's file yet."""

from __future__ import annotations

import json
import random

import pytest
from workspaces import chain, write_copy_components

from studio.bootstrap import Studio
from studio.domain.node import Value
from studio.domain.pipeline import Pipeline
from studio.domain.value_paths import same
from studio.services.pipelines import recovery
from studio.services.pipelines.recovery import (
    FOUND,
    Journal,
    find_unsaved,
    forget,
    journals,
)


@pytest.fixture
def saved(studio: Studio) -> Pipeline:
    write_copy_components(studio.workspace.root)
    pipeline = chain(3)
    studio.pipelines.save(pipeline)
    return pipeline


def _left_behind(studio: Studio, *values: Pipeline) -> None:
    """A journal as a killed process leaves it: nobody has removed it."""
    journal = Journal(studio.pipelines.folder("chain"))
    for value in values:
        assert journal.write(value, "hash") is not None
    journal.close()


def test_that_the_last_edit_is_found(studio: Studio, saved: Pipeline) -> None:
    first = saved.bind("s1", "text", Value("one"))
    second = first.remove(["s2"]).move({"s0": (7.5, 8.0)}).rename("s1", "other")
    _left_behind(studio, first, second)
    unsaved = find_unsaved(studio.pipelines, "chain")
    assert unsaved is not None
    assert same(unsaved.pipeline, second)
    assert (unsaved.edits, unsaved.sha256) == (2, "hash")


def test_that_an_offer_comes_again_until_it_is_answered(
    studio: Studio, saved: Pipeline
) -> None:
    edited = saved.bind("s1", "text", Value("one"))
    _left_behind(studio, edited)
    for _ in range(2):
        assert find_unsaved(studio.pipelines, "chain") is not None
    # a later session, that is saved and ends well, doesn't take it away
    journal = Journal(studio.pipelines.folder("chain"))
    journal.write(saved.bind("s2", "text", Value("two")), "hash")
    assert find_unsaved(studio.pipelines, "chain") is not None
    journal.remove()
    found = find_unsaved(studio.pipelines, "chain")
    assert found is not None
    forget(found)
    assert find_unsaved(studio.pipelines, "chain") is None


def test_that_what_the_file_says_too_is_not_asked(
    studio: Studio, saved: Pipeline
) -> None:
    _left_behind(studio, saved.bind("s1", "text", Value("one")), saved)
    assert find_unsaved(studio.pipelines, "chain") is None
    folder = studio.pipelines.folder("chain")
    assert not journals(folder)
    assert not list(folder.glob(f"{FOUND}*"))


def test_that_a_journal_that_is_being_written_is_nobody_elses(
    studio: Studio, saved: Pipeline
) -> None:
    journal = Journal(studio.pipelines.folder("chain"))
    journal.write(saved.bind("s1", "text", Value("one")), "hash")
    assert find_unsaved(studio.pipelines, "chain") is None
    journal.remove()
    assert not journals(studio.pipelines.folder("chain"))


def test_that_a_line_torn_anywhere_loses_that_line_alone(
    studio: Studio, saved: Pipeline
) -> None:
    first = saved.bind("s1", "text", Value("one"))
    second = saved.bind("s1", "text", Value("two"))
    _left_behind(studio, first, second)
    (file,) = journals(studio.pipelines.folder("chain"))
    whole = file.read_bytes()
    start = whole.rstrip(b"\n").rindex(b"\n") + 1
    for cut in random.Random(1).sample(range(start, len(whole)), 12):
        file.write_bytes(whole[:cut])
        unsaved = find_unsaved(studio.pipelines, "chain")
        assert unsaved is not None
        forget(unsaved)
        assert same(unsaved.pipeline, first)


@pytest.mark.parametrize(
    "text",
    ["", "{}\n", "[]\n", "null\n", '{"yaml": 3}\n', "\0\0\0\n", '{"process": {}}\n'],
)
def test_that_a_damaged_journal_never_stands_in_the_way(
    studio: Studio, saved: Pipeline, text: str
) -> None:
    Journal(studio.pipelines.folder("chain")).file.write_text(text)
    assert find_unsaved(studio.pipelines, "chain") is None
    assert studio.pipelines.get("chain") == saved


def test_that_only_steps_that_changed_are_written(
    studio: Studio, saved: Pipeline
) -> None:
    first = saved.bind("s1", "text", Value("one"))
    second = first.bind("s2", "text", Value("two"))
    _left_behind(studio, first, second)
    (file,) = journals(studio.pipelines.folder("chain"))
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [sorted(line.get("jobs", {})) for line in lines] == [
        [],
        ["s0", "s1", "s2"],
        ["s2"],
    ]


def test_that_a_long_journal_begins_anew(
    studio: Studio, saved: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "MOST_BYTES", 2_000)
    values = [saved.bind("s1", "text", Value("x" * n)) for n in range(1, 60)]
    _left_behind(studio, *values)
    (file,) = journals(studio.pipelines.folder("chain"))
    assert file.stat().st_size < 6_000
    unsaved = find_unsaved(studio.pipelines, "chain")
    assert unsaved is not None
    assert same(unsaved.pipeline, values[-1])
