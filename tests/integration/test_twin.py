"""Models tried in real environments, before anything is deployed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from studio.bootstrap import Studio
from studio.domain.endpoint import DeploymentSpec, DeploymentState
from studio.domain.environment import Declaration
from studio.domain.errors import RefusedError
from studio.domain.twin import TwinReport, TwinRow
from studio.environments.tool import Progress, WorkCancelled
from studio.services.endpoints.serving import with_stored_code
from studio.services.endpoints.serving_environments import ServingEnvironments
from studio.services.environments.trial_memory import TrialMemory
from studio.storage.artifacts import ArtifactStore
from studio.storage.passed_trials import PassedTrials
from tests.local_index import LocalIndex

USES_ALPHA = """
    def init():
        import alpha
        assert alpha.__version__

    def run(raw):
        return [1]
"""
USES_GAMMA = """
    import alpha
    import gamma.core
    def init(): ...
    def run(raw): ...
"""


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalIndex]:
    """The only packages there are: two versions of alpha, one of beta."""
    made = LocalIndex()
    made.wheel("alpha", "1.0")
    made.wheel("alpha", "2.0")
    made.wheel("beta", "1.0", ["alpha"])
    with made.served() as url:
        monkeypatch.setenv("UV_DEFAULT_INDEX", url)
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS", "UV_INDEX"):
            monkeypatch.delenv(name, raising=False)
        yield made


@pytest.fixture
def letters(index: LocalIndex, tmp_path: Path) -> Iterator[Studio]:
    """A workspace made with that index, with `letters:1` that declares alpha 1."""
    from studio.bootstrap import create_workspace

    studio = create_workspace(tmp_path / "letters")
    studio.environments.create("letters", Declaration("pip", "beta\nalpha<2\n"))
    yield studio
    studio.close()


def script(tmp_path: Path, text: str) -> DeploymentSpec:
    file = tmp_path / "score.py"
    file.write_text(dedent(text))
    return DeploymentSpec(
        "alphabet", "blue", scoring_script=str(file), environment="letters:1"
    )


def by_name(report: TwinReport) -> Mapping[str, TwinRow]:
    return {row.name: row for row in report.rows}


def test_that_declared_locked_and_imported_stand_beside_each_other(
    letters: Studio, tmp_path: Path
) -> None:
    report = letters.twin.check_deployment(script(tmp_path, USES_ALPHA))
    assert report.passed, report.reasons
    rows = by_name(report)
    alpha = rows["alpha"]
    assert (alpha.declared, alpha.locked, alpha.imported) == ("<2", "1.0", "1.0")
    assert alpha.verdict == "same"
    assert rows["beta"].verdict == "unused"
    assert set(rows) == {"alpha", "beta"}
    assert report.rehearsal.python
    assert report.rehearsal.memory_bytes > 2**20
    assert set(report.rehearsal.phases) == {"import", "load"}
    assert any("not asked" in note for note in report.notes)


def test_that_a_package_that_is_not_there_is_named_and_can_be_added(
    letters: Studio, tmp_path: Path
) -> None:
    report = letters.twin.check_deployment(script(tmp_path, USES_GAMMA))
    assert not report.passed
    assert by_name(report)["gamma"].verdict == "missing"
    assert "gamma" in report.words
    assert report.rehearsal.failures[0].phase == "import"
    declared = letters.twin.add_missing(report)
    assert declared.packages == "beta\nalpha<2\ngamma\n"


def test_that_packages_of_the_person_who_asks_are_not_seen(
    letters: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine" / "gamma").mkdir(parents=True)
    (tmp_path / "mine" / "gamma" / "core.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "mine"))
    report = letters.twin.check_deployment(script(tmp_path, USES_GAMMA))
    assert by_name(report)["gamma"].verdict == "missing"


def test_that_a_model_that_kills_its_interpreter_is_a_failure_in_words(
    letters: Studio, tmp_path: Path
) -> None:
    dying = "import os\nos.kill(os.getpid(), 9)\n"
    report = letters.twin.check_deployment(script(tmp_path, dying))
    assert not report.passed
    assert "signal 9" in report.words


def test_that_an_import_beyond_the_end_is_ended_when_cancelled(
    letters: Studio, tmp_path: Path
) -> None:
    here = tmp_path / "pid"
    waiting = f"""
        import os, pathlib, threading
        pathlib.Path({str(here)!r}).write_text(str(os.getpid()))
        threading.Event().wait()
    """
    cancel = threading.Event()

    def watch() -> None:
        while not (here.exists() and here.read_text()):
            cancel.wait(0.05)
        cancel.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    with pytest.raises(WorkCancelled):
        letters.twin.check_deployment(script(tmp_path, waiting), cancel=cancel)
    watcher.join()
    with pytest.raises(ProcessLookupError):
        os.kill(int(here.read_text()), 0)


def test_that_a_model_of_somebody_else_is_not_loaded_without_a_word(
    letters: Studio, tmp_path: Path
) -> None:
    (tmp_path / "model.pkl").write_bytes(b"?")
    letters.models.register("found", tmp_path / "model.pkl")
    told: list[Progress] = []
    with pytest.raises(RefusedError) as refused:
        letters.twin.check("letters:1", "found:1", progress=told.append)
    assert "--trust" in refused.value.hint
    assert told == []


def test_that_a_model_is_served_with_the_packages_of_its_environment(
    letters: Studio, tmp_path: Path
) -> None:
    says = """
        import alpha, sys
        def init(): ...
        def run(raw):
            return [alpha.__version__, sys.prefix, "httptools" in sys.modules]
    """
    spec = replace(script(tmp_path, says), environment="azureml:letters@latest")
    told: list[str] = []
    letters.endpoints.deploy(spec, progress=lambda now: told.append(now.phase))
    try:
        served = letters.endpoints.wait("alphabet", "blue")
        assert served.state is DeploymentState.RUNNING, served.message
        answer = letters.endpoints.invoke("alphabet", b"[1]")
        version, prefix, has_httptools = json.loads(answer.body)
        assert version == "1.0"
        assert Path(prefix).is_relative_to(tmp_path / "data")
        assert not has_httptools
    finally:
        letters.endpoints.delete("alphabet")
    assert "try" in told


def test_that_the_same_is_tried_once_and_again_only_when_asked(
    letters: Studio, tmp_path: Path
) -> None:
    trials = PassedTrials(tmp_path / "trials")

    def proven(spec: DeploymentSpec) -> list[str]:
        """In which phases; each time as if the studio were started anew."""
        memory = TrialMemory(letters.models, trials)
        serving = ServingEnvironments(letters.environments, letters.twin, memory)
        told: list[Progress] = []
        made = serving.proven(spec, progress=told.append)
        assert not made.check_again
        tried = [each for each in told if each.phase in ("try", "tried")]
        assert "letters:1" in tried[0].message
        return [each.phase for each in tried]

    spec = script(tmp_path, USES_ALPHA)
    spec = with_stored_code(spec, ArtifactStore(letters.workspace.artifacts))
    assert proven(spec) == ["try"]
    assert proven(replace(spec, deployment="green", environment="letters")) == ["tried"]
    assert proven(replace(spec, check_again=True)) == ["try"]
    assert proven(replace(spec, environment_variables={"A": "b"})) == ["try"]
    other = script(tmp_path, USES_ALPHA + "\n    # changed\n")
    other = with_stored_code(other, ArtifactStore(letters.workspace.artifacts))
    assert proven(other) == ["try"]
    for file in (tmp_path / "trials").iterdir():
        file.write_text("damaged")
    assert proven(spec) == ["try"]


def test_that_the_command_line_tries_a_model_before_it_serves_it(
    letters: Studio, tmp_path: Path
) -> None:
    folder = tmp_path / "code"
    folder.mkdir()
    script(folder, USES_GAMMA)

    def deploy(*more: str) -> tuple[int, dict[str, Any], str]:
        place = ["--json", "--workspace", str(letters.workspace.root)]
        words = ["endpoints", "deploy", "alphabet", "blue", "--environment", "letters"]
        code = ["--code", str(folder), "--scoring-script", "score.py"]
        ended = subprocess.run(
            [sys.executable, "-m", "studio", *place, *words, *code, *more],
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, json.loads(ended.stdout), ended.stderr

    code, told, _ = deploy()
    assert (code, told["error"]["code"]) == (1, "refused")
    assert "gamma" in told["error"]["message"]
    assert "--no-check" in told["error"]["hint"]
    assert letters.endpoints.list() == ()
    code, told, _ = deploy("--no-check")
    assert (code, told["state"]) == (3, "FAILED")
    assert "gamma" in told["message"]
    script(folder, USES_ALPHA)
    code, told, _ = deploy()
    assert (code, told["state"]) == (0, "RUNNING")
    code, told, said = deploy()
    assert (code, told["state"]) == (0, "RUNNING")
    assert "isn't tried again" in said
    letters.endpoints.delete("alphabet")


def test_that_a_model_that_does_not_run_there_is_not_deployed(
    letters: Studio, tmp_path: Path
) -> None:
    spec = script(tmp_path, USES_GAMMA)
    with pytest.raises(RefusedError) as refused:
        letters.endpoints.deploy(spec)
    assert "gamma" in refused.value.message
    assert "--no-check" in refused.value.hint
    assert letters.endpoints.list() == ()


def test_that_an_unchecked_deployment_is_started_whatever_it_lacks(
    letters: Studio, tmp_path: Path
) -> None:
    spec = replace(script(tmp_path, USES_GAMMA), unchecked=True)
    letters.endpoints.deploy(spec)
    try:
        failed = letters.endpoints.wait("alphabet", "blue")
        assert failed.state is DeploymentState.FAILED
        assert "gamma" in failed.message
    finally:
        letters.endpoints.delete("alphabet")


def test_that_an_environment_that_serves_is_not_deleted_and_is_made_again(
    letters: Studio, tmp_path: Path
) -> None:
    letters.endpoints.deploy(script(tmp_path, USES_ALPHA))
    letters.endpoints.wait("alphabet", "blue")
    letters.endpoints.stop("alphabet")
    with pytest.raises(RefusedError, match="alphabet/blue"):
        letters.environments.delete("letters:1")
    built = letters.environments.built("letters:1")
    assert built is not None
    shutil.rmtree(built.local.folder)
    letters.endpoints.start("alphabet")
    served = letters.endpoints.wait("alphabet", "blue")
    assert served.state is DeploymentState.RUNNING, served.message
    letters.endpoints.delete("alphabet")
    assert letters.environments.delete("letters:1") == "letters:1"
