"""Two edited copies of one pipeline brought together."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from random_edits import EDITS, Edit, edited

from studio.domain.node import Edge, FromInput, FromStep, Node, Value
from studio.domain.pipeline import Pipeline, PipelineInput
from studio.domain.pipeline_merge import merge_pipelines
from studio.domain.value_paths import same

BASE = Pipeline(
    "p",
    (
        Node("r", "read", "azureml:read"),
        Node("s", "split", "azureml:split", {"data": FromStep("read", "out")}),
        Node("t", "train", "azureml:train", {"data": FromStep("split", "out")}),
    ),
    inputs={"depth": PipelineInput("depth", "integer", 3)},
)


@settings(deadline=None, max_examples=100)
@given(EDITS, EDITS)
def test_that_merging_with_an_unchanged_side_is_the_other_side(
    first: list[Edit], second: list[Edit]
) -> None:
    base = edited(Pipeline("p"), first)
    other = edited(base, second)
    for merge in (
        merge_pipelines(base, other, base),
        merge_pipelines(base, base, other),
        merge_pipelines(base, other, other),
    ):
        assert not merge.conflicts
        assert same(merge.pipeline, other)


@settings(deadline=None, max_examples=150)
@given(EDITS, EDITS, EDITS, EDITS)
def test_that_edits_of_different_parts_are_united(
    first: list[Edit], second: list[Edit], mine: list[Edit], theirs: list[Edit]
) -> None:
    base = edited(edited(Pipeline("p"), first, "m_"), second, "t_")
    mine = [edit for edit in mine if edit[0] != "q"]
    theirs = [edit for edit in theirs if edit[0] != "q"]
    my_side, their_side = edited(base, mine, "m_"), edited(base, theirs, "t_")
    merge = merge_pipelines(base, my_side, their_side)
    assert not merge.conflicts
    both = edited(my_side, theirs, "t_")
    assert same(merge.pipeline.by_name, both.by_name)
    assert same(replace(merge.pipeline, nodes=()), replace(both, nodes=()))


@settings(deadline=None, max_examples=150)
@given(EDITS, EDITS, EDITS)
def test_that_any_two_edits_merge_to_a_sound_pipeline(
    first: list[Edit], second: list[Edit], third: list[Edit]
) -> None:
    base = edited(Pipeline("p"), first)
    merge = merge_pipelines(base, edited(base, second), edited(base, third))
    sides = dict.fromkeys(range(len(merge.conflicts)), "theirs")
    for made in (merge.pipeline, merge.decided(sides)):  # type: ignore[arg-type]
        names = [node.name for node in made.nodes]
        assert len(set(names)) == len(names)
        assert {edge.source for edge in made.edges} <= set(names)
    merge.pipeline.order()


def test_that_a_value_changed_on_both_sides_is_a_conflict() -> None:
    mine = BASE.bind("train", "n", Value(1)).bind("read", "mine", Value(1))
    theirs = BASE.bind("train", "n", Value(2)).bind("split", "theirs", Value(2))
    merge = merge_pipelines(BASE, mine, theirs)
    (conflict,) = merge.conflicts
    assert conflict.path == ("nodes", "t", "inputs", "n")
    assert merge.pipeline.node("train").inputs["n"] == Value(1)
    theirs_chosen = merge.decided({0: "theirs"})
    assert theirs_chosen.node("train").inputs["n"] == Value(2)
    for made in (merge.pipeline, theirs_chosen):
        assert made.node("read").inputs["mine"] == Value(1)
        assert made.node("split").inputs["theirs"] == Value(2)


def test_that_the_same_edit_on_both_sides_is_none() -> None:
    both = BASE.bind("train", "n", Value(1))
    merge = merge_pipelines(BASE, both, both.move({"train": (8.0, 8.0)}))
    assert not merge.conflicts
    assert merge.pipeline == both.move({"train": (8.0, 8.0)})


def test_that_a_step_removed_here_and_edited_there_is_a_conflict() -> None:
    mine, theirs = BASE.remove(["split"]), BASE.bind("split", "n", Value(2))
    merge = merge_pipelines(BASE, mine, theirs)
    assert len(merge.conflicts) == 1
    assert merge.pipeline == mine
    assert merge.decided({0: "theirs"}) == theirs


def test_that_a_step_removed_here_and_connected_there_is_a_conflict() -> None:
    mine = BASE.remove(["split"])
    theirs = BASE.add(Node("e", "eye", "azureml:eye"))
    theirs = theirs.connect(Edge("split", "out", "eye", "data"))
    merge = merge_pipelines(BASE, mine, theirs)
    assert len(merge.conflicts) == 1
    assert "split" not in merge.pipeline.by_name
    assert merge.decided({0: "theirs"}) == theirs


def test_that_an_input_removed_here_and_used_there_is_a_conflict() -> None:
    mine = replace(BASE, inputs={})
    theirs = BASE.bind("train", "depth", FromInput("depth"))
    merge = merge_pipelines(BASE, mine, theirs)
    assert len(merge.conflicts) == 1
    assert merge.pipeline == mine
    assert merge.decided({0: "theirs"}) == theirs


def test_that_connections_that_make_a_cycle_together_are_a_conflict() -> None:
    base = Pipeline("p", (Node("a", "a", "x"), Node("b", "b", "x")))
    mine = base.connect(Edge("a", "out", "b", "in"))
    theirs = base.connect(Edge("b", "out", "a", "in"))
    merge = merge_pipelines(base, mine, theirs)
    assert len(merge.conflicts) == 1
    assert merge.pipeline == mine
    assert merge.decided({0: "theirs"}) == theirs


def test_that_places_never_ask() -> None:
    mine = BASE.move({"train": (8.0, 8.0), "read": (16.0, 0.0)})
    theirs = BASE.move({"train": (80.0, 8.0), "split": (24.0, 0.0)})
    merge = merge_pipelines(BASE, mine, theirs)
    assert not merge.conflicts
    assert merge.pipeline == mine.move({"split": (24.0, 0.0)})


def test_that_files_without_ids_are_merged_by_names() -> None:
    mine = BASE.bind("train", "n", Value(1)).clone("p")
    theirs = BASE.add(Node("e", "eye", "azureml:eye")).clone("p")
    merge = merge_pipelines(BASE, mine, theirs)
    assert not merge.conflicts
    assert [n.name for n in merge.pipeline.nodes] == ["read", "split", "train", "eye"]
    assert merge.pipeline.node("train").inputs["n"] == Value(1)
    assert merge.pipeline.node("train").id == mine.node("train").id


def test_that_two_new_steps_of_one_name_are_a_conflict() -> None:
    mine = BASE.add(Node("m", "eye", "azureml:eye", {"n": Value(1)}))
    theirs = BASE.add(Node("o", "eye", "azureml:ear"))
    merge = merge_pipelines(BASE, mine, theirs)
    assert len(merge.conflicts) == 1
    assert merge.pipeline.node("eye").component == "azureml:eye"
    assert merge.decided({0: "theirs"}).node("eye").component == "azureml:ear"
