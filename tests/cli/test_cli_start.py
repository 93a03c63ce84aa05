"""What happens before a command does: help, the choice of workspace, the window."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.bootstrap import Studio, create_workspace
from studio.cli.arguments import hoisted, pairs, run_inputs, shares
from studio.cli.nouns import NOUNS
from tests.cli.command_line import CommandLine
from tests.cli.conftest import Inside

HEAVY = ("PySide6", "sqlmodel", "sqlalchemy", "studio.bootstrap", "rich", "pandas")

IMPORTS = """
import sys
from studio.cli.app import run
code = run({arguments!r})
print("\\n".join(sys.modules), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["models", "list", "--help"], ["--version"], ["nothing"]]
)
def test_that_help_imports_nothing_heavy(arguments: list[str]) -> None:
    script = IMPORTS.format(arguments=arguments)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    modules = set(done.stderr.split())
    assert done.returncode == (2 if arguments == ["nothing"] else 0)
    assert "studio.cli.app" in modules
    assert modules.isdisjoint(HEAVY)


def test_that_help_names_every_noun(inside: Inside) -> None:
    shown = inside("--help").out
    for noun, (_, summary) in NOUNS.items():
        assert f"  {noun} " in shown
        assert summary in shown
        assert inside(noun, "--help").code == 0


class FakeWindow:
    """Stands where the screen would: remembers what was shown."""

    def __init__(self, problem: str | None = None) -> None:
        self._problem = problem
        self.shown: list[Path] = []

    def problem(self) -> str | None:
        return self._problem

    def show(
        self, workspace: Path, open_studio: Callable[[Path], Studio], page: str = ""
    ) -> int:
        studio = open_studio(workspace)
        self.shown.append(studio.workspace.root)
        studio.close()
        return 0


@pytest.fixture
def first_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has never started the program; where their data will be."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("STUDIO_WORKSPACE", raising=False)
    return tmp_path / "data"


def test_that_without_any_workspace_the_way_to_one_is_said(
    first_start: Path, inside: Inside
) -> None:
    answer = inside("models", "list", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (1, "not_found")
    assert "studio init" in answer.json["error"]["hint"]


def test_that_the_workspace_is_the_named_else_the_environments_else_the_last(
    first_start: Path,
    inside: Inside,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def used(*arguments: str) -> str:
        shown = inside("diagnostics", *arguments, "--json").json
        return Path(shown["workspace"]["path"]).name

    for name in ("a", "b", "c"):
        create_workspace(tmp_path / name).close()
    assert used() == "c"
    monkeypatch.setenv("STUDIO_WORKSPACE", str(tmp_path / "b"))
    assert used() == "b"
    assert used(f"--workspace={tmp_path / 'a'}") == "a"
    monkeypatch.delenv("STUDIO_WORKSPACE")
    assert used() == "a"


def test_that_open_without_a_display_is_one_line_and_exit_code_1(root: Path) -> None:
    for arguments in (["open", str(root)], []):
        answer = CommandLine()(*arguments)
        assert answer.code == 1
        assert answer.out == ""
        first, second = answer.err.splitlines()
        assert "There is no display" in first
        assert "studio demo" in second


def test_that_open_shows_the_named_workspace(root: Path, inside: Inside) -> None:
    window = FakeWindow()
    assert inside("open", str(root), window=window).code == 0
    assert inside("--workspace", str(root), window=window).code == 0
    assert window.shown == [root, root]


def test_that_open_makes_the_samples_copy_once(
    first_start: Path, inside: Inside
) -> None:
    window = FakeWindow()
    answer = inside("open", "--sample", "penguins", window=window)
    copy = first_start / "mlops-studio" / "samples" / "penguins"
    assert (answer.code, window.shown) == (0, [copy])
    note = copy / "data" / "penguins.csv"
    note.write_text("changed by hand")
    inside("open", "--sample", "penguins", window=window)
    assert note.read_text() == "changed by hand"


def test_that_the_very_first_start_opens_on_a_new_workspace(
    first_start: Path, inside: Inside
) -> None:
    window = FakeWindow()
    assert inside(window=window).code == 0
    (made,) = window.shown
    assert made.is_relative_to(first_start)
    assert (made / "studio.db").is_file()


def test_that_a_missing_library_is_told_with_its_remedy(inside: Inside) -> None:
    window = FakeWindow("Qt needs libegl1: sudo apt-get install -y libegl1")
    answer = inside("open", "--json", window=window)
    assert answer.code == 1
    assert "apt-get" in json.loads(answer.out)["error"]["message"]


def test_that_global_options_may_stand_anywhere() -> None:
    words = ["runs", "--json", "list", "--workspace", "W", "--", "--json"]
    assert hoisted(words) == ["--json", "--workspace", "W", "runs", "list", *words[-2:]]
    assert hoisted(["runs", "--workspace"]) == ["runs", "--workspace"]


def test_that_pairs_keep_what_is_behind_the_first_equals_sign() -> None:
    assert pairs(["a=b=c", "d="], "k=v") == {"a": "b=c", "d": ""}
    assert run_inputs(["inputs.x=1", "y=2"]) == {"x": "1", "y": "2"}
    assert shares(["blue=90", "green=10%"]) == {"blue": 90, "green": 10}
