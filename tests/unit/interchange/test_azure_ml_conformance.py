"""Azure ML's own samples, and files of ours with comments, read and written again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.domain.component import Component
from studio.domain.errors import StudioError
from studio.domain.node import FromInput, FromPath, FromStep, Value
from studio.domain.pipeline import Pipeline
from studio.interchange import located
from studio.interchange.component_yaml import read_component
from studio.interchange.pipeline_layout import apply_layout, layout_of
from studio.interchange.pipeline_writer import write_pipeline
from studio.interchange.pipeline_yaml import pipeline_from, read_pipeline

SAMPLES = Path(__file__).parents[4] / "shared" / "conformance" / "azureml" / "cli"


def samples(schema: str) -> list[Path]:
    if not SAMPLES.is_dir():
        return []
    return sorted(f for f in SAMPLES.rglob("*.yml") if schema in f.read_text())


def comparable(pipeline: Pipeline) -> Pipeline:
    """Without what a file doesn't hold: ids, positions and where inline code is."""
    nodes = tuple(
        replace(
            node,
            id="",
            position=(0.0, 0.0),
            component=_plain(node.component),
            extra={"type": "command", **node.extra},  # which may be left out
        )
        for node in pipeline.nodes
    )
    return replace(pipeline, nodes=nodes)


def _plain(component: str | Component) -> str | Component:
    if isinstance(component, str):
        return component
    return replace(component, code=None, source=None)


@pytest.mark.parametrize("file", samples("pipelineJob.schema"), ids=lambda f: f.stem)
def test_that_a_pipeline_of_azure_mls_samples_survives_a_round_trip(
    file: Path,
) -> None:
    pipeline = read_pipeline(file, "sample")
    assert len(pipeline.order()) == len(pipeline.nodes) > 0
    text = write_pipeline(pipeline)
    again = pipeline_from(located.parse(text), file.parent, "sample")
    assert comparable(again) == comparable(pipeline)
    kept = write_pipeline(pipeline, file.read_text())
    merged = pipeline_from(located.parse(kept), file.parent, "sample")
    assert comparable(merged) == comparable(pipeline)


@pytest.mark.parametrize(
    "file", samples("commandComponent.schema"), ids=lambda f: f.stem
)
def test_that_a_component_of_azure_mls_samples_is_read(file: Path) -> None:
    component = read_component(file)
    assert component.command
    assert component.name


COMMENTED = """\
# Why this pipeline exists
type: pipeline
inputs:
  # raw rows
  data:
    type: uri_file
    path: ./data.csv
jobs:
  prepare: # first
    type: command
    component: azureml:split@latest
    inputs:
      data: ${{parent.inputs.data}}
      share: 0.8 # of all rows
  train:
    type: command
    component: azureml:train@latest
    inputs:
      table: ${{parent.jobs.prepare.outputs.first}}
"""


def read(text: str) -> Pipeline:
    return pipeline_from(located.parse(text, "p.yml"), Path(), "p")


def test_that_a_persons_comments_outlive_an_edit() -> None:
    edited = read(COMMENTED).bind("prepare", "share", Value(0.7))
    text = write_pipeline(edited, COMMENTED)
    for comment in ("# Why this pipeline exists", "# raw rows", "# first", "# of all"):
        assert comment in text
    assert "share: 0.7 # of all rows" in text
    assert comparable(read(text)) == comparable(edited)


def test_that_bindings_of_every_kind_are_written_as_azure_ml_reads_them() -> None:
    pipeline = read(COMMENTED)
    pipeline = pipeline.bind("train", "extra", FromPath("./x.csv", "uri_file", "ro"))
    pipeline = pipeline.bind("train", "name", Value("${not an expression}"))
    pipeline = pipeline.bind("train", "data", FromInput("data"))
    again = read(write_pipeline(pipeline))
    assert again.by_name["train"].inputs == pipeline.by_name["train"].inputs
    assert again.by_name["train"].inputs["table"] == FromStep("prepare", "first")


TEXTS = ["yes", "1", "1e3", "null", "~", "", " x ", "a: b", "- a", "#x", "'", "0x10"]
TEXTS += ["two\nlines\n", "2026-01-01", "=", "<<", "🐧", "end\r\n", "\u2028", "010"]


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "1",
        "1e3",
        "null",
        "~",
        "",
        " x ",
        "a: b",
        "- a",
        "#x",
        "'",
        "two\nlines\n",
        "0x10",
        "2026-01-01",
        "=",
        "<<",
        "🐧",
        "end\r\n",
        "\u2028",
    ],
)
def test_that_text_stays_text(text: str) -> None:
    pipeline = read(COMMENTED).bind("train", "note", Value(text))
    for written in (write_pipeline(pipeline), write_pipeline(pipeline, COMMENTED)):
        assert read(written).by_name["train"].inputs["note"] == Value(text)


def test_that_a_step_renamed_outside_keeps_its_id_and_place() -> None:
    pipeline = read(COMMENTED).move({"prepare": (7.0, 8.0)})
    outside = read(COMMENTED.replace("prepare", "split_rows"))
    found = apply_layout(outside, layout_of(pipeline)).by_name["split_rows"]
    assert found.id == pipeline.by_name["prepare"].id
    assert found.position == (7.0, 8.0)


LAYOUTS: list[dict] = [{}, {"steps": []}, {"steps": None}, {"version": 9}]
LAYOUTS += [{"steps": {"prepare": 3}}, {"steps": {"prepare": {"x": "?"}}}]
LAYOUTS += [{"steps": {"gone": {"content": "x", "id": 5}}}]


@pytest.mark.parametrize(
    "layout",
    LAYOUTS,
)
def test_that_a_damaged_side_file_loses_only_positions(layout: dict) -> None:
    pipeline = read(COMMENTED)
    placed = apply_layout(pipeline, layout)
    assert [node.name for node in placed.nodes] == ["prepare", "train"]


def test_that_an_error_in_an_inline_component_has_the_line_of_the_whole_file() -> None:
    text = "jobs:\n  a:\n    type: command\n    command: run ${{inputs.x}}\n"
    with pytest.raises(StudioError) as refused:
        read(text)
    assert "p.yml, line 4" in refused.value.message


@pytest.mark.parametrize(
    "old", ["# x\njobs: [", "# x\n", "# x\n- a\n", "# x\njobs: &a\n"]
)
def test_that_saving_over_a_broken_file_writes_it_anew(old: str) -> None:
    pipeline = read(COMMENTED)
    assert comparable(read(write_pipeline(pipeline, old))) == comparable(pipeline)


def test_that_an_old_file_in_another_style_never_changes_what_is_meant() -> None:
    old = COMMENTED.replace("share: 0.8", "share: yes")
    pipeline = read(old).bind("prepare", "share", Value("yes"))
    again = read(write_pipeline(pipeline, old))
    assert again.by_name["prepare"].inputs["share"] == Value("yes")
