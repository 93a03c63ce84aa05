"""`--json`: exactly one document on stdout, for every command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from studio.cli.nouns import NOUNS, command
from tests.cli.conftest import Inside, Trained

EVERY_COMMAND = [
    "init {new}",
    "samples list",
    "run penguins",
    "pipelines list",
    "pipelines show penguins",
    "pipelines plan penguins",
    "pipelines validate penguins",
    "pipelines export penguins",
    "pipelines export penguins -o {new}.yml",
    "pipelines export penguins --format svg",
    "pipelines import {root}/pipelines/penguins/pipeline.yml --as imported",
    "pipelines clone penguins --as cloned",
    "pipelines show penguins:1",
    "pipelines diff penguins:1 penguins",
    "pipelines history penguins",
    "pipelines family penguins",
    "pipelines restore penguins 1",
    "pipelines merge {file} {file} {file} -o {new}",
    "pipelines delete penguins",
    "runs list",
    "runs show {run}",
    "runs logs {run}",
    "runs logs {run} train --follow",
    "runs output {run} split train --profile",
    "runs diff-output {run} split train --output test",
    "runs output {run} train model",
    "runs output {run} split train --filter nothing=1",
    "runs reopen {run} train -o {new}",
    "runs put-back {new}",
    "runs pause {run} train",
    "runs continue {run} train",
    "runs cancel {run}",
    "runs resume {run}",
    "runs delete {run}",
    "sweeps start penguins --space nothing=1,2 --metric accuracy",
    "sweeps list",
    "sweeps show nothing",
    "sweeps cancel nothing",
    "sweeps register-best nothing",
    "components list",
    "components new own_step",
    "components show train_model",
    "components import {root}/components/none",
    "models register other {root}/request.json --tag a=b --property c=d",
    "models list --filter sample=penguins",
    "models show penguins:1",
    "models tag penguins:1 owner=me",
    "models untag penguins:1 owner",
    "models alias penguins:1 champion",
    "models describe penguins:1 text",
    "models archive penguins:1",
    "models restore penguins:1",
    "models verify penguins:1",
    "models download penguins:1 {new}",
    "models package nothing",
    "models delete penguins:1",
    "environments create {root}/requirements.txt --name own",
    "environments create --from-interpreter nothing --name mine",
    "environments create --from-model penguins:1",
    "environments news own",
    "environments list",
    "environments show own",
    "environments lock nothing",
    "environments build nothing",
    "environments logs own",
    "environments diff own:1 own:1",
    "environments tag own a=b",
    "environments untag own a",
    "environments describe own text",
    "environments check nothing --model penguins:1",
    "environments images",
    "environments export nothing {new}",
    "environments import {new}",
    "environments archive own:1",
    "environments restore own:1",
    "environments delete own:1",
    "endpoints create empty",
    "endpoints list",
    "endpoints show empty",
    "endpoints keys empty",
    "endpoints keys empty --regenerate primary",
    "endpoints traffic empty blue=100",
    "endpoints deploy empty blue --model nothing",
    "endpoints invoke empty --request {root}/request.json",
    "endpoints logs empty blue",
    "endpoints stop empty",
    "endpoints start empty",
    "endpoints delete empty",
    "events list",
    "events follow --since 0 --seconds 0",
    "audit verify",
    "settings packages show",
    "settings packages set --index nowhere",
    "settings packages login https://packages.example",
    "settings packages logout https://packages.example",
    "settings packages test --index http://127.0.0.1:9/simple",
    "backup create",
    "backup list",
    "backup restore",
    "diagnostics",
    "open",
    "demo --sample nothing",
]


@pytest.fixture(scope="module")
def copy(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy that these tests may change."""
    folder = tmp_path_factory.mktemp("json")
    shutil.copytree(trained.root, folder / "W", symlinks=True)
    (folder / "W" / "requirements.txt").write_text("numpy\n")
    yield folder / "W"


@pytest.mark.parametrize("line", EVERY_COMMAND)
def test_that_stdout_is_one_document(
    trained: Trained, copy: Path, inside: Inside, tmp_path: Path, line: str
) -> None:
    places = {
        "root": copy,
        "run": trained.run_id,
        "new": tmp_path / "new",
        "file": copy / "pipelines" / "penguins" / "pipeline.yml",
    }
    words = line.format(**places).split()
    if line == "endpoints start empty":
        inside("--workspace", str(copy), "endpoints", "create", "empty")
    answer = inside("--workspace", str(copy), *words, "--json")
    document = json.loads(answer.out)
    assert isinstance(document, dict)
    assert ("error" in document) == (answer.code == 1)


def test_that_an_output_tells_its_rows_and_what_they_hold(
    trained: Trained, inside: Inside
) -> None:
    where = ["--workspace", str(trained.root), "runs", "output", trained.run_id]
    answer = inside(
        *where, "split", "train", "--rows", "2", "--filter", "sex=male", "--profile"
    )
    assert answer.code == 0
    assert "256 rows, 8 columns" in answer.out
    told = inside(
        *where, "split", "train", "--rows=2", "--filter=sex=male", "--profile", "--json"
    ).json
    assert (told["rows"], len(told["data"])) == (256, 2)
    assert 0 < told["matching"] < 256
    species = told["profile"][0]
    assert (species["name"], species["distinct"], species["missing"]) == (
        "species",
        3,
        0,
    )
    assert sum(one["count"] for one in species["top"]) == 256
    year = next(one for one in told["profile"] if one["name"] == "year")
    assert (year["min"], year["max"]) == (2007, 2009)
    assert sum(bar["count"] for bar in year["histogram"]) == 256


