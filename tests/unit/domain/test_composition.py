"""Pipelines as steps of pipelines, and steps that are switched off."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

import pytest
from workspaces import step

from studio.domain.component import Component, Parameter, Port
from studio.domain.composition import (
    as_component,
    expanded,
    off_now,
    proposed_bypass,
    rewired,
    switched_off,
    without_optional,
)
from studio.domain.errors import InvalidError
from studio.domain.grouping import grouped, unpacked
from studio.domain.node import FromInput, FromPath, FromStep, Node, StepOutput, Value
from studio.domain.pipeline import Pipeline, PipelineInput, PipelineOutput
from studio.domain.pipeline_diff import difference
from studio.domain.pipeline_words import lines

TABLE = Port("data", "mltable", kind="table")
OUT = Port("out", "mltable", kind="table")
WORK = Component(
    "work",
    "python work.py",
    inputs=(TABLE, Port("more", "mltable", optional=True, kind="table")),
    parameters=(Parameter("rate", "number", 0.1, minimum=0, description="Speed"),),
    outputs=(OUT,),
)
SOURCE = Component("source", "python source.py", outputs=(OUT,))


def components(pipeline: Pipeline, **own: Component) -> dict[str, Component]:
    kinds = {"source": SOURCE, "work": WORK}
    found = {}
    for node in pipeline.nodes:
        name = str(node.component).removeprefix("azureml:").removesuffix("@latest")
        found[node.name] = own.get(node.name) or kinds[name]
    return found


def line(*names: str, **changes: Mapping[str, object]) -> Pipeline:
    """`source`, then `work` after `work`, with changes of single steps."""
    nodes = [step(names[0], "source")]
    for before, name in itertools.pairwise(names):
        nodes.append(step(name, "work", data=f"@{before}"))
    changed = [replace(n, **changes.get(n.name, {})) for n in nodes]  # type: ignore[arg-type]
    return Pipeline("line", tuple(changed))


def inner() -> Pipeline:
    """Two steps; the rate of the first and what comes in are inputs."""
    first = replace(
        step("first", "work"),
        inputs={"data": FromInput("table"), "rate": FromInput("speed")},
    )
    last = replace(
        step("last", "work", data="@first"), outputs={"out": StepOutput(to="made")}
    )
    return Pipeline(
        "inner",
        (first, last),
        {
            "table": PipelineInput("table", "mltable"),
            "speed": PipelineInput("speed", "number", 0.5),
        },
        {"made": PipelineOutput("made", "uri_folder")},
    )


def outer(**inputs: object) -> tuple[Pipeline, dict[str, Component]]:
    """source -> part (the inner pipeline) -> end."""
    part = Node(
        "p1",
        "part",
        "azureml:inner@latest",
        {"table": FromStep("source", "out"), **inputs},  # type: ignore[dict-item]
        extra={"type": "pipeline"},
    )
    end = replace(step("end", "work"), inputs={"data": FromStep("part", "made")})
    pipeline = Pipeline("outer", (step("source"), part, end))
    body = inner()
    return pipeline, components(
        pipeline, part=as_component(body, components(body), "3")
    )


def test_that_a_pipeline_shows_its_inputs_and_outputs_as_a_component() -> None:
    body = inner()
    made = as_component(body, components(body), "3")
    assert [(p.name, p.type, p.kind, p.optional) for p in made.inputs] == [
        ("table", "mltable", "table", False)
    ]
    assert [(p.name, p.type, p.kind) for p in made.outputs] == [
        ("made", "mltable", "table")
    ]
    (speed,) = made.parameters
    assert (speed.default, speed.minimum, speed.description) == (0.5, 0, "Speed")
    assert (made.version, made.pipeline) == ("3", body)


def test_that_its_steps_take_its_place_with_all_connections() -> None:
    pipeline, found = outer(speed=Value(0.9))
    flat = expanded(pipeline, found)
    assert list(flat.by_name) == ["source", "part__first", "part__last", "end"]
    assert flat.by_name["part__first"].inputs == {
        "data": FromStep("source", "out"),
        "rate": Value(0.9),
    }
    assert flat.by_name["part__last"].inputs == {"data": FromStep("part__first", "out")}
    assert flat.by_name["end"].inputs == {"data": FromStep("part__last", "out")}
    assert flat.by_name["part__last"].id == "p1.last"
    assert flat.by_name["part__last"].title == "Part › Last"


def test_that_an_input_nobody_sets_keeps_the_inner_default() -> None:
    pipeline, found = outer()
    flat = expanded(pipeline, found)
    assert flat.by_name["part__first"].inputs["rate"] == Value(0.5)


def test_that_pipelines_are_expanded_at_any_depth() -> None:
    middle, found = outer()
    middle = replace(middle, name="middle", outputs={"all": PipelineOutput("all")})
    end = replace(middle.by_name["end"], outputs={"out": StepOutput(to="all")})
    middle = middle.update(end)
    top = Pipeline(
        "top",
        (
            Node("m", "deep", "azureml:middle@latest", extra={"type": "pipeline"}),
            replace(step("after", "work"), inputs={"data": FromStep("deep", "all")}),
        ),
    )
    flat = expanded(top, components(top, deep=as_component(middle, found)))
    assert "deep__part__first" in flat.by_name
    assert flat.by_name["after"].inputs["data"] == FromStep("deep__end", "out")
    assert not any(node.is_pipeline for node in flat.nodes)
    flat.order()


def test_that_what_the_outer_step_says_of_an_output_reaches_the_inner_step() -> None:
    pipeline, found = outer()
    part = replace(
        pipeline.by_name["part"], outputs={"made": StepOutput(register="clean")}
    )
    flat = expanded(pipeline.update(part), found)
    assert flat.by_name["part__last"].outputs["out"].register == "clean"


def test_that_a_muted_step_takes_along_what_needs_it() -> None:
    pipeline = line("a", "b", "c", b={"muted": True})
    off = switched_off(pipeline, components(pipeline))
    assert off == {"b": "it is muted", "c": "'b' is switched off"}


def test_that_an_optional_input_from_a_muted_step_is_let_go() -> None:
    pipeline = line("a", "b", "c", b={"muted": True})
    pipeline = pipeline.bind("c", "data", FromStep("a", "out"))
    pipeline = pipeline.bind("c", "more", FromStep("b", "out"))
    off = switched_off(pipeline, components(pipeline))
    assert set(off) == {"b"}
    left = without_optional(pipeline, off).remove(off)
    assert left.by_name["c"].inputs == {"data": FromStep("a", "out")}


def test_that_a_bypassed_step_hands_on_what_it_was_given() -> None:
    around: Mapping[str, object] = {"bypass": {"out": "data"}}
    pipeline = rewired(line("a", "b", "c", "d", b=around, c=around))
    assert pipeline.by_name["d"].inputs["data"] == FromStep("a", "out")
    off = switched_off(pipeline, components(pipeline))
    assert off == {"b": "it is bypassed", "c": "it is bypassed"}


def test_that_a_bypass_without_a_way_switches_off_what_needs_it() -> None:
    pipeline = rewired(line("a", "b", "c", b={"bypass": {}}))
    assert set(switched_off(pipeline, components(pipeline))) == {"b", "c"}


def test_that_a_bypassed_path_or_value_is_handed_on_too() -> None:
    pipeline = line("a", "b", "c", b={"bypass": {"out": "data"}})
    pipeline = pipeline.bind("b", "data", FromPath("x.csv", "uri_file"))
    assert rewired(pipeline).by_name["c"].inputs["data"] == FromPath(
        "x.csv", "uri_file"
    )


def test_that_bypassed_steps_in_a_circle_end() -> None:
    around: Mapping[str, object] = {"bypass": {"out": "data"}}
    pipeline = line("a", "b", "c", b=around, c=around)
    pipeline = pipeline.bind("b", "data", FromStep("c", "out"))
    assert rewired(pipeline).nodes  # validation tells of the cycle


def test_that_a_muted_or_bypassed_pipeline_step_mutes_all_its_steps() -> None:
    pipeline, found = outer()
    part = pipeline.by_name["part"]
    muted = expanded(pipeline.update(replace(part, muted=True)), found)
    found_flat = {n.name: WORK for n in muted.nodes}
    assert set(switched_off(muted, found_flat)) == {"part__first", "part__last", "end"}
    around = replace(part, bypass={"made": "table"})
    passed = expanded(pipeline.update(around), found)
    assert passed.by_name["end"].inputs["data"] == FromStep("source", "out")
    assert "end" not in switched_off(passed, found_flat)


def test_that_what_a_run_would_leave_out_now_is_told_by_id() -> None:
    pipeline = line("a", "b", "c", b={"muted": True})
    assert off_now(line("a", "b"), lambda _: WORK) == {}
    off = off_now(pipeline, lambda _: WORK)
    assert {pipeline.by_id[i].name: why for i, why in off.items()} == {
        "b": "it is muted",
        "c": "'b' is switched off",
    }
    circle = pipeline.bind("b", "data", FromStep("c", "out"))
    assert off_now(circle, lambda _: WORK) == {}


def test_that_a_step_whose_inner_steps_are_all_muted_is_off_with_what_needs_it() -> (
    None
):
    pipeline, found = outer()
    body = found["part"].pipeline
    assert body is not None
    muted = tuple(replace(node, muted=True) for node in body.nodes)
    part = replace(found["part"], pipeline=replace(body, nodes=muted))
    known = {**found, "part": part}
    off = off_now(pipeline, lambda node: known.get(node.name))
    assert {pipeline.by_id[i].name: why for i, why in off.items()} == {
        "part": "all steps inside are switched off",
        "end": "'part' is switched off",
    }


def test_that_the_proposed_bypass_maps_outputs_to_inputs_of_their_kind() -> None:
    assert proposed_bypass(WORK) == {"out": "data"}
    assert proposed_bypass(SOURCE) == {}


def test_that_steps_gathered_and_taken_out_again_are_the_same_pipeline() -> None:
    before = line("a", "b", "c", "d")
    made = grouped(before, ["b", "c"], "part", "Part", components(before))
    assert list(made.outer.by_name) == ["a", "part", "d"]
    assert made.outer.by_name["part"].inputs == {"data": FromStep("a", "out")}
    assert made.outer.by_name["d"].inputs == {"data": FromStep("part", "out")}
    assert made.inner.by_name["b"].inputs == {"data": FromInput("data")}
    inside = as_component(made.inner, components(made.inner))
    after = unpacked(made.outer, made.node, inside)
    assert {n.name: n.inputs for n in after.nodes} == {
        n.name: n.inputs for n in before.nodes
    }


def test_that_a_pipeline_packed_and_unpacked_differs_in_nothing_a_run_could_tell() -> (
    None
):
    before = line("a", "b", "c", "d")
    made = grouped(before, ["b", "c"], "part", "Part", components(before))
    inside = as_component(made.inner, components(made.inner))
    found = difference(before, unpacked(made.outer, made.node, inside))
    assert [each.text for each in lines(found)] == []


def test_that_one_source_of_two_gathered_steps_is_one_input() -> None:
    pipeline = line("a", "b", "c").bind("c", "data", FromStep("a", "out"))
    made = grouped(pipeline, ["b", "c"], "part", "Part", components(pipeline))
    assert list(made.inner.inputs) == ["data"]


def test_that_pipeline_inputs_are_handed_on_to_gathered_steps() -> None:
    pipeline = line("a", "b").bind("b", "rate", FromInput("speed"))
    speed = PipelineInput("speed", "number", 0.3)
    pipeline = replace(pipeline, inputs={"speed": speed})
    made = grouped(pipeline, ["b"], "part", "Part", components(pipeline))
    assert made.inner.inputs["speed"] == speed
    assert made.node.inputs["speed"] == FromInput("speed")


def test_that_a_step_left_out_between_gathered_ones_is_refused() -> None:
    pipeline = line("a", "b", "c", "d")
    with pytest.raises(InvalidError, match="'C' lies between") as caught:
        grouped(pipeline, ["b", "d"], "part", "Part", components(pipeline))
    assert caught.value.hint == "Select 'C' too"


def test_that_unpacked_steps_get_free_names() -> None:
    pipeline, found = outer()
    pipeline = pipeline.add(step("last", "source"))
    after = unpacked(pipeline, pipeline.by_name["part"], found["part"])
    assert set(after.by_name) == {"source", "first", "last_2", "end", "last"}
    assert after.by_name["end"].inputs["data"] == FromStep("last_2", "out")
