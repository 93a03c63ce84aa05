"""`studio pipelines diff|history|restore|family|merge`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command_line import write_pipeline
from tests.cli.conftest import Inside

TWO = """
  say:
    type: command
    command: echo ${{inputs.words}}
    inputs:
      words: hello
  shout:
    type: command
    command: echo ${{inputs.words}}
    inputs:
      words: HELLO
"""


@pytest.fixture
def call(root: Path, inside: Inside) -> Inside:
    """The command line within this process, on a workspace with two versions."""

    def on_it(*arguments: str) -> object:
        return inside("--workspace", str(root), *arguments)

    file = write_pipeline(root / "elsewhere", "talk", TWO)
    on_it("pipelines", "import", str(file))
    on_it("pipelines", "clone", "talk", "--as", "second")
    return on_it  # type: ignore[return-value]


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_that_versions_are_listed_compared_shown_and_restored(
    root: Path, call: Inside
) -> None:
    file = root / "pipelines" / "talk" / "pipeline.yml"
    first = file.read_text()
    _edit(file, "words: hello", "words: good day")
    told = call("pipelines", "history", "talk", "--json").json
    assert told["file_changed"] == "words hello → good day"
    call("pipelines", "clone", "talk", "--as", "third")  # keeps the file as a version
    told = call("pipelines", "history", "talk", "--json").json
    assert told["file_changed"] == ""
    listed = told["versions"]
    assert [(e["version"], e["summary"]) for e in listed] == [
        (2, "words hello → good day"),
        (1, "First version"),
    ]
    compared = call("pipelines", "diff", "talk:1", "talk", "--json").json
    assert compared["different"] is True
    (change,) = compared["changes"]
    assert (change["kind"], change["step"], change["what"]) == (
        "changed",
        "say",
        "words",
    )
    assert (change["before"], change["after"]) == ("hello", "good day")
    shown = call("pipelines", "show", "talk:1", "--json").json
    assert shown["version"] == 1
    assert shown["steps"][0]["inputs"] == {"words": "hello"}
    answer = call("pipelines", "restore", "talk", "1", "--json")
    assert answer.json == {"pipeline": "talk", "restored": 1, "version": 3}
    assert file.read_text() == first


def test_that_what_a_restore_replaces_is_kept(root: Path, call: Inside) -> None:
    file = root / "pipelines" / "talk" / "pipeline.yml"
    _edit(file, "words: hello", "words: not saved by anyone")
    assert call("pipelines", "restore", "talk", "1").code == 0
    shown = call("pipelines", "show", "talk:2", "--json").json
    assert shown["steps"][0]["inputs"] == {"words": "not saved by anyone"}


def test_that_a_deleted_pipeline_is_brought_back(root: Path, call: Inside) -> None:
    call("pipelines", "delete", "talk")
    assert call("pipelines", "restore", "talk", "1").code == 0
    assert call("pipelines", "validate", "talk").code == 0


def test_that_an_unknown_version_says_which_there_are(call: Inside) -> None:
    answer = call("pipelines", "restore", "talk", "9")
    assert answer.code == 1
    assert "versions are 1 to 1" in answer.err


def test_that_a_clone_knows_its_origin_and_version(call: Inside) -> None:
    call("pipelines", "clone", "second", "--as", "third")
    family = call("pipelines", "family", "second", "--json").json["family"]
    assert [(r["name"], r["depth"], r["cloned_from_version"]) for r in family] == [
        ("talk", 0, None),
        ("second", 1, 1),
        ("third", 2, 1),
    ]
    call("pipelines", "delete", "talk")
    family = call("pipelines", "family", "third", "--json").json["family"]
    assert [(r["name"], r["missing"]) for r in family] == [
        ("talk", True),
        ("second", False),
        ("third", False),
    ]
    assert call("pipelines", "diff", "second", "third").out.startswith("~ title")


def test_that_a_difference_reads_as_lines(root: Path, call: Inside) -> None:
    file = root / "pipelines" / "second" / "pipeline.yml"
    text = file.read_text()
    file.write_text(text[: text.index("  shout:")])
    out = call("pipelines", "diff", "talk", str(file)).out
    assert "- Shout removed" in out
    assert out.strip().endswith(".")


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path, Path]:
    base = write_pipeline(tmp_path / "base", "talk", TWO)
    mine = write_pipeline(tmp_path / "mine", "talk", "\n  # a remark" + TWO)
    theirs = write_pipeline(tmp_path / "theirs", "talk", TWO)
    return base, mine, theirs


def test_that_edits_of_two_copies_are_united(
    call: Inside, sides: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    _, mine, theirs = sides
    _edit(mine, "words: hello", "words: mine")
    _edit(theirs, "words: HELLO", "words: THEIRS")
    answer = call(
        "pipelines", "merge", *map(str, sides), "-o", str(tmp_path / "m.yml"), "--json"
    )
    assert (answer.code, answer.json["conflicts"]) == (0, [])
    text = (tmp_path / "m.yml").read_text()
    assert "words: mine" in text
    assert "words: THEIRS" in text
    assert "# a remark" in text


def test_that_a_conflict_is_exit_code_1_and_can_be_decided(
    call: Inside, sides: tuple[Path, Path, Path]
) -> None:
    _, mine, theirs = sides
    _edit(mine, "words: hello", "words: mine")
    _edit(theirs, "words: hello", "words: theirs")
    answer = call("pipelines", "merge", *map(str, sides), "--json")
    assert answer.code == 1
    (conflict,) = answer.json["conflicts"]
    assert conflict["mine"] == ["words hello → mine"]
    assert conflict["theirs"] == ["words hello → theirs"]
    assert "words: mine" in answer.json["text"]
    decided = call("pipelines", "merge", *map(str, sides), "--prefer", "theirs")
    assert decided.code == 0
    assert "words: theirs" in decided.out


def test_that_git_merges_pipelines_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    file = write_pipeline(folder, "talk", TWO)
    studio = f"{sys.executable} -m studio"

    def git(*words: str) -> None:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        subprocess.run(
            ["git", *who, *words],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )

    git("init", "--initial-branch", "main")
    driver = f"{studio} pipelines merge %O %A %B -o %A"
    git("config", "merge.studio.driver", driver)
    (folder / ".gitattributes").write_text("pipeline.yml merge=studio\n")
    git("add", ".")
    git("commit", "-m", "Base")
    git("checkout", "-b", "other")
    _edit(file, "words: hello", "words: theirs")
    git("commit", "-am", "Theirs")
    git("checkout", "main")
    _edit(file, "words: HELLO", "words: MINE")
    git("commit", "-am", "Mine")
    git("merge", "other")
    assert "words: theirs" in file.read_text()
    assert "words: MINE" in file.read_text()
