"""Whatever a YAML file holds, the answer is a value or an error with file and line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.errors import InvalidError, NotFoundError, StudioError
from studio.interchange import located
from studio.interchange.component_yaml import component_from, read_component
from studio.interchange.pipeline_writer import write_pipeline
from studio.interchange.pipeline_yaml import pipeline_from, read_pipeline

PIPELINE = """\
type: pipeline
experiment_name: churn
inputs:
  data: {type: uri_file, path: ./data.csv}
  depth: 3
jobs:
  prepare:
    component: azureml:split@latest
    inputs:
      data: ${{parent.inputs.data}}
  train:
    type: command
    component: azureml:train_model@latest
    limits: {timeout: 60}
    inputs:
      table: ${{parent.jobs.prepare.outputs.first}}
      depth: ${{parent.inputs.depth}}
      target: churned
"""
COMPONENT = """\
name: train
type: command
inputs:
  table: {type: mltable}
  depth: {type: integer, default: 3, min: 1, max: 9}
outputs:
  model: {type: mlflow_model}
command: python t.py ${{inputs.table}} ${{inputs.depth}} ${{outputs.model}}
"""


def pipeline_error(text: str) -> InvalidError:
    with pytest.raises(InvalidError) as refused:
        pipeline_from(located.parse(text, "p.yml"), Path(), "p")
    return refused.value


def component_error(text: str) -> InvalidError:
    with pytest.raises(InvalidError) as refused:
        component_from(located.parse(text, "c.yml"), folder=Path())
    return refused.value


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("depth: 3", "depth: [3", "line 6", "valid YAML"),
        ("  depth: 3", "\tdepth: 3", "line 5", "valid YAML"),
        ("  depth: 3", "  data: 3", "line 5", "'data' is written twice"),
        ("type: pipeline", "type: sweep", "line 1", "a 'sweep', not a pipeline"),
        ("  prepare:", "  pre pare:", "line 7", "can't be the name of a step"),
        (
            "${{parent.inputs.data}}",
            "${{inputs.data}}",
            "line 10",
            "'${{inputs.data}}' isn't understood",
        ),
        ("{type: uri_file, p", "{type: blob, p", "line 4", "type 'blob' of 'data'"),
        ("inputs:\n  data", "inputs: []\nx:\n  data", "line 3", "must be a mapping"),
        ("timeout: 60", "timeout: soon", "line 14", "timeout"),
        ("target: churned", "target: [a]", "line 18", "can't be a list"),
        ("target: churned", "target: *gone", "line 18", "valid YAML"),
        ("type: command", "type: sweep", "line 12", "'sweep', which can't run here"),
        ("limits:", "limts:", "line 14", "'limts' isn't known"),
        ("experiment_name", "experimentname", "line 2", "'experimentname' isn't known"),
    ],
)
def test_that_a_mistake_in_a_pipeline_is_named_with_its_line(
    old: str, new: str, where: str, what: str
) -> None:
    assert old in PIPELINE
    error = pipeline_error(PIPELINE.replace(old, new, 1))
    assert error.message.startswith(f"p.yml, {where}")
    assert what in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("{type: mltable}", "{type: tabel}", "line 4", "type 'tabel' of 'table'"),
        ("min: 1", "min: low", "line 5", "'min' must be a number"),
        ("default: 3", "default: 30", "line 5", "at most 9"),
        ("name: train", "name: Träin x", "line 1", "can't be the name"),
        ("  table:", "  path:", "line 4", "reserved name"),
        ("inputs.table", "inputs.tabel", "line 8", "there is no such input"),
        ("${{inputs.depth}}", "${{depth}}", "line 8", "isn't known here"),
        ("${{inputs.depth}}", "$[[${{inputs.depth}}]]", "line 8", "only optional"),
        ("command: python", "cmd: python", "line 1", "there is no 'command'"),
        ("type: command", "type: spark", "line 2", "'spark' can't run here"),
    ],
)
def test_that_a_mistake_in_a_component_is_named_with_its_line(
    old: str, new: str, where: str, what: str
) -> None:
    assert old in COMPONENT
    error = component_error(COMPONENT.replace(old, new, 1))
    assert error.message.startswith(f"c.yml, {where}")
    assert what in error.message
    assert error.hint


def test_that_an_alias_bomb_is_refused_quickly() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    began = time.monotonic()
    error = pipeline_error("\n".join(lines))
    assert "line 1: too many" in error.message
    assert time.monotonic() - began < 5


def test_that_a_bomb_of_merged_mappings_is_refused_quickly() -> None:
    lines = ["m0: &m0 {k0: 1}"]
    lines += [
        f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}, *m{n - 1}, *m{n - 1}], k{n}: 1}}"
        for n in range(1, 30)
    ]
    began = time.monotonic()
    with pytest.raises(InvalidError):
        pipeline_from(located.parse("\n".join(lines), "p.yml"), Path(), "p")
    assert time.monotonic() - began < 5


def test_that_a_mapping_that_holds_itself_is_refused() -> None:
    assert "too deeply nested" in pipeline_error("a: &a {b: *a}").message
    assert pipeline_error("jobs: &a {<<: *a, b: 1}").message


@pytest.mark.parametrize("depth", [100, 5_000, 100_000])
def test_that_deep_nesting_is_refused(depth: int) -> None:
    error = pipeline_error("jobs: " + "[" * depth + "]" * depth)
    assert "nested" in error.message


def test_that_what_is_not_text_or_not_there_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "pipeline.yml"
    with pytest.raises(NotFoundError, match="There is no file"):
        read_pipeline(file)
    for content, what in [
        (b"\xff\xfe\x00", "isn't UTF-8"),
        (b"", "is empty"),
        (b"# only a comment\n", "is empty"),
        (b"just text", "must be a mapping"),
        (b"- a\n- b\n", "must be a mapping"),
        (b"jobs:\n  a: {component: x, inputs: {b: \x00}}\n", "valid YAML"),
        (b"%YAML 9.9\n---\na: b\n", "valid YAML"),
        (b"a: 1\n---\nb: 2\n", "valid YAML"),
        (b"jobs: {a: 2026-99-99}\n", ""),
        (b"jobs: {? [x] : 1}\n", "a key must be plain text"),
        (b"type: !!python/object/apply:os.system [id]\njobs: {}\n", ""),
    ]:
        file.write_bytes(content)
        with pytest.raises(InvalidError) as refused:
            read_pipeline(file)
        assert str(file) in refused.value.message
        assert what in refused.value.message
    with pytest.raises(StudioError):
        read_component(tmp_path)


def test_that_every_truncation_of_a_file_is_read_or_refused_with_its_name() -> None:
    for end in range(len(PIPELINE)):
        try:
            pipeline_from(located.parse(PIPELINE[:end], "p.yml"), Path(), "p").order()
        except InvalidError as error:
            assert "p.yml" in error.message
    for end in range(len(COMPONENT)):
        try:
            component_from(located.parse(COMPONENT[:end], "c.yml"), folder=Path())
        except InvalidError as error:
            assert "c.yml" in error.message


KEYS = ["jobs", "inputs", "outputs", "type", "component", "limits", "settings", "tags"]
KEYS += ["command", "path", "retry_settings", "environment_variables", "default", "a"]
data = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["pipeline", "command", "integer", "${{parent.inputs.a}}", ""])
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(data, data)
@settings(max_examples=300, deadline=None)
def test_that_any_data_is_a_pipeline_or_refused(jobs: object, rest: object) -> None:
    whole = {"jobs": {"a": jobs, "b": rest}, "inputs": rest, "outputs": jobs}
    try:
        text = located.dump(whole)
        pipeline = pipeline_from(located.parse(text, "p.yml"), Path(), "p")
    except InvalidError as error:
        assert "p.yml" in error.message
        return
    again = located.parse(write_pipeline(pipeline), "again.yml")
    assert pipeline_from(again, Path(), "p").edges == pipeline.edges


@given(data)
@settings(max_examples=200, deadline=None)
def test_that_any_data_is_a_component_or_refused(extra: object) -> None:
    for key in ("inputs", "outputs", "tags", "additional_includes", "environment"):
        whole = {"name": "c", "command": "true", key: extra}
        try:
            component_from(located.parse(located.dump(whole), "c.yml"), folder=Path())
        except InvalidError as error:
            assert "c.yml" in error.message


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_that_any_bytes_are_refused_politely(content: bytes) -> None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return
    try:
        pipeline_from(located.parse(text, "p.yml"), Path(), "p")
    except InvalidError as error:
        assert "p.yml" in error.message


@given(
    st.integers(0, len(PIPELINE) - 1),
    st.sampled_from(list("[]{}&*!|>'\"%@`:#,-\n\t \x07\u2028é")),
)
@settings(max_examples=400, deadline=None)
def test_that_one_wrong_character_is_read_or_refused(place: int, char: str) -> None:
    text = PIPELINE[:place] + char + PIPELINE[place + 1 :]
    try:
        pipeline_from(located.parse(text, "p.yml"), Path(), "p")
    except InvalidError as error:
        assert "p.yml" in error.message


@pytest.mark.parametrize(
    ("tag", "text", "told"),
    [
        ("columns.nothing", "data", "names no output"),
        ("columns.table", "data | sing", "isn't something done to columns"),
        ("columns.table", "other", "is no input"),
    ],
)
def test_that_slips_in_what_is_said_of_columns_are_told(
    tag: str, text: str, told: str
) -> None:
    document = located.parse(
        "name: x\ntype: command\ncommand: echo ${{inputs.data}} ${{outputs.table}}\n"
        f"tags:\n  {tag}: {text!r}\n"
        "inputs:\n  data: {type: mltable}\noutputs:\n  table: {type: mltable}\n"
    )
    with pytest.raises(InvalidError, match=told):
        component_from(document, folder=Path())
