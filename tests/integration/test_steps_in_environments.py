"""Steps that run with other packages than the studio's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.bootstrap import Studio
from studio.domain.environment import Declaration
from studio.domain.pipeline import Pipeline
from studio.domain.run import Run, RunState, StepState
from tests.cli.command_line import CommandLine
from tests.local_index import LocalIndex
from tests.workspaces import eventually, run_to_end, step, write_component

USES_ALPHA = """
    import pathlib, sys
    import alpha
    pathlib.Path(sys.argv[1]).write_text(alpha.__version__)
"""
OUT = {"out": {"type": "uri_file"}}


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalIndex]:
    """The only packages there are: two versions of alpha."""
    made = LocalIndex()
    made.wheel("alpha", "1.0")
    made.wheel("alpha", "2.0")
    with made.served() as url:
        monkeypatch.setenv("UV_DEFAULT_INDEX", url)
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS", "UV_INDEX"):
            monkeypatch.delenv(name, raising=False)
        yield made


@pytest.fixture
def pipeline(index: LocalIndex, studio: Studio) -> Pipeline:
    """One step that writes the version of alpha it sees, in the newest `letters`."""
    write_component(
        studio.workspace.root,
        "version_of_alpha",
        USES_ALPHA,
        outputs=OUT,
        environment="azureml:letters@latest",
    )
    return Pipeline("letters", (step("ask", "version_of_alpha"),))


def declare(studio: Studio, packages: str) -> None:
    studio.environments.create("letters", Declaration("pip", packages))


def seen(studio: Studio, run: Run) -> str:
    assert run.state == RunState.SUCCEEDED, run.message
    assert run.steps[0].outputs
    return studio.runs.output(run.id, "ask", "out").read_text()


def test_that_a_step_runs_with_the_packages_of_its_environment(
    studio: Studio, pipeline: Pipeline
) -> None:
    declare(studio, "alpha<2")
    first = run_to_end(studio, pipeline)
    assert seen(studio, first) == "1.0"
    assert studio.environments.get("letters").locks[0].version_of("alpha") == "1.0"
    assert run_to_end(studio, pipeline).steps[0].reused
    declare(studio, "# the newest\nalpha")
    newer = run_to_end(studio, pipeline)
    assert seen(studio, newer) == "2.0"
    assert "environment" in newer.steps[0].reason


def test_that_the_command_line_tells_how_an_environment_is_prepared(
    studio: Studio, pipeline: Pipeline
) -> None:
    declare(studio, "alpha")
    studio.pipelines.save(pipeline)
    where = studio.workspace.root
    ran = CommandLine(where)("run", str(where / "pipelines/letters/pipeline.yml"))
    assert ran.code == 0, ran.err
    told = [line for line in ran.err.splitlines() if "waits: environment" in line]
    assert told
    assert len(told) == len(set(told))
    assert "×" not in ran.err


def test_that_a_step_whose_environment_cannot_be_solved_says_why(
    studio: Studio, pipeline: Pipeline
) -> None:
    declare(studio, "alpha==7")
    failed = run_to_end(studio, pipeline)
    error = failed.steps[0].error
    assert failed.state == RunState.FAILED
    assert error is not None
    assert "alpha==7" in error.message
    assert error.hint


def test_that_a_step_cannot_run_in_an_image_and_says_what_to_name(
    studio: Studio, pipeline: Pipeline
) -> None:
    studio.environments.create("letters", Declaration("image", image="base:1"))
    error = run_to_end(studio, pipeline).steps[0].error
    assert error is not None
    assert "is an image" in error.message
    assert "pip or conda" in error.hint


def test_that_a_run_can_be_cancelled_while_an_environment_is_made(
    studio: Studio, pipeline: Pipeline, index: LocalIndex, tmp_path: Path
) -> None:
    declare(studio, "alpha")
    index.hold = threading.Event()
    run_id = studio.runs.start(pipeline)
    eventually(
        lambda: "letters" in studio.runs.get(run_id).steps[0].reason,
        "the word that an environment is being made",
    )
    studio.runs.cancel(run_id)
    run = studio.runs.wait(run_id, timeout_seconds=60)
    assert run.state == RunState.CANCELLED
    assert run.steps[0].state == StepState.CANCELLED
    folders = tmp_path / "data" / "mlops-studio" / "environments"
    assert not folders.exists() or list(folders.iterdir()) == []


def test_that_a_step_of_an_unknown_environment_uses_the_studios_packages(
    studio: Studio,
) -> None:
    write_component(
        studio.workspace.root,
        "own",
        "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('here')",
        outputs=OUT,
        environment="azureml:somebody-elses@latest",
    )
    run = run_to_end(studio, Pipeline("own", (step("ask", "own"),)))
    assert seen(studio, run) == "here"
