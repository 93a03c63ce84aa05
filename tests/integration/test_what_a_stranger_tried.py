"""Things that a newcomer tried, and that went wrong at first."""

from __future__ import annotations

import socket
from pathlib import Path

import psutil
import pytest
from workspaces import eventually

from studio.bootstrap import Studio, open_workspace
from studio.domain.endpoint import DeploymentSpec, DeploymentState
from studio.domain.errors import InvalidError, StudioError, UnavailableError
from studio.services.endpoints.scoring import send
from studio.storage.database import explained
from studio.storage.sqlite import sqlite

INLINE = """
type: pipeline
inputs:
  data: {type: uri_file, path: ./rows.csv}
jobs:
  copy:
    command: >-
      cp ${{inputs.source}} ${{outputs.kept}}/rows.csv && echo
      a_long_enough_sentence_without_any_blank_so_that_a_bad_pattern_would_hang
    inputs:
      source: BINDING
    outputs:
      kept: {type: uri_folder}
  count:
    command: python count.py ${{inputs.rows}}/rows.csv > ${{outputs.told}}
    code: ./src
    inputs:
      rows: ${{parent.jobs.copy.outputs.kept}}
    outputs:
      told: {type: uri_file}
  show:
    command: cat ${{inputs.told}} > ${{outputs.seen}}
    inputs:
      told: ${{parent.jobs.count.outputs.told}}
    outputs:
      seen: {type: uri_file}
"""
BINDINGS = [
    "${{parent.inputs.data}}",
    "{type: uri_file, path: '${{parent.inputs.data}}'}",
]


def inline_pipeline(folder: Path, binding: str) -> Path:
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "count.py").write_text(
        "import sys\nprint(len(open(sys.argv[1]).readlines()), 'lines')\n"
    )
    (folder / "rows.csv").write_text("a\n1\n2\n")
    file = folder / "pipeline.yml"
    file.write_text(INLINE.replace("BINDING", binding))
    return file


@pytest.mark.parametrize("binding", BINDINGS)
def test_that_inline_steps_get_the_files_they_are_bound_to(
    studio: Studio, tmp_path: Path, binding: str
) -> None:
    file = inline_pipeline(tmp_path / "mine", binding)
    pipeline = studio.pipelines.read_file(file)
    run_id = studio.runs.start(pipeline, folder=file.parent)
    run = studio.runs.wait(run_id, timeout_seconds=60)
    assert (run.state.value, run.message) == ("SUCCEEDED", "")
    assert studio.runs.output(run_id, "show", "seen").read_text() == "3 lines\n"


def test_that_an_imported_or_cloned_pipeline_keeps_its_inline_code(
    studio: Studio, tmp_path: Path
) -> None:
    file = inline_pipeline(tmp_path / "mine", BINDINGS[0])
    studio.pipelines.import_file(file, "imported")
    copy = studio.pipelines.clone("imported", "copied")
    for name in ("imported", "copied"):
        assert studio.pipelines.problems(studio.pipelines.get(name)) == ()
    run = studio.runs.wait(studio.runs.start(copy.name), timeout_seconds=60)
    assert (run.state.value, run.message) == ("SUCCEEDED", "")


def test_that_code_which_is_not_there_is_a_problem_before_the_run(
    studio: Studio, tmp_path: Path
) -> None:
    file = inline_pipeline(tmp_path / "mine", BINDINGS[0])
    (file.parent / "src" / "count.py").unlink()
    (file.parent / "src").rmdir()
    (problem,) = studio.pipelines.validate_file(file)
    assert problem.problem.step == "count"
    assert "doesn't exist" in problem.problem.message


@pytest.mark.parametrize("binding", BINDINGS)
def test_that_data_which_is_not_there_is_a_problem_before_the_run(
    studio: Studio, tmp_path: Path, binding: str
) -> None:
    file = inline_pipeline(tmp_path / "mine", binding)
    assert studio.pipelines.validate_file(file) == ()
    (gone := file.parent / "rows.csv").unlink()
    (found,) = studio.pipelines.validate_file(file)
    assert (found.problem.step, found.problem.severity) == ("copy", "error")
    assert f"points to {gone}, which doesn't exist" in found.problem.message
    assert found.problem.hint == "Correct the path, or put the file there"
    with pytest.raises(InvalidError, match=r"rows\.csv, which doesn't exist"):
        studio.runs.start(studio.pipelines.read_file(file), folder=file.parent)


def test_that_a_full_disk_is_not_called_damage(tmp_path: Path) -> None:
    for text in ("disk I/O error", "database or disk is full", "unable to open"):
        error = explained(tmp_path / "studio.db", sqlite.OperationalError(text))
        assert isinstance(error, UnavailableError)
        assert "damaged" not in error.message
    error = explained(tmp_path, sqlite.DatabaseError("file is not a database"))
    assert isinstance(error, InvalidError)


def test_that_an_emptied_database_does_not_become_a_new_one(
    studio: Studio, tmp_path: Path
) -> None:
    root = studio.workspace.root
    (root / "runs" / "20260101-000000-abcdef").mkdir(parents=True)
    studio.close()
    for ending in ("-wal", "-shm"):
        (root / f"studio.db{ending}").unlink(missing_ok=True)
    (root / "studio.db").write_bytes(b"")
    with pytest.raises(StudioError, match="damaged"):
        open_workspace(root)


