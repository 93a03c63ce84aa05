"""The next step follows from what is there; the checks from what the computer has."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.domain.endpoint import Deployment, DeploymentState, Endpoint
from studio.domain.model import ModelVersion
from studio.domain.run import Run, RunState
from studio.gui.home.glance import Glance, NextStep, next_step
from studio.services import checks
from studio.services.pipelines.service import PipelineSummary

if TYPE_CHECKING:
    from studio.bootstrap import Studio

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PIPELINE = PipelineSummary("churn", "Churn", 3, 1, NOW)
RUN = Run("r1", "churn", "churn", RunState.SUCCEEDED, NOW)
MODEL = ModelVersion("churn", 3, "mlflow_model", "d", 10, NOW)
BLUE = Deployment("shop", "blue", "churn:3", DeploymentState.RUNNING)
SHOP = Endpoint("shop", "RUNNING", traffic={"blue": 100}, deployments=(BLUE,))


def step(glance: Glance) -> NextStep:
    found = next_step(glance)
    assert found is not None
    return found


def test_that_a_fresh_workspace_has_no_next_step_of_its_own() -> None:
    assert next_step(Glance()) is None


def test_that_the_steps_lead_from_a_pipeline_to_a_request() -> None:
    made = Glance(pipelines=(PIPELINE,))
    assert step(made).page == "pipelines"
    ran = replace(made, runs=(RUN,))
    assert step(ran).title == "Register a model"
    registered = replace(ran, models=(MODEL,), model_count=1)
    assert step(registered).target == {"deploy": "churn:3"}
    served = replace(registered, endpoints=(SHOP,))
    assert step(served).target == {"endpoint": "shop", "tab": "test"}


def test_that_what_runs_or_has_failed_comes_before_everything_else() -> None:
    whole = Glance((PIPELINE,), (RUN,), (MODEL,), 1, (SHOP,))
    running = replace(RUN, state=RunState.RUNNING)
    assert step(replace(whole, runs=(running,))).button == "Watch the run"
    failed = replace(RUN, state=RunState.FAILED, message="no column 'age'")
    assert step(replace(whole, runs=(failed,))).sentence == "no column 'age'"
    sick = replace(BLUE, state=DeploymentState.FAILED, message="no module 'x'")
    ill = replace(SHOP, deployments=(sick,))
    assert step(replace(whole, endpoints=(ill,))).sentence == "no module 'x'"


def test_that_a_missing_package_is_named_with_the_command_that_gets_it() -> None:
    found = checks.check_python(("numpy", "surely-not-installed"))
    assert found.state == "warn"
    assert "surely-not-installed" in found.message
    assert found.fix.endswith("pip install surely-not-installed")


def test_that_a_damaged_database_is_found(tmp_path: Path) -> None:
    file = tmp_path / "studio.db"
    file.write_bytes(b"this is no database, and long enough to be read" * 40)
    found = checks.check_database(file)
    assert found.state == "warn"
    assert found.fix


def test_that_a_sound_workspace_passes(studio: Studio) -> None:
    by_name = {check.name: check for check in checks.ready_check(studio.workspace)}
    assert by_name["Database"].state == "ok"
    assert by_name["Disk"].state in ("ok", "warn")
    assert all(check.fix for check in by_name.values() if check.state != "ok")


def test_that_docker_is_optional_and_its_absence_is_explained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = checks.check_docker()
    assert (found.state, found.message) == ("off", "Not installed")
    assert "Not needed for this computer's own runs" in found.why
    assert checks.check_gpu().state == "off"


@pytest.mark.parametrize(
    ("script", "state", "message"),
    [
        ("echo 28.2.2", "ok", "Version 28.2.2"),
        ("echo permission denied >&2; exit 1", "off", "You may not use it"),
        ("echo no daemon >&2; exit 1", "off", "Installed, but not running"),
    ],
)
def test_that_docker_s_own_answer_is_understood(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    script: str,
    state: str,
    message: str,
) -> None:
    program = tmp_path / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin{os.pathsep}/usr/bin")
    found = checks.check_docker()
    assert (found.state, found.message) == (state, message)
