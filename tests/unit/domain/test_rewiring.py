"""Edits that keep a pipeline joined."""

from __future__ import annotations

from studio.domain import rewiring
from studio.domain.component import Component, Parameter, Port
from studio.domain.node import Edge, FromStep, Node, StepOutput, Value
from studio.domain.pipeline import Pipeline

TABLE_IN, TABLE_OUT = Port("data", "mltable"), Port("table", "mltable")
READ = Component("read", "x", outputs=(TABLE_OUT,))
CLEAN = Component(
    "clean",
    "x",
    inputs=(TABLE_IN, Port("fitted", "custom_model", optional=True)),
    parameters=(Parameter("method"), Parameter("rows", "integer", 1)),
    outputs=(TABLE_OUT, Port("transform", "custom_model")),
)
SCALE = Component(
    "scale",
    "x",
    inputs=(Port("rows", "mltable"),),
    parameters=(Parameter("method", enum=("mean", "median")),),
    outputs=(Port("scaled", "mltable"),),
)
TRAIN = Component(
    "train", "x", inputs=(TABLE_IN,), outputs=(Port("model", "mlflow_model"),)
)
KINDS = {c.name: c for c in (READ, CLEAN, SCALE, TRAIN)}


def of(node: Node) -> Component | None:
    return KINDS.get(str(node.component))


def node(name: str, kind: str = "", **inputs: object) -> Node:
    return Node(f"id-{name}", name, kind or name, inputs=inputs)  # type: ignore[arg-type]


ROW = Pipeline(
    "p",
    (
        node("read"),
        node("clean", data=FromStep("read", "table"), method=Value("mean")),
        node("train", data=FromStep("clean", "table")),
    ),
)


def test_that_a_step_is_put_into_an_edge() -> None:
    edge = Edge("read", "table", "clean", "data")
    after = rewiring.inserted(ROW.add(node("scale")), "scale", edge, of)
    assert Edge("read", "table", "scale", "rows") in after.edges
    assert Edge("scale", "scaled", "clean", "data") in after.edges
    assert edge not in after.edges
    assert not rewiring.fits_between(ROW, TRAIN, edge, of)


def test_that_a_deleted_step_leaves_its_neighbours_joined() -> None:
    after = rewiring.healed(ROW, ["clean"], of)
    assert after.edges == (Edge("read", "table", "train", "data"),)
    assert set(after.by_name) == {"read", "train"}


def test_that_healing_goes_through_several_deleted_steps() -> None:
    longer = rewiring.inserted(
        ROW.add(node("scale")), "scale", Edge("clean", "table", "train", "data"), of
    )
    after = rewiring.healed(longer, ["clean", "scale"], of)
    assert after.edges == (Edge("read", "table", "train", "data"),)


def test_that_what_does_not_fit_stays_unconnected() -> None:
    deploy = Component("deploy", "x", inputs=(Port("model", "mlflow_model"),))
    kinds = {**KINDS, "deploy": deploy}
    pipeline = ROW.add(node("deploy", model=FromStep("train", "model")))
    after = rewiring.healed(pipeline, ["train"], lambda n: kinds.get(str(n.component)))
    assert after.node("deploy").inputs == {}


def test_that_a_replacement_takes_over_edges_and_settings_of_the_same_name() -> None:
    done = rewiring.replaced(ROW, "clean", node("scale"), of)
    assert done.lost == ()
    assert done.pipeline.node("scale").inputs == {
        "rows": FromStep("read", "table"),
        "method": Value("mean"),
    }
    assert Edge("scale", "scaled", "train", "data") in done.pipeline.edges
    assert "clean" not in done.pipeline.by_name


def test_that_a_replacement_says_what_it_could_not_keep() -> None:
    spoken = ROW.node("clean")
    pipeline = ROW.update(
        Node(
            spoken.id,
            "clean",
            "clean",
            {**spoken.inputs, "method": Value("mode"), "rows": Value(3)},
            outputs={"table": StepOutput(to="cleaned")},
        )
    )
    done = rewiring.replaced(pipeline, "clean", node("train_2", "train"), of)
    assert done.lost == (
        "the setting method",
        "the setting rows",
        "what was said of output table",
        "the connection to Train",
    )
    assert done.pipeline.node("train_2").inputs == {"data": FromStep("read", "table")}
    kept = rewiring.replaced(pipeline, "clean", node("scale"), of)
    assert "the setting method" in kept.lost  # scale has no method "mode"


def test_that_selected_steps_are_joined_from_left_to_right_once() -> None:
    loose = Pipeline("p", (node("read"), node("clean"), node("train")))
    after = rewiring.chained(loose, ["read", "clean", "train"], of)
    assert after.edges == (
        Edge("read", "table", "clean", "data"),
        Edge("clean", "table", "train", "data"),
    )
    assert rewiring.chained(after, ["read", "clean", "train"], of) == after
    # Train gives no table: what is after it is fed by the step before.
    skipping = rewiring.chained(loose, ["read", "train", "clean"], of)
    assert Edge("read", "table", "clean", "data") in skipping.edges


def test_that_no_cycle_is_made_by_joining() -> None:
    after = rewiring.chained(ROW, ["train", "clean", "read"], of)
    assert after == ROW


def test_that_edges_among_the_selected_are_cut_and_all_of_a_single_step() -> None:
    assert rewiring.separated(ROW, ["read", "clean"]).edges == (
        Edge("clean", "table", "train", "data"),
    )
    assert rewiring.separated(ROW, ["clean"]).edges == ()
