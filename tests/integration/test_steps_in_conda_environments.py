"""A conda environment from its file to the step that runs in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from studio.bootstrap import Studio
from studio.domain.pipeline import Pipeline
from studio.domain.run import RunState
from tests.conda_channel import PYTHON, Channel
from tests.local_index import LocalIndex
from tests.workspaces import run_to_end, step, write_component

DRAWS = """
    import json, pathlib, sys
    import alpha, plots
    seen = [plots.__version__, alpha.__version__, sys.prefix]
    pathlib.Path(sys.argv[1]).write_text(json.dumps(seen))
"""


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    """plots 1.0 needs numbers below 2, plots 2.0 needs 2 or later."""
    made = Channel(tmp_path / "channel")
    made.add_python()
    made.add_module("numbers", "1.0")
    made.add_module("numbers", "2.0")
    made.add_module("plots", "1.0", ["python", "numbers <2"])
    made.add_module("plots", "2.0", ["python", "numbers >=2"])
    return made.write()


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalIndex]:
    made = LocalIndex()
    made.wheel("alpha", "1.0")
    with made.served() as url:
        monkeypatch.setenv("UV_DEFAULT_INDEX", url)
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS", "UV_INDEX"):
            monkeypatch.delenv(name, raising=False)
        yield made


def declared(channel: Channel, folder: Path, *specs: str) -> Path:
    """An environment.yml; its specs begin in line 6."""
    head = f"""\
        name: drawing
        channels:
          - {channel.url}
        dependencies:
          - python={PYTHON}
    """
    lines = "".join(f"  - {spec}\n" for spec in specs)
    file = folder / "environment.yml"
    file.write_text(f"{dedent(head)}{lines}  - pip\n  - pip:\n      - alpha\n")
    return file


def test_that_a_step_runs_in_a_conda_environment(
    index: LocalIndex, studio: Studio, channel: Channel, tmp_path: Path
) -> None:
    channel.add_module("pip", "24.0")
    file = declared(channel.write(), tmp_path, "plots <2")
    made = studio.environments.create_from(file)
    write_component(
        studio.workspace.root,
        "draw",
        DRAWS,
        outputs={"out": {"type": "uri_file"}},
        environment="azureml:drawing@latest",
    )
    run = run_to_end(studio, Pipeline("drawn", (step("draw"),)))
    assert run.state == RunState.SUCCEEDED, studio.runs.log(run.id).text
    seen = json.loads(studio.runs.output(run.id, "draw", "out").read_text())
    built = studio.environments.built(made.reference)
    assert built is not None
    assert seen == ["1.0", "1.0", str(built.local.folder)]
    (lock,) = studio.environments.get("drawing").locks
    assert lock.version_of("numbers") == "1.0"
    assert run_to_end(studio, Pipeline("drawn", (step("draw"),))).steps[0].reused
    written = yaml.safe_load(file.read_text())
    del written["name"]
    write_component(
        studio.workspace.root,
        "inline",
        DRAWS,
        outputs={"out": {"type": "uri_file"}},
        environment={"image": "somewhere/base:1", "conda_file": written},
    )
    inline = Pipeline("inline", (step("inline"),))
    run = run_to_end(studio, inline)
    assert run.state == RunState.SUCCEEDED, studio.runs.log(run.id).text
    assert json.loads(studio.runs.output(run.id, "inline", "out").read_text()) == seen
    assert run_to_end(studio, inline).steps[0].reused
    taken_in = [each.reference for each in studio.environments.list()]
    assert taken_in == ["drawing:1", "inline-environment:1"]


def test_that_a_conflict_is_told_on_the_command_line(
    index: LocalIndex, studio: Studio, channel: Channel, tmp_path: Path
) -> None:
    channel.add_module("pip", "24.0")
    file = declared(channel.write(), tmp_path, "numbers >=2", "plots <2")
    studio.environments.create_from(file)
    words = ["--json", "--workspace", studio.workspace.root, "environments", "lock"]
    locked = subprocess.run(
        [sys.executable, "-m", "studio", *words, "drawing"],
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(locked.stdout)["error"]
    assert locked.returncode == 1
    assert "'numbers >=2' (line 6) and 'plots <2' (line 7)" in told["message"]
    assert "write 'plots=2.0' instead of 'plots <2'" in told["hint"]


LINE = """
class Line:
    n_features_in_ = 2

    def predict(self, rows):
        return [sum(row) for row in rows]
"""
FRAME = """
class DataFrame:
    def __init__(self, rows, **_):
        self.rows = rows

    def to_numpy(self):
        return self.rows
"""
PICKLED = b"clines\nLine\n)R."
"""`lines.Line()`, as pickle writes it."""


def test_that_a_model_is_tried_in_a_conda_environment(
    index: LocalIndex, studio: Studio, channel: Channel, tmp_path: Path
) -> None:
    channel.add_module("pip", "24.0")
    channel.add_module("pandas", "2.0", code=FRAME)
    channel.add_module("sklearn", "1.5")
    channel.add_module("lines", "1.0", code=LINE)
    channel.write()
    fits = declared(channel, tmp_path, "pandas", "sklearn", "lines")
    studio.environments.create_from(fits)
    lacks = declared(channel, tmp_path, "pandas", "lines")
    studio.environments.create_from(lacks)
    (tmp_path / "line.pkl").write_bytes(PICKLED)
    studio.models.register("line", tmp_path / "line.pkl")

    def check(*words: str) -> tuple[int, dict[str, Any]]:
        asked = ["environments", "check", *words, "--model", "line@latest", "--trust"]
        place = ["--json", "--workspace", str(studio.workspace.root)]
        ended = subprocess.run(
            [sys.executable, "-m", "studio", *place, *asked],
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, json.loads(ended.stdout)

    code, told = check("drawing:1")
    assert (code, told["passed"], told["reasons"]) == (0, True, [])
    rows = {row["name"]: row for row in told["packages"]}
    sklearn = rows["sklearn"]
    assert (sklearn["declared"], sklearn["locked"], sklearn["imported"]) == (
        "any",
        "1.5",
        "1.5",
    )
    assert rows["alpha"]["verdict"] == "unused"
    assert [each["outcome"] for each in told["samples"]] == ["ok"]
    code, told = check("drawing:2")
    assert (code, told["passed"]) == (1, False)
    assert "sklearn" in told["failures"][0]["message"]
