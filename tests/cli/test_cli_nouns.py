"""What single nouns do beyond the main job."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
import yaml

from tests.cli.command_line import ENDLESS, CommandLine, write_pipeline
from tests.cli.conftest import Inside, Trained
from tests.local_index import LocalIndex
from tests.workspaces import eventually

SAY = """
  say:
    type: command
    command: echo ${{inputs.words}}
    inputs:
      words: ${{parent.inputs.words}}
"""


@pytest.fixture
def call(root: Path, inside: Inside) -> Inside:
    """The command line within this process, on an empty workspace."""

    def on_it(*arguments: str) -> object:
        return inside("--workspace", str(root), *arguments)

    return on_it  # type: ignore[return-value]


def test_that_a_pipeline_runs_from_a_file_anywhere(
    tmp_path: Path, call: Inside
) -> None:
    folder = tmp_path / "elsewhere"
    file = write_pipeline(folder, "echo", SAY)
    text = file.read_text()
    file.write_text(f"inputs:\n  words: {{type: string, default: hello}}\n{text}")
    answer = call("run", str(file), "--set", "words=good day", "--json")
    assert answer.code == 0, answer.err
    logs = call("runs", "logs", answer.json["run"], "--json").json
    assert logs["logs"] == [{"step": "say", "text": "good day\n"}]


def test_that_problems_are_told_with_file_and_line(root: Path, call: Inside) -> None:
    file = write_pipeline(root, "wrong", "\n  a:\n    component: azureml:splitt@latest")
    answer = call("pipelines", "validate", "wrong", "--json")
    assert answer.code == 1
    assert answer.json["valid"] is False
    (problem,) = answer.json["problems"]
    assert (problem["file"], problem["line"]) == (str(file), 5)
    assert "split" in problem["hint"]
    assert answer.json["error"]["message"].startswith(str(file))
    assert call("run", "wrong").code == 1


def test_that_an_exported_pipeline_is_sound_where_it_was_put(
    trained: Trained, call: Inside, inside: Inside, tmp_path: Path
) -> None:
    file = tmp_path / "out" / "penguins.yml"
    where = ["--workspace", str(trained.root)]
    file.parent.mkdir()
    inside(*where, "pipelines", "export", "penguins", "-o", str(file))
    written = yaml.safe_load(file.read_text())["inputs"]["data"]["path"]
    data = trained.root / "data" / "penguins.csv"
    assert (file.parent / written).resolve() == data
    assert call("pipelines", "validate", str(file)).code == 0
    assert call("pipelines", "import", str(file), "--as", "birds").code == 0
    plan = call("pipelines", "plan", "birds", "--json").json
    assert {step["action"] for step in plan["steps"]} == {"run"}


def test_that_a_clone_stands_beside_its_original(
    trained: Trained, call: Inside
) -> None:
    file = trained.root / "pipelines" / "penguins" / "pipeline.yml"
    call("pipelines", "import", str(file), "--as", "birds")
    cloned = call("pipelines", "clone", "birds", "--json").json
    listed = call("pipelines", "list", "--json").json["pipelines"]
    assert cloned["name"] == "birds-copy"
    assert [each["name"] for each in listed] == ["birds", "birds-copy"]
    call("pipelines", "delete", "birds")
    assert [
        each["name"] for each in call("pipelines", "list", "--json").json["pipelines"]
    ] == ["birds-copy"]


def test_that_a_model_is_registered_tagged_named_and_copied_out(
    call: Inside, tmp_path: Path
) -> None:
    source = tmp_path / "weights.bin"
    source.write_bytes(b"1234")
    for _ in range(2):
        made = call(
            *("models", "register", "churn", str(source), "--tag", "stage=dev"),
            *("--property", "from=afar", "-d", "By hand", "--json"),
        ).json
    assert (made["version"], made["size_bytes"]) == ("2", 4)
    assert made["properties"] == {"from": "afar"}
    call("models", "tag", "churn:1", "stage=prod", "owner=me")
    call("models", "untag", "churn:1", "owner")
    call("models", "alias", "churn:1", "champion")
    shown = call("models", "show", "churn@champion", "--json").json
    assert (shown["version"], shown["tags"]) == ("1", {"stage": "prod"})
    assert [file["path"] for file in shown["files"]] == ["weights.bin"]
    copied = call("models", "download", "churn@latest", str(tmp_path / "o"), "--json")
    assert Path(copied.json["path"]).read_bytes() == b"1234"
    call("models", "archive", "churn:2")
    assert call("models", "list", "--json").json["total"] == 1
    both = call("models", "list", "--include-archived", "--json").json
    assert [model["archived"] for model in both["models"]] == [True, False]
    assert call("models", "delete", "churn").code == 1
    assert call("models", "delete", "churn:1").code == 0
    assert "churn:2 (archived)" in call("models", "list", "--include-archived").out


def test_that_a_component_of_ones_own_is_imported_and_listed(
    call: Inside, tmp_path: Path
) -> None:
    folder = tmp_path / "shout"
    folder.mkdir()
    (folder / "component.yml").write_text(
        "name: shout\ntype: command\ncommand: echo ${{inputs.word}}\n"
        "inputs:\n  word: {type: string}\n"
    )
    assert call("components", "import", str(folder)).code == 0
    listed = call("components", "list", "--json").json["components"]
    (mine,) = [each for each in listed if not each["built_in"]]
    assert (mine["name"], mine["parameters"][0]["name"]) == ("shout", "word")
    assert "required" in call("components", "show", "shout").out


def test_that_components_with_errors_are_listed_and_the_others_work(
    root: Path, call: Inside, tmp_path: Path
) -> None:
    own = root / "components"
    for name, text in (("cut", "inputs: {"), ("null", 'name: a\ncode: "a\\0"')):
        (own / name).mkdir(parents=True)
        (own / name / "component.yml").write_text(text)
    (own / "lost.py").write_text("import not_there\n\n@step\ndef lost(): ...\n")
    answer = call("components", "list", "--json")
    assert answer.code == 0 and len(answer.json["components"]) > 60
    broken = {Path(b["source"]).name: b for b in answer.json["broken"]}
    assert set(broken) == {"cut", "null", "lost.py"}
    assert all(
        each["hint"] and ", line " in each["message"] for each in broken.values()
    )
    assert "Warning: lost.py can't be used: " in answer.err
    shown = call("components", "show", "lost", "--json")
    assert (shown.code, shown.json["error"]["code"]) == (1, "invalid")
    assert "lost.py, line 1: It imports 'not_there'" in shown.json["error"]["message"]
    imported = call("components", "import", str(own / "cut"), "--json")
    assert imported.code == 1 and ", line " in imported.json["error"]["message"]
    assert call("components", "show", "split", "--json").code == 0


def test_that_followed_events_are_one_document_that_grows(
    root: Path, call: Inside, studio_at: CommandLine
) -> None:
    with studio_at.start("events", "follow", "--seconds", "4", "--json") as process:
        assert process.stdout is not None
        opening = process.stdout.readline()
        call("endpoints", "create", "first")
        call("endpoints", "create", "second")
        # not communicate(): it passes over what has been buffered
        document = json.loads(opening + process.stdout.read())
    assert process.returncode == 0
    assert [(e["type"], e["subject"]) for e in document["events"]] == [
        ("EndpointCreated", "first"),
        ("EndpointCreated", "second"),
    ]


def test_that_an_altered_record_is_found(root: Path, call: Inside) -> None:
    call("endpoints", "create", "first")
    intact = call("audit", "verify", "--json")
    assert (intact.code, intact.json["intact"]) == (0, True)
    with sqlite3.connect(root / "studio.db") as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
        for (name,) in names.fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE event SET subject='other' WHERE subject='first'")
    database.close()
    altered = call("audit", "verify", "--json")
    assert altered.code == 1
    assert f"event {intact.json['events']}" in altered.json["error"]["message"]


def test_that_copies_are_listed_while_the_database_is_damaged(
    root: Path, call: Inside
) -> None:
    made = call("backup", "create", "--json").json
    for ending in ("-wal", "-shm"):
        (root / f"studio.db{ending}").unlink(missing_ok=True)
    (root / "studio.db").write_bytes(b"junk" * 999)
    refused = call("models", "list")
    assert (refused.code, "studio backup list" in refused.err) == (1, True)
    listed = call("backup", "list", "--json").json["backups"]
    assert [each["name"] for each in listed] == [made["name"]]
    assert call("backup", "restore", made["name"]).code == 0
    assert call("models", "list").code == 0


def test_that_a_limit_shows_the_newest_events(call: Inside) -> None:
    for name in ("first", "second", "third"):
        call("endpoints", "create", name)
    two = call("events", "list", "--limit", "2", "--json").json["events"]
    assert [each["subject"] for each in two] == ["second", "third"]
    next_one = call("events", "list", "--since", two[0]["id"], "--json").json["events"]
    assert [each["subject"] for each in next_one] == ["third"]


def test_that_a_backup_brings_back_what_was_deleted(call: Inside) -> None:
    call("endpoints", "create", "first")
    made = call("backup", "create", "--json").json
    call("endpoints", "delete", "first")
    restored = call("backup", "restore", made["name"], "--json")
    assert restored.code == 0, restored.err
    (endpoint,) = call("endpoints", "list", "--json").json["endpoints"]
    assert endpoint["name"] == "first"
    assert call("audit", "verify").code == 0
    assert "before-restore" in call("backup", "list").out
    assert Path(restored.json["before"]).is_file()


def test_that_a_backup_is_not_restored_under_a_run(
    root: Path, call: Inside, studio_at: CommandLine
) -> None:
    write_pipeline(root, "endless", ENDLESS)
    call("backup", "create")
    started = call("run", "endless", "--no-wait", "--json").json
    refused = call("backup", "restore", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "refused")
    assert call("runs", "cancel", started["run"]).code == 0


def test_that_a_damaged_database_is_replaced_by_a_backup_and_kept(
    root: Path, call: Inside
) -> None:
    call("endpoints", "create", "first")
    call("backup", "create")
    (root / "studio.db").write_bytes(b"not a database at all" * 500)
    assert call("endpoints", "list").code == 1
    restored = call("backup", "restore", "--json")
    assert restored.code == 0, restored.err
    assert (Path(restored.json["before"]) / "studio.db").is_file()
    (endpoint,) = call("endpoints", "list", "--json").json["endpoints"]
    assert endpoint["name"] == "first"


def test_that_diagnostics_hold_no_secret(
    root: Path, call: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "canary-7f3a")
    call("endpoints", "create", "first")
    shown = call("diagnostics", "--json")
    assert shown.json["workspace"]["endpoints"] == 1
    assert shown.json["versions"]["scikit-learn"]
    assert "canary" not in shown.out


def test_that_logs_are_followed_to_the_end_of_the_run(
    root: Path, studio_at: CommandLine, call: Inside
) -> None:
    write_pipeline(
        root,
        "two",
        """
  first:
    type: command
    command: echo one && until [ -e ${GO} ]; do sleep 0.05; done && echo two
    environment_variables: {GO: "%s"}
