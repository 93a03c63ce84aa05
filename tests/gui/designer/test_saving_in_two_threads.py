"""A window that closes while a save is under way: neither is refused for the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from workspaces import chain, write_copy_components

from studio.bootstrap import Studio
from studio.domain.node import Value
from studio.domain.pipeline import Pipeline
from studio.gui.designer.saving import Stored, Writes
from studio.services.pipelines.service import ChangedOutside


@pytest.fixture
def first(studio: Studio) -> Pipeline:
    write_copy_components(studio.workspace.root)
    studio.pipelines.save(chain(2))
    return studio.pipelines.get("chain")


@pytest.mark.parametrize("closing_first", [False, True])
def test_that_the_later_value_stays_whoever_writes_first(
    studio: Studio, first: Pipeline, closing_first: bool
) -> None:
    writes, known = Writes(studio.pipelines), studio.pipelines.content_hash("chain")
    wanted: list[Callable[[], Stored]] = [
        writes.wanted(first.bind("s1", "text", Value(text)), known)
        for text in ("aside", "closing")
    ]
    for write in reversed(wanted) if closing_first else wanted:
        stored = write()
    assert studio.pipelines.get("chain").node("s1").inputs["text"] == Value("closing")
    assert stored.sha256 == studio.pipelines.content_hash("chain")


def test_that_what_others_wrote_in_between_is_still_refused(
    studio: Studio, first: Pipeline
) -> None:
    writes, known = Writes(studio.pipelines), studio.pipelines.content_hash("chain")
    mine = writes.wanted(first.bind("s1", "text", Value("mine")), known)
    late = writes.wanted(first.bind("s1", "text", Value("late")), known)
    writes.note(mine())
    studio.pipelines.save(first.bind("s1", "text", Value("theirs")))
    with pytest.raises(ChangedOutside):
        late()
    assert studio.pipelines.get("chain").node("s1").inputs["text"] == Value("theirs")
