"""Steps inside of steps are called by their titles; JSON keeps the names too."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command_line import write_pipeline
from tests.cli.conftest import Inside

INNER = """
  count_up:
    type: command
    display_name: Count to ten
    command: python -c "print(10)"
"""
OUTER = """
  first_part:
    type: pipeline
    display_name: The first part
    component: azureml:inner@latest
  last:
    type: command
    command: python -c "print(11)"
"""


def test_that_an_inner_step_is_called_by_the_titles_of_both(
    root: Path, inside: Inside
) -> None:
    write_pipeline(root, "inner", INNER)
    write_pipeline(root, "outer", OUTER)
    where = ["--workspace", str(root)]
    plan = inside(*where, "pipelines", "plan", "outer")
    assert "The first part / Count to ten" in plan.out
    assert "first_part__count_up" not in plan.out
    assert "last" in plan.out
    told = inside(*where, "pipelines", "plan", "outer", "--json").json["steps"]
    titles = {step["name"]: step["title"] for step in told}
    assert titles == {
        "first_part__count_up": "The first part › Count to ten",
        "last": "Last",
    }
    made = inside(*where, "run", "outer", "--json").json
    assert {step["name"]: step["title"] for step in made["steps"]} == titles
    shown = inside(*where, "runs", "show", made["run"])
    assert "The first part / Count to ten" in shown.out
    assert "first_part__count_up" not in shown.out.split("Memory")[-1]


def test_that_reasons_say_titles_in_tables_and_names_in_json(
    root: Path, inside: Inside
) -> None:
    chain = """
      first:
        type: command
        display_name: The very first
        command: echo 1 > ${{outputs.out}}
        outputs: {out: {type: uri_file}}
      second:
        type: command
        command: cat ${{inputs.data}}
        inputs: {data: {type: uri_file, path: "${{parent.jobs.first.outputs.out}}"}}
    """
    write_pipeline(root, "chain", chain)
    where = ["--workspace", str(root)]
    plan = inside(*where, "pipelines", "plan", "chain")
    assert "“The very first” runs before it" in " ".join(plan.out.split())
    told = inside(*where, "pipelines", "plan", "chain", "--json").json["steps"]
    assert told[1]["reason"] == "'first' runs before it"