"""
        % (root / "go"),
    )
    run_id = call("run", "two", "--no-wait", "--json").json["run"]
    process = studio_at.start("runs", "logs", run_id, "--follow")
    assert process.stdout is not None
    assert process.stdout.readline() == "one\n"
    (root / "go").touch()
    rest, _ = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "two\n")
    eventually(lambda: "SUCCEEDED" in call("runs", "show", run_id).out)


def test_that_a_new_component_says_where_it_is_and_what_it_is_made_as(
    root: Path, call: Inside
) -> None:
    made = call("components", "new", "Add ratio", "--json")
    assert made.code == 0, made.err
    file = root / "components" / "add_ratio.py"
    assert (made.json["name"], made.json["file"]) == ("add_ratio", str(file))
    assert call("components", "new", "Add ratio").code == 1
    folder = call("components", "new", "Tidy up", "--folder", "--json").json
    assert folder["file"] == str(root / "components" / "tidy_up" / "component.yml")
    assert (made.json["kind"], folder["kind"]) == ("function", "folder")
    shown = call("components", "show", "add_ratio").out
    assert "Python function" in shown and "add_ratio.py" in shown


def test_that_a_list_says_when_it_is_not_all(
    trained: Trained, inside: Inside, call: Inside
) -> None:
    where = ["--workspace", str(trained.root)]
    count = len(inside(*where, "runs", "list", "--json").json["runs"])
    everything = inside(*where, "runs", "list")
    assert "shows more" not in everything.err
    assert ", …" not in everything.out.split("  ")
    again = inside(*where, "run", "penguins")
    assert again.code == 0
    one = inside(*where, "runs", "list", "--limit", "1")
    assert f"1 of {count + 1}; --limit N shows more" in one.err
    document = inside(*where, "runs", "list", "--limit", "1", "--json").json
    assert (len(document["runs"]), document["total"]) == (1, count + 1)
    models = inside(*where, "models", "list", "--limit", "1")
    total = inside(*where, "models", "list", "--json").json["total"]
    assert ("shows more" in models.err) == (total > 1)
    call("pipelines", "import", str(trained.root / "pipelines/penguins/pipeline.yml"))
    assert "shows more" not in call("pipelines", "history", "penguins").err


def test_that_what_was_done_with_an_environment_is_read_back(
    tmp_path: Path, call: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("alpha==1\n")
    call("environments", "create", str(file), "--name", "own", "--python", "3.11")
    assert json.loads(call("environments", "logs", "own", "--json").out)["log"] is None
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS", "UV_INDEX", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    with LocalIndex().served() as url:  # which has no packages
        monkeypatch.setenv("UV_DEFAULT_INDEX", url)
        assert call("environments", "lock", "own").code == 1
    told = json.loads(call("environments", "logs", "own:1", "--json").out)
    assert [(each["state"], each["environment"]) for each in told["logs"]] == [
        ("FAILED", "own:1")
    ]
    assert told["log"]["title"].startswith("Lock own:1 for ")
    assert any("Error: " in line for line in told["log"]["lines"])
    shown = call("environments", "logs", "own", told["log"]["id"])
    assert "FAILED" in shown.out and "alpha" in shown.out
    assert call("environments", "logs", "own", "another").code == 1
