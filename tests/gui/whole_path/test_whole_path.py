"""A person's whole path in the real window, on a screen of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from walk_screen import screen

WALK = Path(__file__).with_name("walk.py")
STUDIO = [sys.executable, "-m", "studio"]
SECONDS = 180
LONGEST_STALL_MS = 1000
BEFORE = ("Penguins", "Drop unmeasured", "Split 75 / 25")
AFTER = ("Train random forest", "Score test penguins", "Evaluate", "Register penguins")
PAGES = {
    *("home", "designer", "designer_running", "output", "runs", "models"),
    *("deploy", "endpoint_test", "activity", "palette"),
}

STATES = {
    *("state_empty", "state_running", "state_plan", "state_table"),
    *("state_difference", "state_sub_pipeline", "state_many"),
}

pytestmark = [
    pytest.mark.window,
    pytest.mark.slow,
    pytest.mark.timeout(SECONDS + 60),
    pytest.mark.xdist_group("window"),
]


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A new user in front of a screen; whatever they leave running is stopped."""
    with screen(tmp_path) as made:
        yield made
        _stop_endpoints(made)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go; set STUDIO_SCREENSHOTS to keep them."""
    return Path(os.environ.get("STUDIO_SCREENSHOTS", tmp_path / "pictures")).absolute()


def test_that_a_newcomer_gets_from_a_pipeline_to_a_prediction_by_hand(
    environment: dict[str, str], tmp_path: Path, pictures: Path
) -> None:
    report = walk("whole", environment, tmp_path, pictures)
    facts = report["facts"]
    assert set(facts["first_run"]) == {"Succeeded"}
    assert facts["output_rows"] == 256
    _only_downstream_steps_ran_again(facts["steps"])
    assert facts["wires"][1] == facts["wires"][0] + 1
    assert all("sample=penguins" in row[3] for row in facts["models"])
    assert facts["endpoints"][0][0] == "Serving"
    species = set(json.loads(facts["answer"])["predictions"])
    assert species <= {"Adelie", "Chinstrap", "Gentoo"}
    assert "penguins/blue" in facts["refusal"]
    assert ["Endpoint deleted", "penguins"] in [row[2:4] for row in facts["activity"]]
    _the_window_stayed_live(report)
    for theme in ("light", "dark"):
        assert {f"{page}_{theme}.png" for page in PAGES} <= set(report["pictures"])


def test_that_a_run_outlives_the_window_and_is_there_at_the_next_start(
    environment: dict[str, str], tmp_path: Path
) -> None:
    killed_in_mid_run(environment, tmp_path)
    workspace = sample_folder(environment)
    run_id = until(lambda: ended_run(environment, workspace), "the run to end well")
    report = walk("find", environment, tmp_path, tmp_path / "pictures")
    (found,) = report["facts"]["runs"]
    assert found[0] == "Succeeded"
    assert run_id in found
    assert {row[0] for row in report["facts"]["steps"]} == {"Succeeded"}


@pytest.mark.parametrize("scale", [1, 2])
def test_that_states_of_the_designer_are_pictured_with_no_word_cut_off(
    scale: int, tmp_path: Path, pictures: Path
) -> None:
    with screen(tmp_path, scale) as environment:
        report = walk("states", environment, tmp_path, pictures)
    sorts = ("light", "dark", "small") if scale == 1 else ("200_dark",)
    wanted = {f"{name}_{sort}.png" for name in STATES for sort in sorts}
    assert set(report["pictures"]) == wanted
    assert report["facts"]["cut"] == []


def walk(
    scenario: str, environment: dict[str, str], folder: Path, pictures: Path
) -> dict[str, Any]:
    """Run a scenario to its end; its report."""
    file = folder / f"{scenario}.json"
    done = subprocess.run(
        command(scenario, file, pictures),
        env=environment,
        timeout=SECONDS,
        capture_output=True,
        text=True,
    )
    print(done.stdout, done.stderr)
    assert file.exists(), f"no report; exit status {done.returncode}"
    report: dict[str, Any] = json.loads(file.read_text())
    assert not report["error"], report["error"]
    assert done.returncode == 0
    return report


def killed_in_mid_run(environment: dict[str, str], folder: Path) -> None:
    """Start a run by hand; SIGKILL the window while steps are still to come."""
    report = folder / "start.json"
    process = subprocess.Popen(
        command("start", report, folder / "pictures"),
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    told = process.stdout.readline()
    process.kill()
    process.communicate(timeout=30)
    assert told == "in mid-run\n", report.read_text() if report.exists() else told


def command(scenario: str, report: Path, pictures: Path) -> list[str]:
    return [sys.executable, str(WALK), scenario, str(report), str(pictures)]


def ended_run(environment: dict[str, str], workspace: Path) -> str:
    """The id of the only run once it has succeeded."""
    (run,) = studio(environment, workspace, "runs", "list")["runs"]
    assert run["state"] not in ("FAILED", "CANCELLED"), run
    return str(run["run"]) if run["state"] == "SUCCEEDED" else ""


def studio(environment: dict[str, str], workspace: Path, *words: str) -> Any:
    """What a command prints with --json."""
    told = subprocess.run(
        [*STUDIO, "--workspace", str(workspace), *words, "--json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def sample_folder(environment: dict[str, str]) -> Path:
    return Path(environment["XDG_DATA_HOME"]) / "mlops-studio" / "samples" / "penguins"


def until(look: Callable[[], str], what: str, seconds: float = 60) -> str:
    """Look until there is something; each look takes a command's time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
    return found


def _stop_endpoints(environment: dict[str, str]) -> None:
    """Servers outlive the window, by design; not this test."""
    workspace = sample_folder(environment)
    if workspace.exists():
        listed = studio(environment, workspace, "endpoints", "list")["endpoints"]
        for name in [endpoint["name"] for endpoint in listed]:
            studio(environment, workspace, "endpoints", "delete", name)


def _only_downstream_steps_ran_again(rows: list[list[str]]) -> None:
    """As the table of steps shows it: State, Step, ..., Why."""
    expected = dict.fromkeys(BEFORE, "Reused") | dict.fromkeys(AFTER, "Succeeded")
    assert {row[1]: row[0] for row in rows} == expected
    reasons = {row[1]: row[-1] for row in rows}
    assert reasons[AFTER[0]].startswith("n_estimators changed: 100")
    assert "from " in reasons[AFTER[1]]


def _the_window_stayed_live(report: dict[str, Any]) -> None:
    stalls = report["stalls"]
    print("stalls of the event loop:", stalls)
    for stack in report["stacks"]:
        print("a stall of more than 250 ms was here:\n", stack)
    assert stalls["max_ms"] <= LONGEST_STALL_MS
