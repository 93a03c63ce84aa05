"""A pipeline is a value: edits, their messages, and the laws that they keep."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.errors import InvalidError, NotFoundError
from studio.domain.node import Edge, FromStep, Node, Value
from studio.domain.pipeline import Pipeline, new_id


def pipeline_of(*edges: tuple[str, str], names: str = "abcdef") -> Pipeline:
    nodes = tuple(Node(new_id(), name, "azureml:copy@latest") for name in names)
    made = Pipeline("p", nodes)
    for source, target in edges:
        made = made.bind(target, f"from_{source}", FromStep(source, "out"))
    return made


def test_that_removing_a_step_removes_its_edges_and_nothing_else() -> None:
    made = pipeline_of(("a", "b"), ("b", "c"), ("a", "c"))
    left = made.remove(["b"])
    assert [node.name for node in left.nodes] == list("acdef")
    assert left.edges == (Edge("a", "out", "c", "from_a"),)


def test_that_an_edit_leaves_the_original_as_it_was() -> None:
    made = pipeline_of(("a", "b"))
    made.rename("a", "z").remove(["b"]).move({"z": (5.0, 5.0)})
    assert made == pipeline_of(("a", "b")).__class__(**vars_of(made))
    assert made.by_name["b"].inputs == {"from_a": FromStep("a", "out")}


def vars_of(pipeline: Pipeline) -> dict[str, object]:
    names = Pipeline.__dataclass_fields__
    return {name: getattr(pipeline, name) for name in names}


def test_that_renaming_keeps_id_edges_and_place_in_the_file() -> None:
    made = pipeline_of(("a", "b"), ("a", "c"))
    renamed = made.rename("a", "start")
    assert renamed.nodes[0].id == made.nodes[0].id
    assert [edge.source for edge in renamed.edges] == ["start", "start"]
    assert renamed.rename("start", "a") == made


def test_that_renaming_to_a_taken_name_is_refused() -> None:
    with pytest.raises(InvalidError, match="already a step 'b'"):
        pipeline_of().rename("a", "b")


@pytest.mark.parametrize("name", ["", "1a", "a b", "a-b", "a\n", "ä$", "../x"])
def test_that_a_step_can_not_have_a_name_that_yaml_expressions_could_not_hold(
    name: str,
) -> None:
    with pytest.raises(InvalidError, match="can't be the name of a step"):
        pipeline_of().rename("a", name)


def test_that_connecting_backwards_names_the_cycle() -> None:
    made = pipeline_of(("a", "b"), ("b", "c"))
    with pytest.raises(InvalidError) as refused:
        made.connect(Edge("c", "out", "a", "data"))
    assert refused.value.message.endswith("a → b → c → a")


def test_that_a_step_can_not_be_connected_to_itself() -> None:
    with pytest.raises(InvalidError, match="a → a"):
        pipeline_of().connect(Edge("a", "out", "a", "data"))


def test_that_a_cycle_in_a_file_is_named_in_the_direction_of_the_data() -> None:
    made = pipeline_of(("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"))
    with pytest.raises(InvalidError) as refused:
        made.order()
    assert refused.value.message in (
        "The steps make a cycle: b → c → b",
        "The steps make a cycle: c → b → c",
    )


def test_that_an_unknown_step_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NotFoundError) as unknown:
        pipeline_of().bind("z", "x", Value(1))
    assert "a, b, c" in unknown.value.hint


def test_that_a_clone_shares_no_ids_and_no_title_with_its_original() -> None:
    made = pipeline_of(("a", "b"))
    clone = made.clone("copy")
    assert clone.title == "Copy of p"
    assert not {n.id for n in clone.nodes} & {n.id for n in made.nodes}
    assert clone.edges == made.edges


def test_that_free_names_are_legal_and_free() -> None:
    made = pipeline_of()
    assert made.free_name("a") == "a_2"
    assert made.free_name("Train model!") == "train_model"
    assert made.free_name("3 things") == "step_3_things"
    assert made.free_name("§§") == "step"


names = st.sampled_from("abcdef")
edits = st.lists(
    st.one_of(
        st.tuples(st.just("connect"), names, names),
        st.tuples(st.just("remove"), names, names),
        st.tuples(st.just("rename"), names, st.sampled_from("ghij")),
        st.tuples(st.just("disconnect"), names, names),
    ),
    max_size=40,
)


def edited(pipeline: Pipeline, edit: tuple[str, str, str]) -> Pipeline:
    kind, first, second = edit
    if kind == "connect":
        return pipeline.connect(Edge(first, "out", second, f"from_{first}"))
    if kind == "remove":
        return pipeline.remove([first])
    if kind == "rename":
        return pipeline.rename(first, second)
    return pipeline.disconnect(Edge(first, "out", second, f"from_{first}"))


@given(edits)
@settings(max_examples=150, deadline=None)
def test_that_no_sequence_of_edits_makes_a_cycle_or_a_dangling_edge(
    sequence: list[tuple[str, str, str]],
) -> None:
    pipeline = pipeline_of()
    for edit in sequence:
        try:
            pipeline = edited(pipeline, edit)
        except (InvalidError, NotFoundError):
            continue
        places = {node.name: at for at, node in enumerate(pipeline.order())}
        assert len(places) == len(pipeline.nodes)
        for edge in pipeline.edges:
            assert places[edge.source] < places[edge.target]


@given(st.lists(st.tuples(names, names), max_size=20))
@settings(max_examples=150, deadline=None)
def test_that_upstream_and_downstream_are_each_other_turned_around(
    pairs: list[tuple[str, str]],
) -> None:
    pipeline = pipeline_of(*[(a, b) for a, b in pairs if a < b])
    for a in "abcdef":
        for b in "abcdef":
            down = b in pipeline.downstream([a])
            assert down == (a in pipeline.upstream([b]))
            assert down == bool(pipeline.path(a, b))
