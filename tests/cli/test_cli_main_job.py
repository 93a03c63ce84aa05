"""The main job by the command line, each call a process of its own."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Inside, Trained

REQUEST = "request.json"


def steps(document: dict) -> dict[str, dict]:  # type: ignore[type-arg]
    return {step["name"]: step for step in document["steps"]}


def test_that_init_makes_a_workspace_with_the_sample_in_it(trained: Trained) -> None:
    assert trained.init.code == 0
    assert (trained.root / "studio.db").is_file()
    assert " run penguins" in trained.init.out


def test_that_a_run_registers_a_model_and_logs_its_accuracy(trained: Trained) -> None:
    document = trained.first_run.json
    assert trained.first_run.code == 0
    assert document["state"] == "SUCCEEDED"
    assert document["metrics"]["accuracy"] > 0.9
    assert document["registered"] == [
        {"kind": "model", "name": "penguins", "version": "1"}
    ]
    assert all(Path(path).exists() for path in document["outputs"].values())
    assert document["outputs"]
    assert "train  SUCCEEDED" in trained.first_run.err


def test_that_a_second_run_reuses_every_step(trained: Trained) -> None:
    document = trained.studio("--json", "run", "penguins").json
    assert document["state"] == "SUCCEEDED"
    assert {step["reused"] for step in document["steps"]} == {True}
    assert {step["reason"] for step in document["steps"]} == {"unchanged"}


def test_that_one_changed_parameter_runs_what_comes_after_it_and_says_why(
    trained: Trained,
) -> None:
    answer = trained.studio("run", "penguins", "--set", "inputs.max_depth=4", "--json")
    found = steps(answer.json)
    ran = {name for name, step in found.items() if not step["reused"]}
    assert answer.code == 0
    assert ran == {"train", "score", "evaluate", "register"}
    assert found["train"]["reason"] == "max_depth changed: 6 -> 4"
    assert all(found[name]["reason"] != "unchanged" for name in ran)
    assert answer.json["inputs"]["max_depth"] == 4


def test_that_models_are_found_by_tag(trained: Trained) -> None:
    document = trained.studio(
        "models", "list", "--filter", "sample=penguins", "--json"
    ).json
    assert document["total"] == len(document["models"]) >= 1
    first = document["models"][-1]
    assert first["name"] == "penguins"
    assert first["tags"]["sample"] == "penguins"
    assert first["stage"] == "dev"
    assert first["metrics"]["accuracy"] > 0.9
    assert first["used_by"] == []


def test_that_a_model_is_deployed_asked_and_protected_and_the_endpoint_deleted(
    trained: Trained, inside: Inside, tmp_path: Path
) -> None:
    studio = trained.studio
    where = ["--workspace", str(trained.root)]
    deployed = studio("endpoints", "deploy", "species", "blue", "--model", "penguins:1")
    assert deployed.code == 0, deployed.err
    assert "RUNNING" in deployed.out
    assert "keyring" in deployed.err

    request = str(trained.root / REQUEST)
    answer = studio("endpoints", "invoke", "species", "--request", request)
    assert answer.code == 0
    assert answer.json == {"predictions": ["Adelie", "Chinstrap", "Gentoo"]}
    assert answer.err.startswith("200 ")

    refused = studio("models", "delete", "penguins:1", "--json")
    assert refused.code == 1
    assert "species" in refused.json["error"]["message"]
    assert "species" in refused.err

    shown = inside(*where, "endpoints", "show", "species", "--json").json
    assert shown["scoring_uri"].startswith("http://127.0.0.1:")
    assert shown["traffic"] == {"blue": 100}
    (blue,) = shown["deployments"]
    assert (blue["name"], blue["state"], blue["model"], blue["health"]) == (
        "blue",
        "RUNNING",
        "penguins:1",
        "healthy",
    )

    body = tmp_path / "bad.json"
    body.write_text('{"nothing": 1}')
    bad = inside(*where, "endpoints", "invoke", "species", "-r", str(body))
    assert bad.code == 3
    assert bad.err.startswith("400 ")
    assert "error" in bad.json

    assert studio("endpoints", "delete", "species").code == 0
    assert inside(*where, "endpoints", "list", "--json").json == {"endpoints": []}


def test_that_the_demo_ends_with_a_scored_request_where_there_is_no_display(
    trained: Trained, inside: Inside
) -> None:
    folder = str(trained.root)
    answer = trained.studio("open", folder, "--sample", "penguins", "--or-terminal")
    assert answer.code == 0, answer.err
    assert answer.err.splitlines()[0].startswith("There is no display")
    assert '{"predictions":["Adelie","Chinstrap","Gentoo"]}' in answer.out
    assert f"studio open {folder}" in answer.out
    where = ["--workspace", folder]
    (endpoint,) = inside(*where, "endpoints", "list", "--json").json["endpoints"]
    assert endpoint["state"] == "STOPPED"
    assert inside(*where, "endpoints", "delete", endpoint["name"]).code == 0
