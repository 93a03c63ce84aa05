"""Columns that aren't there, told on the command line before they fail a run."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command_line import write_pipeline
from tests.cli.conftest import Inside, Trained

WORDS = "There is no column 'speces' in the table of 'data'"
HINT = "Did you mean 'species'?"
FIX = {"label": "Use species", "value": "species"}


def _misspelt(trained: Trained, inside: Inside, name: str, wrong: str) -> Path:
    """A copy of the sample's pipeline in which one parameter is misspelt."""
    where = ["--workspace", str(trained.root)]
    cloned = inside(*where, "pipelines", "clone", "penguins", "--as", name, "--json")
    file = Path(cloned.json["file"])
    text = file.read_text()
    right = wrong.replace("speces", "species")
    assert text.count(right) == 1, text
    file.write_text(text.replace(right, wrong))
    return file


def test_that_validate_warns_of_a_column_of_a_file_with_its_line_and_fix(
    trained: Trained, inside: Inside
) -> None:
    where = ["--workspace", str(trained.root), "pipelines"]
    file = _misspelt(trained, inside, "spread", "stratify: speces")
    answer = inside(*where, "validate", "spread", "--json")
    assert (answer.code, answer.json["valid"]) == (0, True)
    (problem,) = answer.json["problems"]
    line = next(
        n for n, text in enumerate(file.read_text().splitlines(), 1) if "speces" in text
    )
    assert problem == {
        "severity": "warning",
        "message": WORDS,
        "hint": HINT,
        "step": "split",
        "field": "stratify",
        "fixes": [FIX],
        "file": str(file),
        "line": line,
    }
    assert f"{file}, line {line}: step 'split': {WORDS}" in answer.err
    said = inside(*where, "validate", "spread")
    assert said.out == "spread can run, with 1 warning.\n"


def test_that_a_run_warns_too_and_goes_on(trained: Trained, inside: Inside) -> None:
    where = ["--workspace", str(trained.root)]
    _misspelt(trained, inside, "run-spread", "stratify: speces")
    answer = inside(*where, "run", "run-spread", "--no-wait", "--json")
    assert answer.code == 0
    (warning,) = answer.json["warnings"]
    assert (warning["step"], warning["message"], warning["fixes"]) == (
        "split",
        WORDS,
        [FIX],
    )
    assert f"Warning: step 'split': {WORDS}\nHint: {HINT}" in answer.err
    inside(*where, "runs", "logs", answer.json["run"], "--follow")


MADE = """
  make:
    type: command
    command: mkdir -p ${{outputs.table}} && cp ${{inputs.file}} ${{outputs.table}}/a.csv
    inputs:
      file: {type: uri_file, path: ../../data/penguins.csv}
    outputs:
      table: {type: mltable}
  split:
    component: azureml:split@latest
    inputs:
      data: ${{parent.jobs.make.outputs.table}}
      stratify: speces
"""


def test_that_columns_of_own_steps_are_known_once_they_ran_until_they_change(
    trained: Trained, inside: Inside
) -> None:
    file = write_pipeline(trained.root, "own", MADE)
    where = ["--workspace", str(trained.root)]

    def found() -> list[str]:
        answer = inside(*where, "pipelines", "validate", "own", "--json")
        return [problem["message"] for problem in answer.json["problems"]]

    assert found() == []
    inside(*where, "run", "own", "--to", "make")
    assert found() == [WORDS]
    file.write_text(file.read_text().replace("/a.csv", "/b.csv"))
    assert found() == []


OUTER = """
  inner:
    type: pipeline
    component: azureml:held@latest
"""


def test_that_a_column_missing_inside_is_told_of_the_step_that_is_a_pipeline(
    trained: Trained, inside: Inside
) -> None:
    where = ["--workspace", str(trained.root)]
    _misspelt(trained, inside, "held", "stratify: speces")
    write_pipeline(trained.root, "outer", OUTER)
    answer = inside(*where, "pipelines", "validate", "outer", "--json")
    (problem,) = answer.json["problems"]
    assert problem["step"] == "inner"
    assert problem["message"] == f"inside, step 'split': {WORDS}"
    assert problem["fixes"] == []
