"""Things that a newcomer tried, and that went wrong at first."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from studio.bootstrap import Studio, open_workspace
from studio.domain.endpoint import DeploymentSpec, DeploymentState
from studio.domain.errors import InvalidError, StudioError, UnavailableError
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