def test_that_two_outputs_are_compared_cell_by_cell(
    trained: Trained, inside: Inside
) -> None:
    where = ["--workspace", str(trained.root), "runs", "diff-output", trained.run_id]
    same = inside(*where, "split", "train", trained.run_id[:-1], "--json").json
    assert (same["same"], same["rows"], same["cells"]) == (True, [256, 256], 0)
    told = inside(*where, "split", "train", "--output", "test", "--json").json
    assert (told["same"], told["rows"][0]) == (False, 256)
    assert told["cells"] == sum(column["changed"] for column in told["columns"])
    assert told["changed_rows"][0] >= 1
    assert "cells differ" in inside(*where, "split", "train", "--output", "test").out
    assert (told["key"], told["added"]) == ([], 0)
    key = ["--key", "species", "--key", "year"]
    by_key = inside(*where, "split", "train", "--output", "test", *key, "--json").json
    assert by_key["key"] == ["species", "year"]
    assert by_key["matched"] + by_key["removed"] == by_key["rows"][0]
    assert len(by_key["removed_rows"]) == by_key["removed"] > 0
    assert by_key["repeated"][0] > 0
    out = inside(*where, "split", "train", "--output", "test", *key).out
    assert out.startswith("Rows by species, year: 256")
    lost = inside(*where, "split", "train", "--key", "nothing", "--json")
    assert (lost.code, "'nothing'" in lost.json["error"]["message"]) == (1, True)
    wrong = inside(*where, "train", "model", "--json")
    assert (wrong.code, wrong.json["error"]["code"]) == (1, "not_found")


def test_that_the_list_above_has_every_command() -> None:
    root = command()
    context = typer.Context(root)
    for name in NOUNS:
        found = root.get_command(context, name)
        verbs = getattr(found, "commands", {"": None})
        for verb in verbs:
            asked = f"{name} {verb}".strip()
            assert any(f"{line} ".startswith(f"{asked} ") for line in EVERY_COMMAND), (
                f"'studio {asked}' has no line"
            )


def test_that_json_may_stand_before_the_noun(trained: Trained, inside: Inside) -> None:
    where = ["--workspace", str(trained.root)]
    before = inside("--json", *where, "models", "show", "penguins:1")
    after = inside("models", "show", "penguins:1", *where, "--json")
    assert before.json == after.json


def test_that_a_loose_filter_is_answered_with_the_corrected_one(
    trained: Trained, inside: Inside
) -> None:
    where = ["--workspace", str(trained.root)]
    answer = inside(*where, "models", "list", "--filter", "sample : penguins", "--json")
    assert answer.json["corrected"] == "sample=penguins"
    assert "sample=penguins" in answer.err
    exact = inside(*where, "models", "list", "--filter", "sample=penguins", "--json")
    assert "corrected" not in exact.json
    assert exact.json["models"] == answer.json["models"]


def test_that_a_plan_says_what_would_run_and_why(
    trained: Trained, inside: Inside
) -> None:
    where = ["--workspace", str(trained.root)]
    plan = inside(
        *where, "pipelines", "plan", "penguins", "--set", "seed=7", "--json"
    ).json
    actions = {step["name"]: step["action"] for step in plan["steps"]}
    assert actions["clean_missing"] == "reuse"
    assert actions["split"] == actions["register"] == "run"
    split = next(step for step in plan["steps"] if step["name"] == "split")
    assert split["reason"] == "seed changed: 42 -> 7"
    assert split["expected_seconds"] > 0


def test_that_a_plan_gives_causes_memory_and_takes_single_steps(
    trained: Trained, inside: Inside
) -> None:
    where = ["--workspace", str(trained.root), "pipelines", "plan", "penguins"]
    plan = inside(*where, "--set", "seed=7", "--only", "split", "--json").json
    actions = {step["name"]: step["action"] for step in plan["steps"]}
    assert (actions["clean_missing"], actions["split"]) == ("reuse", "run")
    assert actions["train"] == "skip"
    split = next(step for step in plan["steps"] if step["name"] == "split")
    assert split["expected_memory_bytes"] > 0
    assert split["causes"] == [
        {
            "kind": "parameter",
            "text": "seed changed: 42 -> 7",
            "name": "seed",
            "before": "42",
            "after": "7",
            "source": "",
        }
    ]
    both = inside(*where, "--only", "split", "--to", "train")
    assert both.code == 2


def test_that_events_can_be_hashed_again_from_what_is_printed(
    trained: Trained, inside: Inside
) -> None:
    from studio.domain.events import GENESIS, event_hash

    where = ["--workspace", str(trained.root)]
    listed = inside(*where, "events", "list", "--json").json["events"]
    previous = GENESIS
    for event in listed:
        assert set(event) == {
            *("seq", "id", "type", "subject", "time", "actor", "data", "hash")
        }
        named = {k: v for k, v in event.items() if k not in ("seq", "hash")}
        assert event_hash(previous, **named) == event["hash"]
        previous = event["hash"]
    second = inside(*where, "events", "list", "--since", listed[0]["id"], "--json")
    assert second.json["events"][0]["seq"] == listed[1]["seq"]


def test_that_no_number_makes_the_document_invalid() -> None:
    from studio.cli.output import dumps

    text = dumps({"a": float("nan"), "b": [float("inf"), 1.5], "c": "\udcff"})
    assert json.loads(text) == {"a": None, "b": [None, 1.5], "c": "\udcff"}
    text.encode("ascii")
