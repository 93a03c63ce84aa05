"""Columns known before anything has run."""

from __future__ import annotations

import pytest

from studio.domain.column_flow import Known, column_problems, columns_into, flow
from studio.domain.component import Component, Parameter, Port
from studio.domain.errors import InvalidError
from studio.domain.node import FromInput, FromPath, FromStep, Node, Value
from studio.domain.pipeline import Pipeline, PipelineInput
from studio.domain.schema import (
    Schema,
    apply_effect,
    chosen,
    kind_of_arrow,
    parse_effect,
)
from studio.domain.validation import Fix

BIRDS = Schema({"species": "text", "bill_length": "number", "bill_depth": "number"})
TABLE = Port("data", "mltable")
READ = Component(
    "read",
    "x",
    inputs=(Port("file", "uri_file"),),
    parameters=(Parameter("header", "boolean", True),),
    outputs=(Port("table", "mltable"),),
    tags={"columns.table": "file | unknown if header=false"},
)
SELECT = Component(
    "select",
    "x",
    inputs=(TABLE,),
    parameters=(Parameter("columns"), Parameter("mode", default="include")),
    outputs=(Port("table", "mltable"),),
    tags={
        "columns.table": "data | keep columns if mode=include "
        "| drop columns if mode=exclude",
        "choices_from.columns": "data",
    },
)
TRAIN = Component(
    "train",
    "x",
    inputs=(TABLE,),
    parameters=(Parameter("target"),),
    tags={"choices_from.target": "data"},
)
QUERY = Component("query", "x", inputs=(TABLE,), outputs=(Port("table", "mltable"),))
KINDS = {c.name: c for c in (READ, SELECT, TRAIN, QUERY)}


def of(node: Node) -> Component | None:
    return KINDS.get(str(node.component))


def node(name: str, **inputs: object) -> Node:
    return Node(name, name, name, inputs=inputs)  # type: ignore[arg-type]


def known(**outputs: Schema) -> Known:
    return Known(
        lambda path: BIRDS if path.path == "birds.csv" else None,
        lambda node, output: outputs.get(node.name),
    )


def done(text: str, schema: Schema = BIRDS, **values: str) -> Schema | None:
    effect = parse_effect(text)
    return apply_effect(effect, lambda _: schema, lambda name: values.get(name, ""))


def names(schema: Schema | None) -> list[str]:
    assert schema is not None
    return list(schema.names)


def test_that_columns_are_kept_and_dropped_by_patterns() -> None:
    assert names(done("data | keep c", c="bill_*, !bill_depth")) == ["bill_length"]
    assert names(done("data | keep c")) == list(BIRDS.names)
    assert names(done("data | drop c", c="bill_*")) == ["species"]
    assert names(done("data | drop c text")) == ["bill_length", "bill_depth"]
    assert chosen(["a", "b"], "!a", ["a", "b"]) == ["b"]


def test_that_columns_are_added_renamed_and_joined() -> None:
    added = done("data | add score:number ${{inputs.more}}", more="extra")
    assert added is not None
    assert added.columns["score"] == "number"
    assert added.columns["extra"] == "unknown"
    renamed = done("data | rename names", names="species=kind")
    assert names(renamed)[0] == "kind"
    other = Schema({"species": "number", "island": "text"})
    both = BIRDS.joined(other)
    assert names(both) == ["species", "bill_length", "bill_depth", "island"]
    assert both.columns["species"] == "text"


def test_that_what_depends_on_the_data_is_open_or_unknown() -> None:
    opened = done("data | drop c text | open")
    assert opened is not None
    assert opened.open
    assert done("data | unknown if method=pca", method="pca") is None
    assert done("data | unknown if method=pca", method="sum") == BIRDS
    assert done("data | unknown unless fitted") is None
    assert done("data | unknown unless fitted", fitted="connected") == BIRDS


@pytest.mark.parametrize(
    "text", ["", "data | sing", "data | keep", "a b | open", "data | open x"]
)
def test_that_a_slip_in_an_effect_is_told(text: str) -> None:
    with pytest.raises(InvalidError):
        parse_effect(text)


def test_that_columns_flow_from_a_file_along_the_edges() -> None:
    pipeline = Pipeline(
        "p",
        (
            node("read", file=FromPath("birds.csv", "uri_file")),
            node("select", data=FromStep("read", "table"), columns=Value("bill_*")),
            node("train", data=FromStep("select", "table"), target=Value("species")),
        ),
    )
    found = flow(pipeline, of, known())
    assert names(found["select", "table"]) == ["bill_length", "bill_depth"]
    (problem,) = column_problems(pipeline, of, found, known())
    assert (problem.step, problem.field) == ("train", "target")
    assert problem.message == "There is no column 'species' in the table of 'data'"
    assert problem.hint == "Its columns are: bill_length, bill_depth"
    assert problem.severity == "warning"
    without_header = pipeline.bind("read", "header", Value(False))
    assert flow(without_header, of, known()) == {}


def test_that_a_slip_is_mended_by_the_nearest_name() -> None:
    pipeline = Pipeline(
        "p",
        (
            node("read", file=FromInput("birds")),
            node(
                "select",
                data=FromStep("read", "table"),
                columns=Value("bill_*, !bill_dept, Species"),
            ),
        ),
        {"birds": PipelineInput("birds", "uri_file", FromPath("birds.csv"))},
    )
    found = column_problems(pipeline, of, flow(pipeline, of, known()), known())
    assert [p.hint for p in found] == [
        "Did you mean 'bill_depth'?",
        "Did you mean 'species'?",
    ]
    assert found[0].fixes == (Fix("Use bill_depth", "bill_*, !bill_depth, Species"),)


def test_that_what_a_run_made_is_known_where_nothing_is_declared() -> None:
    pipeline = Pipeline(
        "p",
        (
            node("query", data=FromPath("x.csv")),
            node("train", data=FromStep("query", "table"), target=Value("specie")),
        ),
    )
    assert column_problems(pipeline, of, flow(pipeline, of, known()), known()) == []
    ran = known(query=BIRDS)
    (problem,) = column_problems(pipeline, of, flow(pipeline, of, ran), ran)
    assert problem.fixes == (Fix("Use species", "species"),)
    opened = known(query=Schema(BIRDS.columns, open=True))
    assert column_problems(pipeline, of, flow(pipeline, of, opened), opened) == []


def test_that_a_cycle_or_an_unknown_component_gives_nothing() -> None:
    one = node("select", data=FromStep("select", "table"))
    assert flow(Pipeline("p", (one,)), of, known()) == {}
    strange = Pipeline("p", (node("strange", data=FromPath("birds.csv")),))
    assert flow(strange, of, known()) == {}
    first = strange.nodes[0]
    assert columns_into(strange, first, "data", {}, known()) == BIRDS
    assert columns_into(strange, first, "other", {}, known()) is None


@pytest.mark.parametrize(
    ("arrow", "kind"),
    [
        ("int64", "number"),
        ("double", "number"),
        ("large_string", "text"),
        ("bool", "boolean"),
        ("timestamp[us]", "time"),
        ("list<item: int64>", "unknown"),
    ],
)
def test_that_arrow_types_have_a_kind(arrow: str, kind: str) -> None:
    assert kind_of_arrow(arrow) == kind
