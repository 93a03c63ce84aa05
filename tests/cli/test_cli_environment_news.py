"""What the window knows of environments, on the command line."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Inside
from tests.local_index import LocalIndex


def test_that_news_tell_newer_versions_withdrawn_ones_and_vulnerabilities(
    inside: Inside, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    index = LocalIndex()
    index.wheel("alpha", "1.0", ["beta"])
    index.wheel("beta", "1.0", yanked="wrong sums")
    (tmp_path / "requirements.txt").write_text("alpha\nbeta==1.0\n")
    record = {
        "id": "OSV-1",
        "summary": "It tells too much",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "alpha"},
                "ranges": [
                    {
                        "type": "ECOSYSTEM",
                        "events": [{"introduced": "0"}, {"fixed": "2.0"}],
                    }
                ],
            }
        ],
    }
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("OSV-1.json", json.dumps(record))
    studio = ("--workspace", str(root), "environments")
    with index.served() as url:
        inside("settings", "packages", "set", "--index", url)
        inside(*studio, "create", str(tmp_path / "requirements.txt"), "--name", "e")
        inside(*studio, "lock", "e")
        index.wheel("alpha", "2.0")
        without = inside(*studio, "news", "e", "--json").json
        database = str(tmp_path / "all.zip")
        inside("settings", "packages", "set", "--vulnerabilities", database)
        found = inside(*studio, "news", "e", "--json").json
        shown = inside(*studio, "news", "e")
    told = {each["name"]: each for each in found["packages"]}
    assert (told["alpha"]["newest"], told["beta"]["withdrawn"]) == ("2.0", "wrong sums")
    assert told["alpha"]["vulnerabilities"][0]["fixed_in"] == ["2.0"]
    assert "OSV-1: It tells too much, mended in 2.0" in shown.out
    assert any("No vulnerability database" in each for each in without["notes"])
    assert not any("No vulnerability database" in each for each in found["notes"])


def test_that_an_environment_is_made_of_an_interpreter_and_of_a_models_folder(
    inside: Inside, root: Path, tmp_path: Path
) -> None:
    studio = ("--workspace", str(root), "environments", "create")
    mine = inside(*studio, "--from-interpreter", sys.executable, "--name=mine")
    assert mine.code == 0
    shown = inside("--workspace", str(root), "environments", "show", "mine", "--json")
    assert "typer==" in shown.json["packages"]
    model = tmp_path / "model"
    model.mkdir()
    (model / "MLmodel").write_text("flavors: {}\n")
    (model / "requirements.txt").write_text("scikit-learn==1.6.0\n")
    made = inside(*studio, str(model / "MLmodel"), "--name=served", "--json")
    assert made.json["packages"] == "scikit-learn==1.6.0\n"
    both = inside(*studio, str(model), "--from-interpreter", sys.executable)
    assert both.code == 2
    nameless = inside(*studio, "--from-interpreter", sys.executable)
    assert "Give it one: --name NAME" in nameless.err


def test_that_a_registered_model_names_its_environment(
    inside: Inside, root: Path, tmp_path: Path
) -> None:
    studio = ("--workspace", str(root))
    model = tmp_path / "churn"
    model.mkdir()
    (model / "MLmodel").write_text("flavors: {}\n")
    (model / "requirements.txt").write_text("scikit-learn==1.6.0\n")
    inside(*studio, "models", "register", "churn", str(model), "--type=mlflow_model")
    made = inside(
        *studio, "environments", "create", "--from-model", "churn:1", "--json"
    )
    assert (made.json["name"], made.json["kind"]) == ("churn", "pip")
