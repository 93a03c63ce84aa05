"""Pipelines as files with versions, and the components that they refer to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from workspaces import chain, step, write_component, write_copy_components

from studio.bootstrap import Studio
from studio.domain.errors import InvalidError, NotFoundError, RefusedError
from studio.domain.node import FromPath, Value
from studio.domain.pipeline import Pipeline, PipelineInput


@pytest.fixture
def workspace(studio: Studio) -> Studio:
    write_copy_components(studio.workspace.root)
    return studio


def test_that_a_saved_pipeline_reads_back_as_the_same_value(workspace: Studio) -> None:
    pipeline = chain(4).move({"s0": (1.5, -2.0), "s3": (600.0, 1e4)})
    assert workspace.pipelines.save(pipeline) == 1
    assert workspace.pipelines.get("chain") == pipeline


def test_that_the_same_text_twice_is_one_version(workspace: Studio) -> None:
    pipeline = chain(2)
    assert workspace.pipelines.save(pipeline) == 1
    assert workspace.pipelines.save(pipeline.move({"s0": (9.0, 9.0)})) == 1
    assert workspace.pipelines.save(pipeline.bind("s0", "text", Value("z"))) == 2
    assert workspace.pipelines.save(pipeline) == 3
    assert [v.number for v in workspace.pipelines.versions("chain")] == [3, 2, 1]
    saved = workspace.events.list(type="PipelineSaved")
    assert [event.data["version"] for event in saved] == [1, 2, 3]


def test_that_an_outside_edit_is_told_by_the_hash(workspace: Studio) -> None:
    workspace.pipelines.save(chain(2))
    before = workspace.pipelines.content_hash("chain")
    file = workspace.pipelines.file("chain")
    file.write_text(file.read_text() + "# a remark\n")
    assert workspace.pipelines.content_hash("chain") != before


def test_that_a_clone_is_another_pipeline_with_the_same_meaning(
    workspace: Studio,
) -> None:
    workspace.pipelines.save(chain(3))
    clone = workspace.pipelines.clone("chain")
    assert clone.name == "chain-copy"
    assert clone.title == "Copy of chain"
    assert clone.edges == workspace.pipelines.get("chain").edges
    assert workspace.pipelines.clone("chain").name == "chain-copy-2"
    with pytest.raises(RefusedError, match="already a pipeline"):
        workspace.pipelines.clone("chain", "chain-copy")


def test_that_an_imported_pipeline_still_finds_its_files(
    workspace: Studio, tmp_path: Path
) -> None:
    (tmp_path / "project" / "data").mkdir(parents=True)
    (tmp_path / "project" / "data" / "rows.csv").write_text("a\n")
    file = tmp_path / "project" / "pipeline.yml"
    file.write_text(
        "type: pipeline\n"
        "inputs:\n  rows: {type: uri_file, path: ./data/rows.csv}\n"
        "jobs:\n"
        "  s:\n    component: azureml:copy@latest\n"
        "    inputs: {data: '${{parent.inputs.rows}}'}\n"
    )
    imported = workspace.pipelines.import_file(file)
    assert imported.name == "project"
    assert workspace.pipelines.problems(imported) == ()
    plan = workspace.runs.plan("project")
    assert [each.action for each in plan.steps] == ["run"]


def test_that_paths_within_a_workspace_stay_relative_when_cloned(
    workspace: Studio,
) -> None:
    rows = PipelineInput(
        "rows", "uri_file", FromPath("../../data/rows.csv", "uri_file")
    )
    workspace.pipelines.save(Pipeline("p", chain(1).nodes, inputs={"rows": rows}))
    value = workspace.pipelines.clone("p", "q").inputs["rows"].value
    assert isinstance(value, FromPath)
    assert os.path.normpath(value.path) == "../../data/rows.csv"


def test_that_a_broken_file_is_listed_with_its_reason(workspace: Studio) -> None:
    workspace.pipelines.save(chain(2))
    folder = workspace.workspace.pipelines / "broken"
    folder.mkdir()
    (folder / "pipeline.yml").write_text("jobs: [")
    broken, good = workspace.pipelines.list()
    assert broken.name == "broken"
    assert "line 2, column 1" in broken.message
    assert (good.name, good.steps, good.message) == ("chain", 2, "")


def test_that_problems_of_a_file_come_with_their_lines(
    workspace: Studio, tmp_path: Path
) -> None:
    file = tmp_path / "p.yml"
    file.write_text(
        "jobs:\n"
        "  a:\n    component: azureml:frist@latest\n"
        "  b:\n    component: azureml:copy@latest\n"
        "    inputs:\n      data: ${{parent.jobs.a.outputs.out}}\n      txt: 1\n"
        "  c:\n    component: azureml:copy@latest\n"
    )
    found = [str(problem) for problem in workspace.pipelines.validate_file(file)]
    assert found == [
        f"{file}, line 3: step 'a': There is no component 'frist'",
        f"{file}, line 8: step 'b': 'Copy' has no input 'txt'",
        f"{file}, line 9: step 'c': 'data' isn't connected",
    ]


def test_that_a_deleted_pipeline_keeps_its_versions(workspace: Studio) -> None:
    workspace.pipelines.save(chain(2))
    workspace.pipelines.delete("chain")
    assert workspace.pipelines.list() == ()
    assert len(workspace.pipelines.versions("chain")) == 1
    with pytest.raises(NotFoundError, match="no pipeline 'chain'"):
        workspace.pipelines.get("chain")


@pytest.mark.parametrize(
    "name", ["", "..", "a/b", "../x", ".hidden", "a b", "-x", "a\n"]
)
def test_that_a_name_can_not_lead_out_of_the_workspace(
    workspace: Studio, name: str
) -> None:
    with pytest.raises(InvalidError, match="can't be the name"):
        workspace.pipelines.create(name)


def test_that_components_of_the_workspace_hide_built_in_ones(studio: Studio) -> None:
    built_in = studio.components.get("azureml:split@latest")
    assert built_in.built_in
    write_component(
        studio.workspace.root, "split", "", inputs={"x": {"type": "string"}}
    )
    own = studio.components.get("azureml:split@latest")
    assert not own.built_in
    assert [c.name for c in studio.components.list()].count("split") == 1


def test_that_a_broken_component_is_listed_and_the_others_stay(studio: Studio) -> None:
    folder = write_component(studio.workspace.root, "broken", "")
    (folder / "component.yml").write_text("name: broken\ninputs: {a: {type: x}}\n")
    (studio.workspace.components / "empty").mkdir()
    assert len(studio.components.list()) >= 12
    told = {Path(b.source).name: b.message for b in studio.components.broken()}
    assert set(told) == {"broken", "empty"}
    assert "component.yml, line 2" in told["broken"]


def test_that_a_component_is_read_again_when_its_file_has_changed(
    workspace: Studio,
) -> None:
    assert workspace.components.get("copy").display_name == ""
    file = workspace.workspace.components / "copy" / "component.yml"
    file.write_text(file.read_text() + "display_name: Append\n")
    os.utime(file, ns=(1, 1))
    assert workspace.components.get("copy").display_name == "Append"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("azureml:cpoy@latest", "There is no component 'cpoy'"),
        ("azureml:copy:7", "has version 1 here, not 7"),
        ("azureml:Copy Cat", "isn't a reference to a component"),
        ("./nowhere.yml", "There is no file"),
    ],
)
def test_that_a_wrong_reference_says_how_to_mend_it(
    workspace: Studio, reference: str, message: str
) -> None:
    with pytest.raises((NotFoundError, InvalidError), match=message) as refused:
        workspace.components.get(reference)
    assert refused.value.hint


def test_that_a_component_folder_is_imported_once(
    workspace: Studio, tmp_path: Path
) -> None:
    source = write_component(tmp_path, "mine", "print(1)")
    assert workspace.components.import_folder(source).name == "mine"
    assert workspace.components.get("mine").code == (
        workspace.workspace.components / "mine" / "src"
    )
    with pytest.raises(RefusedError, match="already has a component"):
        workspace.components.import_folder(source)


def test_that_every_step_learns_what_its_component_is_or_why_not(
    workspace: Studio,
) -> None:
    pipeline = Pipeline("p", (step("a", "first"), step("b", "gone"), step("c", "gone")))
    found = workspace.components.of_pipeline(pipeline, workspace.workspace.root)
    assert isinstance(found["b"], InvalidError)
    assert found["b"] is found["c"]
    assert getattr(found["a"], "name", "") == "first"
