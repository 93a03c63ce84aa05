"""Ten thousand edits, undone and redone, to the byte and with every position."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from edit_sequences import KINDS, as_files, one_edit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.domain.errors import StudioError
from studio.domain.pipeline import Pipeline
from studio.gui.designer.document import PipelineDocument

OPERATIONS = 10_000
MOST_STEPS = 16
WEIGHTS = st.lists(st.integers(1, 9), min_size=len(KINDS) + 2, max_size=len(KINDS) + 2)


class _Model:
    """What the stack ought to hold: the values before and after each step of undo."""

    def __init__(self, document: PipelineDocument) -> None:
        self.document = document
        self.values = [document.pipeline]
        self.at = 0

    def operate(self, kind: str, first: int, second: int) -> None:
        document = self.document
        if kind == "<":
            document.stack.undo()
            self.at = max(0, self.at - 1)
        elif kind == ">":
            document.stack.redo()
            self.at = min(len(self.values) - 1, self.at + 1)
        else:
            self._edit(kind, first, second)

    def _edit(self, kind: str, first: int, second: int) -> None:
        before = self.document.pipeline
        if kind == "a" and len(before.nodes) >= MOST_STEPS:
            kind = "d"
        try:
            after = one_edit(before, kind, first, second)
        except StudioError:
            return  # a cycle, or a name that is taken
        if len(after.nodes) > MOST_STEPS:
            return
        self.document.edit(after, kind)
        if after != before:
            self.values[self.at + 1 :] = [after]
            self.at += 1


@pytest.mark.timeout(120)
@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), weights=WEIGHTS)
def test_that_ten_thousand_edits_are_undone_and_redone_to_the_byte(
    qapp: object, seed: int, weights: Sequence[int]
) -> None:
    document = PipelineDocument(Pipeline("p"))
    document.stack.setUndoLimit(0)
    model, chance = _Model(document), random.Random(seed)
    kinds = chance.choices(KINDS + "<>", weights, k=OPERATIONS)
    for kind in kinds:
        model.operate(kind, chance.randrange(10), chance.randrange(10))
    while document.stack.canRedo():
        document.stack.redo()
    end = as_files(document.pipeline)
    assert document.stack.count() == len(model.values) - 1
    assert end == as_files(model.values[-1])

    for place in range(len(model.values) - 1, -1, -1):
        assert document.pipeline == model.values[place]
        if place % 97 == 0:
            assert as_files(document.pipeline) == as_files(model.values[place])
        document.stack.undo()
    assert not document.stack.canUndo()
    assert as_files(document.pipeline) == as_files(Pipeline("p"))

    while document.stack.canRedo():
        document.stack.redo()
    assert as_files(document.pipeline) == end
