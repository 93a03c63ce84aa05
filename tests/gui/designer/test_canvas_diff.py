"""The canvas looks only at what an edit has changed, and still shows all of it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from studio.domain.component import Component, Port
from studio.domain.node import FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import StepRun, StepState
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.editor import Editor
from studio.gui.designer.scene import DesignerScene
from studio.gui.designer.situation import Situation

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.gui.theme.theme import Theme

FILTER = Component(
    name="filter",
    command="",
    inputs=(Port("data", "mltable", optional=True),),
    outputs=(Port("result", "mltable"),),
)


def chain(length: int) -> Pipeline:
    return Pipeline(
        "p", tuple(step(n, f"s{n - 1}" if n else "") for n in range(length))
    )


def step(number: int, source: str = "") -> Node:
    inputs = {"data": FromStep(source, "result")} if source else {}
    place = (number * 300.0, 0.0)
    return Node(f"n{number}", f"s{number}", FILTER, inputs, position=place)


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> Editor:
    made = Editor(DesignerScene(), Catalog())
    made.open(PipelineDocument(chain(4)))
    return made


def shown(editor: Editor) -> set[tuple[str, str]]:
    """The ends of the wires, by the steps' ids."""
    return {(wire[0], wire[2]) for wire in editor.scene.edges}


def asked(editor: Editor, after: Pipeline) -> list[str]:
    """The ids of steps whose cards are made anew for an edit."""
    found: list[str] = []
    make = editor.card

    def card(node: Node) -> object:
        found.append(node.id)
        return make(node)

    editor.card = card  # type: ignore[method-assign,assignment]
    editor.edit(after, "Edit")
    editor.card = make  # type: ignore[method-assign]
    return found


def test_that_an_edit_of_one_step_draws_no_other_anew(editor: Editor) -> None:
    node = editor.pipeline.node("s2")
    after = editor.pipeline.update(replace(node, display_name="Another"))
    assert asked(editor, after) == ["n2"]
    assert editor.scene.nodes["n2"].card.title == "Another"


def test_that_a_wire_from_a_step_that_is_missing_comes_with_the_step(
    editor: Editor,
) -> None:
    whole = editor.pipeline
    without = replace(whole, nodes=tuple(n for n in whole.nodes if n.id != "n1"))
    editor.edit(without, "Lose a step")
    assert shown(editor) == {("n2", "n3")}
    back = replace(step(1, "s0"), id="other")
    editor.edit(replace(without, nodes=(*without.nodes, back)), "Add it again")
    assert shown(editor) == {("n0", "other"), ("other", "n2"), ("n2", "n3")}


def test_that_wires_go_with_a_name_that_nobody_follows(editor: Editor) -> None:
    node = replace(editor.pipeline.node("s1"), name="renamed")
    editor.edit(editor.pipeline.update(node), "Rename in the file")
    assert shown(editor) == {("n0", "n1"), ("n2", "n3")}
    editor.document.stack.undo()  # type: ignore[union-attr]
    assert shown(editor) == {("n0", "n1"), ("n1", "n2"), ("n2", "n3")}


def test_that_wires_come_with_the_ports_of_a_component_learnt(
    editor: Editor,
) -> None:
    unknown = tuple(replace(n, component="azureml:filter:1") for n in chain(3).nodes)
    editor.open(PipelineDocument(Pipeline("q", unknown)))
    before = shown(editor)
    two = replace(FILTER, outputs=(*FILTER.outputs, Port("rest", "mltable")))
    editor.catalog.learn({"azureml:filter:1": two})
    editor.derive()
    assert before == shown(editor) == {("n0", "n1"), ("n1", "n2")}
    ports = [port.name for port in editor.scene.nodes["n2"].card.outputs]
    assert ports == ["result", "rest"]


def test_that_states_of_a_run_reach_the_steps_they_tell_of(editor: Editor) -> None:
    first = {f"n{n}": StepRun(f"s{n}", f"n{n}", "filter", StepState.PENDING)
             for n in range(4)}  # fmt: skip
    editor.show_situation(Situation(first, active=True))
    done = {**first, "n1": replace(first["n1"], state=StepState.SUCCEEDED)}
    editor.show_situation(Situation(done, active=True))
    states = [item.card.state for item in editor.scene.nodes.values()]
    assert states == ["PENDING", "SUCCEEDED", "PENDING", "PENDING"]
    flows = {wire[2]: item.flow for wire, item in editor.scene.edges.items()}
    assert flows == {"n1": "idle", "n2": "done", "n3": "idle"}


def test_that_a_removed_step_is_no_longer_selected(editor: Editor) -> None:
    editor.scene.select(["n1", "n3"])
    assert editor.scene.selected_ids() == ["n1", "n3"]
    editor.delete()
    assert not editor.scene.has_selection()
    editor.document.stack.undo()  # type: ignore[union-attr]
    assert not editor.scene.has_selection()
    assert shown(editor) == {("n0", "n1"), ("n1", "n2"), ("n2", "n3")}