def test_that_a_port_in_use_ends_the_wait_at_once(
    studio: Studio, tmp_path: Path
) -> None:
    script = tmp_path / "score.py"
    script.write_text("def init(): pass\ndef run(raw): return raw\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        studio.endpoints.deploy(
            DeploymentSpec(
                "busy", "blue", code=str(tmp_path), scoring_script="score.py", port=port
            )
        )
        found = studio.endpoints.wait("busy", "blue", timeout_seconds=60)
    studio.endpoints.delete("busy")
    assert found.state is DeploymentState.FAILED
    assert f"Port {port} is already used" in found.message


def test_that_served_code_is_a_copy_and_a_model_has_its_own_name(
    studio: Studio, tmp_path: Path
) -> None:
    code = tmp_path / "code"
    code.mkdir()
    (code / "score.py").write_text(
        "import os, json\n"
        "def init():\n"
        "    global text\n"
        "    path = os.path.join(os.environ['AZUREML_MODEL_DIR'], 'words.txt')\n"
        "    text = open(path).read()\n"
        "def run(raw): return json.dumps(text)\n"
    )
    (tmp_path / "words.txt").write_text("hello")
    studio.models.register("words", tmp_path / "words.txt")
    spec = DeploymentSpec(
        "words",
        "blue",
        model="words:1",
        code=str(code),
        scoring_script="score.py",
        trust=True,
    )
    studio.endpoints.deploy(spec)
    assert studio.endpoints.wait("words", "blue").state is DeploymentState.RUNNING
    (code / "score.py").unlink()
    studio.endpoints.stop("words")
    studio.endpoints.start("words")
    assert studio.endpoints.wait("words", "blue").state is DeploymentState.RUNNING
    assert studio.endpoints.invoke("words", b"{}").body == b'"hello"'
    studio.endpoints.delete("words")


def test_that_callers_of_a_failed_deployment_are_answered(
    studio: Studio, tmp_path: Path
) -> None:
    script = tmp_path / "score.py"
    script.write_text("def init(): raise ValueError('no')\ndef run(raw): return raw\n")
    studio.endpoints.deploy(
        DeploymentSpec("broken", "blue", code=str(tmp_path), scoring_script="score.py")
    )
    assert studio.endpoints.wait("broken", "blue").state is DeploymentState.FAILED
    answer = send(studio.endpoints.get("broken").scoring_uri, b"{}", "key", 20)
    studio.endpoints.delete("broken")
    assert answer.status == 503
    assert b"ValueError" in answer.body


def test_that_a_model_may_not_lead_out_of_its_folder(
    studio: Studio, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "evil.pkl").write_bytes(b"not looked at")
    (folder / "MLmodel").write_text(
        "flavors:\n  sklearn: {pickled_model: ../evil.pkl, "
        "serialization_format: cloudpickle}\n"
    )
    studio.models.register("evil", folder)
    studio.endpoints.deploy(DeploymentSpec("evil", "blue", model="evil:1", trust=True))
    found = studio.endpoints.wait("evil", "blue")
    studio.endpoints.delete("evil")
    assert found.state is DeploymentState.FAILED
    assert "isn't in the model's folder" in found.message


def test_that_a_broken_mlmodel_is_not_registered(
    studio: Studio, tmp_path: Path
) -> None:
    (tmp_path / "MLmodel").write_text("artifact_path: [")
    with pytest.raises(InvalidError, match="line"):
        studio.models.register("broken", tmp_path)


def test_that_a_step_whose_run_was_killed_says_that_it_failed(
    studio: Studio, tmp_path: Path
) -> None:
    file = tmp_path / "pipeline.yml"
    file.write_text("type: pipeline\njobs:\n  wait:\n    command: sleep 600\n")
    run_id = studio.runs.start(studio.pipelines.read_file(file), folder=tmp_path)
    eventually(
        lambda: studio.runs.get(run_id).steps[0].state.value == "RUNNING", "the step"
    )
    (runner,) = [r for i, r, _ in studio.runs._repository.unfinished() if r]
    psutil.Process(runner.pid).kill()
    eventually(studio.runs.take_over_abandoned, "the take-over")
    (step,) = studio.runs.get(run_id).steps
    assert step.state.value == "FAILED"
    assert step.error is not None and "ended unexpectedly" in step.error.message
    assert step.seconds is not None and step.seconds > 0


def test_that_a_stuck_interpreter_does_not_keep_a_run_from_being_cancelled(
    studio: Studio, tmp_path: Path
) -> None:
    file = tmp_path / "pipeline.yml"
    file.write_text("type: pipeline\njobs:\n  wait:\n    command: sleep 600\n")
    run_id = studio.runs.start(studio.pipelines.read_file(file), folder=tmp_path)
    eventually(
        lambda: studio.runs.get(run_id).steps[0].state.value == "RUNNING", "the step"
    )
    # Else a program that the snapshot asks may be suspended before it has begun.
    eventually(lambda: studio.runs.snapshot(run_id).machine, "the snapshot")
    (runner,) = [r for i, r, _ in studio.runs._repository.unfinished() if r]
    for child in psutil.Process(runner.pid).children(recursive=True):
        child.suspend()  # relay, servers and step: nobody answers any more
    studio.runs.cancel(run_id)
    done = studio.runs.wait(run_id, timeout_seconds=80)
    assert done.state.value == "CANCELLED"
    assert done.steps[0].state.value == "CANCELLED"
