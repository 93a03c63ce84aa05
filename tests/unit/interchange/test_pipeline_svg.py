"""A pipeline as a picture."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from studio.domain.component import Component, Port
from studio.domain.node import FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.gui.theme.tokens import LIGHT
from studio.interchange.pipeline_svg import COLOURS, cut, draw_svg

SVG = "{http://www.w3.org/2000/svg}"
READ = Component("read", "r", outputs=(Port("table", kind="table"),),
                 tags={"icon": "database"})  # fmt: skip
FIT = Component(
    "fit",
    "f",
    display_name="Train <fast> & well",
    inputs=(Port("data", kind="table"), Port("seed", kind="param")),
    outputs=(Port("model", kind="model"), Port("scores", kind="metric")),
)
PIPELINE = Pipeline(
    "p",
    (
        Node("1", "read", READ),
        Node("2", "fit", FIT, {"data": FromStep("read", "table")},
             display_name='Fit "it"', position=(288, -96)),
        Node("3", "apply", "azureml:gone@latest", {"model": FromStep("fit", "model")},
             position=(0, 200)),
    ),
    display_name="All & more\x07",
)  # fmt: skip


def component_of(node: Node) -> Component | None:
    return node.component if isinstance(node.component, Component) else None


def drawn(pipeline: Pipeline) -> ElementTree.Element:
    return ElementTree.fromstring(draw_svg(pipeline, component_of))


def test_that_every_step_and_every_wire_is_drawn() -> None:
    picture = drawn(PIPELINE)
    assert [g.get("id") for g in picture.findall(f"{SVG}g[@id]")] == [
        "read",
        "fit",
        "apply",
    ]
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert 'Fit "it"' in texts
    assert "Train <fast> & well" in texts
    wires = picture.find(f"{SVG}g[@fill='none']")
    assert wires is not None
    paths = [path.get("d", "") for path in wires]
    assert paths[0].startswith("M216 32C")
    assert paths[0].endswith("288 -74.67")
    assert len(paths) == 2  # the second one to a port that is only known from use
    title = picture.find(f"{SVG}title")
    assert title is not None
    assert title.text == "All & more"


def test_that_the_picture_holds_all_cards_with_room_around() -> None:
    left, top, width, height = map(float, drawn(PIPELINE).get("viewBox", "").split())
    assert (left, top) == (-32, -128)
    assert (left + width, top + height) == (288 + 216 + 32, 200 + 64 + 32)


def test_that_the_same_pipeline_gives_the_same_text() -> None:
    assert draw_svg(PIPELINE, component_of) == draw_svg(PIPELINE, component_of)
    moved = PIPELINE.move({"apply": (8.0, 200.0)})
    before = draw_svg(PIPELINE, component_of).splitlines()
    after = draw_svg(moved, component_of).splitlines()
    other = sum(a != b for a, b in zip(before, after, strict=True))
    assert 0 < other < 12  # its own lines and its wire


def test_that_nothing_of_it_can_run_or_load() -> None:
    hostile = replace(PIPELINE.nodes[0], display_name="</text><script>x()</script>")
    text = draw_svg(replace(PIPELINE, nodes=(hostile,)), component_of)
    assert "<script" not in text
    assert "href" not in text
    ElementTree.fromstring(text)
    icon = replace(READ, tags={"icon": "../../../secret"})
    assert 'd="M' in draw_svg(Pipeline("p", (Node("1", "a", icon),)), component_of)


def test_that_an_empty_pipeline_is_an_empty_picture() -> None:
    assert drawn(Pipeline("empty")).findall(f"{SVG}g[@id]") == []


@pytest.mark.parametrize("name", sorted(COLOURS))
def test_that_colours_are_those_of_the_window(name: str) -> None:
    assert COLOURS[name] == LIGHT.color(name)


def test_that_long_words_are_cut_to_the_room() -> None:
    assert cut("short", 13, 146) == "short"
    assert cut("a\nb", 13, 146) == "a b"
    long = cut("A very long title that nobody can read on a card", 13, 146)
    assert long.endswith("…")
    assert len(long) < 26
