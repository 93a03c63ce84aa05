"""A plan asks once for all its steps, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event
from workspaces import chain, reused

from studio.bootstrap import Studio
from studio.domain.run import Run
from studio.services.components.service import ComponentService

Runs = Callable[..., Run]


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL of this process, as it is sent."""
    seen: list[str] = []

    def note(*sent: Any) -> None:
        seen.append(sent[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_that_a_plan_of_many_reused_steps_asks_as_little_as_one_of_few(
    run: Runs, workspace: Studio
) -> None:
    asked = []
    for length in (2, 9):
        pipeline = chain(length)
        run(pipeline)
        with statements() as seen:
            plan = workspace.runs.plan(pipeline)
        assert {step.action for step in plan.steps} == {"reuse"}
        asked.append(len(seen))
    assert asked[0] == asked[1]


def test_that_a_run_of_many_reused_steps_asks_as_little_as_one_of_few(
    run: Runs,
) -> None:
    asked = []
    for length in (2, 9):
        pipeline = chain(length)
        run(pipeline)
        with statements() as seen:
            assert len(reused(run(pipeline))) == length
        asked.append(len([sql for sql in seen if "PRAGMA" not in sql]))
    assert asked[0] == asked[1]


def test_that_each_component_is_looked_up_once_a_plan(
    workspace: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []
    ask = ComponentService.get

    def noted(self: ComponentService, reference: str, *rest: Any) -> Any:
        looked_up.append(reference)
        return ask(self, reference, *rest)

    monkeypatch.setattr(ComponentService, "get", noted)
    workspace.runs.plan(chain(5))
    assert sorted(looked_up) == ["azureml:copy@latest", "azureml:first@latest"]


def test_that_steps_of_two_pipelines_find_the_newest_success_of_their_key(
    run: Runs, workspace: Studio
) -> None:
    """What is asked for all at once is what asking for one key would give."""
    one, other = chain(3), chain(3)
    run(one)
    run(other, force=True)
    again = run(one)
    assert reused(again) == {"s0", "s1", "s2"}
    first = one.by_name["s1"].id
    history = workspace.runs._history
    for key, found in history.recent(one.name, [first]).items():
        assert found == history.by_key(key)
        assert found.run_id != again.id
    assert history.recent(one.name, [first])
