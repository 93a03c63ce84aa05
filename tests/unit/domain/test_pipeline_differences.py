"""What differs between two pipelines, and taking differences over."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from random_edits import EDITS, Edit, edited

from studio.domain.annotations import Annotations, Frame, Note
from studio.domain.node import (
    Edge,
    FromInput,
    FromPath,
    FromStep,
    Node,
    StepOutput,
    Value,
)
from studio.domain.pipeline import Pipeline, PipelineInput
from studio.domain.pipeline_diff import Difference, apply, difference
from studio.domain.pipeline_words import lines, summary
from studio.domain.value_paths import same


def _chain(*names: str) -> Pipeline:
    """Steps in a row, each fed by the one before."""
    nodes: list[Node] = []
    for number, name in enumerate(names):
        inputs = {"data": FromStep(names[number - 1], "out")} if number else {}
        place = (100.0 * number, 0.0)
        nodes.append(
            Node(f"id-{name}", name, f"azureml:{name}@1", inputs, position=place)
        )
    return Pipeline("p", tuple(nodes))


BASE = _chain("read", "split", "train")


def _with_value(pipeline: Pipeline, step: str, name: str, value: Any) -> Pipeline:
    return pipeline.bind(step, name, Value(value))


@settings(deadline=None, max_examples=150)
@given(EDITS, EDITS)
def test_that_a_difference_applied_to_the_first_gives_the_second(
    first: list[Edit], second: list[Edit]
) -> None:
    before = edited(Pipeline("p"), first)
    after = edited(before, second)
    assert same(apply(before, difference(before, after)), after)
    assert same(apply(after, difference(after, before)), before)
    assert same(apply(after, difference(before, after).reversed), before)


@settings(deadline=None, max_examples=80)
@given(EDITS, EDITS)
def test_that_pipelines_without_a_common_past_are_compared_too(
    first: list[Edit], second: list[Edit]
) -> None:
    before = edited(Pipeline("p"), first)
    other = edited(Pipeline("p"), second).clone("other")
    assert same(apply(before, difference(before, other)), other)


@settings(deadline=None, max_examples=80)
@given(EDITS)
def test_that_a_clone_differs_in_nothing_a_run_could_tell(edits: list[Edit]) -> None:
    before = edited(Pipeline("p"), edits)
    after = replace(before.clone("copy"), tags={**before.tags, "cloned_from": "p"})
    after = replace(after, display_name=before.display_name)
    found = difference(before, after)
    assert not found
    assert summary(found) == "No change"


@settings(deadline=None, max_examples=80)
@given(EDITS, EDITS)
def test_that_any_change_can_be_taken_over_alone(
    first: list[Edit], second: list[Edit]
) -> None:
    before = edited(Pipeline("p"), first)
    found = difference(before, edited(before, second))
    for change in found.telling:
        made = apply(before, found, [change])
        assert len({node.name for node in made.nodes}) == len(made.nodes)
        left = {c.path for c in difference(made, found.after).changes}
        # a name that is taken here gets a number
        assert change.path not in left or change.path[-1] == "name"


def test_that_a_changed_value_is_told_old_and_new() -> None:
    before = _with_value(BASE, "train", "learning_rate", 0.1)
    found = difference(before, _with_value(BASE, "train", "learning_rate", 0.05))
    (line,) = lines(found)
    assert (line.kind, line.step, line.text) == (
        "changed",
        "Train",
        "learning_rate 0.1 → 0.05",
    )
    assert found.kind_of("id-train") == "changed"
    assert found.kind_of("id-read") is None


def test_that_a_number_is_not_the_same_as_a_truth_or_a_fraction() -> None:
    one = _with_value(BASE, "train", "n", 1)
    assert difference(one, _with_value(BASE, "train", "n", True)).telling
    assert difference(one, _with_value(BASE, "train", "n", 1.0)).telling


def test_that_renaming_a_step_is_one_change() -> None:
    found = difference(BASE, BASE.rename("split", "divide"))
    assert [line.text for line in lines(found)] == ["name split → divide"]


def test_that_steps_of_a_clone_are_matched_by_name() -> None:
    clone = _with_value(BASE.clone("q"), "train", "n", 3)
    found = difference(BASE, replace(clone, display_name=""))
    assert [line.text for line in lines(found)] == ["n default → 3"]


def test_that_a_renamed_step_of_a_clone_is_matched_by_what_it_does() -> None:
    clone = BASE.rename("split", "divide").clone("q")
    found = difference(BASE, replace(clone, display_name=""))
    assert [line.text for line in lines(found)] == ["name split → divide"]


def test_that_added_and_removed_steps_and_wires_are_told() -> None:
    after = BASE.remove(["train"]).add(Node("id-score", "score", "azureml:score"))
    after = after.connect(Edge("split", "test", "score", "data"))
    found = difference(BASE, after)
    assert [(line.text, line.kind) for line in lines(found)] == [
        ("Train removed", "removed"),
        ("Score added", "added"),
    ]
    moved = BASE.connect(Edge("read", "out", "train", "data"))
    (line,) = lines(difference(BASE, moved))
    assert line.topic == "connection"
    assert line.text == "Train · data: Split · out → Read · out"


def test_that_moving_is_told_apart_from_what_changes_a_result() -> None:
    found = difference(BASE, BASE.move({"train": (8.0, 8.0)}))
    assert found
    assert not found.telling
    assert [line.text for line in lines(found, layout=True)] == ["Train moved"]
    assert summary(found) == "1 step moved"


def test_that_the_summary_is_one_short_line() -> None:
    after = BASE.add(Node("a", "one", "azureml:x"), Node("b", "two", "azureml:x"))
    after = _with_value(after, "train", "learning_rate", 0.05)
    for name in "ab":
        after = _with_value(after, "read", name, 1)
    assert summary(difference(BASE, after)) == (
        "2 steps added, a default → 1, b default → 1, 1 more"
    )


def test_that_pipeline_inputs_settings_and_titles_are_told() -> None:
    before = replace(BASE, inputs={"depth": PipelineInput("depth", "integer", 3)})
    after = replace(
        before,
        inputs={"depth": PipelineInput("depth", "integer", 4)},
        settings=replace(before.settings, force_rerun=True),
        display_name="Birds",
    )
    told = [line.text for line in lines(difference(before, after))]
    assert told == [
        "depth 3 → 4",
        "title not set → Birds",
        "force_rerun no → yes",
    ]


def test_that_a_long_text_is_told_by_its_lines() -> None:
    before = _with_value(BASE, "read", "query", "SELECT *\nFROM birds\n")
    after = _with_value(BASE, "read", "query", "SELECT name\nFROM birds\nLIMIT 3\n")
    (line,) = lines(difference(before, after))
    assert line.text == "query +2 −1 lines"


def test_that_a_connection_brings_the_new_step_it_comes_from() -> None:
    after = BASE.add(Node("id-clean", "clean", "azureml:clean@1"))
    after = after.connect(Edge("clean", "out", "train", "data"))
    found = difference(BASE, after)
    (wire,) = [c for c in found.telling if not c.whole_step]
    assert same(apply(BASE, found, [wire]), after)


def test_that_a_value_brings_the_pipeline_input_it_is_bound_to() -> None:
    after = replace(BASE, inputs={"depth": PipelineInput("depth", "integer", 4)})
    after = after.bind("train", "depth", FromInput("depth"))
    found = difference(BASE, after)
    (bound,) = [c for c in found.telling if c.step]
    assert apply(BASE, found, [bound]) == after


def test_that_taking_over_a_removal_takes_its_wires_too() -> None:
    found = difference(BASE, BASE.remove(["split"]))
    (gone,) = [c for c in found.telling if c.whole_step]
    assert apply(BASE, found, [gone]) == BASE.remove(["split"])


def test_that_what_is_taken_back_into_a_clone_leaves_its_ids_alone() -> None:
    clone = _with_value(BASE.clone("q").remove(["split"]), "train", "n", 3)
    back = difference(BASE, clone).reversed
    for change in back.telling:
        made = apply(clone, back, [change])
        assert {n.id for n in clone.nodes} <= {n.id for n in made.nodes}
    (gone,) = [c for c in back.telling if c.whole_step]
    assert apply(clone, back, [gone]).node("split").inputs["data"] == FromStep(
        "read", "out"
    )


def test_that_a_step_is_never_given_a_name_twice() -> None:
    after = BASE.rename("train", "old").add(Node("new", "train", "azureml:train@1"))
    found = difference(BASE, after)
    (added,) = [c for c in found.telling if c.whole_step]
    made = apply(BASE, found, [added])
    assert [n.name for n in made.nodes] == ["read", "split", "train", "train_2"]


@dataclass(frozen=True)
class HintedPipeline(Pipeline):
    """What a pipeline may hold one day."""

    hints: dict[str, Any] = field(default_factory=dict)


def test_that_fields_nobody_knew_of_are_compared_and_taken_over() -> None:
    plain = {f: getattr(BASE, f) for f in ("name", "nodes")}
    before = HintedPipeline(**plain)
    after = replace(before, hints={"a": {"b": 1}})
    found = difference(before, after)
    assert {c.path for c in found.telling} == {("hints", "a")}
    assert apply(before, found) == after


def test_that_frames_and_notes_differ_in_layout_only_and_follow_new_ids() -> None:
    before = replace(
        BASE, annotations=Annotations((Frame("f1", "Data", nodes=("id-read",)),))
    )
    frames = (
        Frame("f1", "Birds", nodes=("id-read", "id-split")),
        Frame("f2", "Model", nodes=("id-train",)),
    )
    after = replace(before, annotations=Annotations(frames, (Note("n", "Hello"),)))
    found = difference(before, after)
    assert not found.telling
    assert {c.path[2:] for c in found.layout} == {
        ("f1", "title"),
        ("f1", "nodes"),
        ("f2",),
        ("n",),
    }
    assert apply(before, found) == after
    clone = after.clone("q")
    assert set(clone.annotations.frames[1].nodes) == {clone.node("train").id}
    assert not difference(after, clone).layout
    taken = apply(before, difference(before, clone))
    owned = [set(frame.nodes) for frame in taken.annotations.frames]
    ids = {name: taken.node(name).id for name in ("read", "split", "train")}
    assert owned == [{ids["read"], ids["split"]}, {ids["train"]}]


def test_that_inputs_named_like_fields_of_a_step_are_no_layout() -> None:
    after = BASE
    for name in ("id", "position", "colour"):
        after = after.bind("train", name, Value(name))
    found = difference(BASE, after)
    assert len(found.telling) == 3
    assert apply(BASE, found) == after


def test_that_a_colour_is_layout() -> None:
    after = BASE.update(replace(BASE.node("train"), colour="train"))
    found = difference(BASE, after)
    assert not found.telling
    assert [change.field for change in found.layout] == ["colour"]
    assert "coloured" in lines(found, layout=True)[0].text


@pytest.mark.parametrize(
    ("after", "text"),
    [
        (BASE.bind("read", "path", FromPath("./b.csv")), "path default → ./b.csv"),
        (BASE.bind("read", "path", FromInput("data")), "path default → input data"),
        (
            BASE.update(replace(BASE.node("read"), component="azureml:read@2")),
            "component azureml:read@1 → azureml:read@2",
        ),
        (
            BASE.update(
                replace(BASE.node("read"), environment_variables={"SEED": "1"})
            ),
            "variable SEED not set → 1",
        ),
        (
            BASE.update(replace(BASE.node("read"), extra={"resources": {"n": 2}})),
            "resources not set → n=2",
        ),
        (
            BASE.update(
                replace(BASE.node("read"), outputs={"out": StepOutput(register="m")})
            ),
            "output out not set → m",
        ),
        (
            replace(BASE, inputs={"data": PipelineInput("data", "uri_file")}),
            "input data added",
        ),
    ],
)
def test_that_each_kind_of_value_has_words(after: Pipeline, text: str) -> None:
    found: Difference = difference(BASE, after)
    assert [line.text for line in lines(found)] == [text]


def test_that_an_output_of_which_nothing_is_said_is_no_news() -> None:
    after = BASE.update(replace(BASE.node("read"), outputs={"out": StepOutput()}))
    found = difference(BASE, after)
    assert not found
    assert summary(found) == "No change"
    assert apply(BASE, found) == after
