"""Models with their content, lists of runs, backups, and what is kept of users."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from workspaces import (
    SharedTarget,
    chain,
    run_here,
    step,
    write_component,
    write_copy_components,
)

from studio.bootstrap import Studio, create_workspace, open_workspace
from studio.domain.errors import InvalidError, NotFoundError, RefusedError
from studio.domain.node import StepOutput
from studio.domain.pipeline import Pipeline
from studio.services.recent import recent_workspaces
from studio.services.samples import get_sample, list_samples


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "data").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(b"\0" * 100)
    (folder / "data" / "labels.txt").write_text("a\nb\n")
    return folder


def test_that_a_folder_is_one_model_with_many_files(
    studio: Studio, model: Path
) -> None:
    version = studio.models.register("churn", model, tags={"stage": "dev"})
    assert version.reference == "churn:1"
    assert version.type == "custom_model"
    assert version.size_bytes == 104
    assert version.trained_here is False
    names = [file.path for file in studio.models.files("churn:1")]
    assert names == ["data/labels.txt", "weights.bin"]


def test_that_a_folder_with_mlmodel_is_an_mlflow_model(
    studio: Studio, model: Path
) -> None:
    with pytest.raises(InvalidError, match="no MLmodel file"):
        studio.models.register("churn", model, type="mlflow_model")
    (model / "MLmodel").write_text("flavors: {sklearn: {}}\n")
    assert studio.models.register("churn", model).type == "mlflow_model"
    assert studio.models.signature("churn")["flavors"] == ["sklearn"]


def test_that_a_download_is_a_checked_copy_and_overwrites_nothing(
    studio: Studio, model: Path, tmp_path: Path
) -> None:
    studio.models.register("churn", model)
    there = studio.models.download("churn:1", tmp_path / "out")
    assert (there / "weights.bin").read_bytes() == b"\0" * 100
    (there / "weights.bin").write_bytes(b"mine")  # a copy, not a link
    studio.models.verify("churn:1")
    with pytest.raises(RefusedError, match="already exists"):
        studio.models.download("churn:1", tmp_path / "out")


def test_that_a_changed_bit_is_found_by_verify_and_download(
    studio: Studio, model: Path, tmp_path: Path
) -> None:
    studio.models.register("churn", model)
    blob = next(
        file
        for file in (studio.workspace.artifacts / "blobs").rglob("*")
        if file.is_file() and file.stat().st_size == 100
    )
    blob.chmod(0o644)
    blob.write_bytes(b"\1" + b"\0" * 99)
    for act in (
        lambda: studio.models.verify("churn:1"),
        lambda: studio.models.download("churn:1", tmp_path / "out"),
    ):
        with pytest.raises(InvalidError, match=r"weights\.bin"):
            act()
    assert not (tmp_path / "out").exists()


def test_that_tags_can_be_set_changed_taken_away_and_found(
    studio: Studio, model: Path
) -> None:
    studio.models.register("churn", model)
    studio.models.tag("churn:1", {"stage": "prod", "owner": "Data team"})
    assert studio.models.get("churn@latest").stage == "prod"
    assert studio.models.list('owner : "Data team"').corrected == 'owner="Data team"'
    assert studio.models.untag("churn", ["owner"]).tags == {"stage": "prod"}
    assert studio.models.list("owner!=x stage=prod|dev").total == 1
    for key in ("", "a b", "a=b", 'a"'):
        with pytest.raises(InvalidError, match="name of a tag"):
            studio.models.tag("churn:1", {key: "x"})


def test_that_deleting_needs_to_say_which_version(studio: Studio, model: Path) -> None:
    studio.models.register("churn", model)
    with pytest.raises(InvalidError, match="which version"):
        studio.models.delete("churn")
    assert studio.models.delete("churn@latest") == "churn:1"
    with pytest.raises(NotFoundError):
        studio.models.get("churn:1")


@pytest.mark.parametrize("name", ["", "a b", "../a", "a/b", "a:b", "-a"])
def test_that_a_model_can_not_have_a_name_that_is_no_reference(
    studio: Studio, model: Path, name: str
) -> None:
    with pytest.raises(InvalidError):
        studio.models.register(name, model)
    assert studio.models.list().total == 0


def test_that_what_a_pipeline_registers_knows_its_run_and_the_right_metrics(
    studio: Studio, target: SharedTarget
) -> None:
    write_component(
        studio.workspace.root,
        "fit",
        """
        import json, os, pathlib, sys
        pathlib.Path(sys.argv[1], "m.bin").write_text("1")
        with open(os.environ["STUDIO_METRICS"], "a") as file:
            print(json.dumps({"key": "accuracy", "value": 0.875}), file=file)
        """,
        outputs={"model": {"type": "custom_model"}},
    )
    node = step("fit")
    named = Pipeline(
        "p",
        (
            type(node)(
                **{**vars(node), "outputs": {"model": StepOutput(register="churn")}}
            ),
        ),
        experiment="try",
    )
    run = run_here(studio, target, named)
    assert [(r.kind, r.name, r.version) for r in run.registered] == [
        ("model", "churn", "1")
    ]
    version = studio.models.get("churn:1")
    assert (version.run_id, version.experiment, version.pipeline, version.step) == (
        run.id,
        "try",
        "p",
        "fit",
    )
    assert version.trained_here
    assert version.metrics == {"accuracy": 0.875}
    again = run_here(studio, target, named)
    assert again.registered == run.registered
    assert studio.models.list().total == 1


def test_that_runs_are_listed_newest_first_and_found_by_their_fields(
    studio: Studio, target: SharedTarget
) -> None:
    write_copy_components(studio.workspace.root)
    first = run_here(studio, target, chain(1, "one"))
    second = run_here(studio, target, chain(1, "two"), experiment="trial")
    assert [run.id for run in studio.runs.list()] == [second.id, first.id]
    assert [run.id for run in studio.runs.list(filter="experiment=trial")] == [
        second.id
    ]
    assert [
        run.id for run in studio.runs.list(filter="state=failed|Succeeded one")
    ] == [first.id]
    assert studio.runs.list(filter="state=failed") == ()
    assert studio.runs.experiments() == ("one", "trial")
    assert studio.runs.get(first.id[:-1]).id == first.id
    with pytest.raises(NotFoundError, match="There is no run"):
        studio.runs.get("1999")
    with pytest.raises(RefusedError, match="has succeeded"):
        studio.runs.resume(first.id)


def test_that_a_backup_brings_back_what_was_there(studio: Studio, model: Path) -> None:
    studio.models.register("churn", model)
    backup = studio.backups.create()
    studio.models.register("churn", model)
    studio.models.tag("churn:1", {"stage": "prod"})
    before = studio.backups.restore(backup.name)
    assert studio.models.list().total == 1
    assert studio.models.get("churn:1").tags == {}
    studio.events.verify()
    studio.backups.restore(before.name)
    assert studio.models.list().total == 2
    assert studio.models.get("churn:1").tags == {"stage": "prod"}


def test_that_recent_workspaces_are_those_that_still_exist(tmp_path: Path) -> None:
    for name in ("a", "b"):
        create_workspace(tmp_path / name).close()
    open_workspace(tmp_path / "a").close()
    assert recent_workspaces()[:2] == (tmp_path / "a", tmp_path / "b")
    (tmp_path / "b" / "studio.db").unlink()
    assert tmp_path / "b" not in recent_workspaces()


def test_that_a_sample_is_copied_without_touching_what_is_there(tmp_path: Path) -> None:
    sample = get_sample("penguins")
    assert sample in list_samples()
    create_workspace(tmp_path / "w", sample).close()
    data = next((tmp_path / "w" / "data").rglob("*.csv"))
    data.write_text("mine")
    create_workspace(tmp_path / "w", sample).close()
    assert data.read_text() == "mine"
    with pytest.raises(NotFoundError, match="no sample 'x'") as unknown:
        get_sample("x")
    assert "penguins" in unknown.value.hint


def test_that_runs_are_counted_beyond_the_limit_of_a_list(studio: Studio) -> None:
    from studio.domain.run import Run, RunOptions, RunState
    from studio.storage.runs import RunRepository

    repository = RunRepository(studio.database)
    for number in range(5):
        run = Run(
            f"r{number}",
            "churn" if number else "other",
            "night",
            RunState.QUEUED,
            datetime.now(UTC),
        )
        repository.create(run, RunOptions(), "", "", ())
        repository.end(run.id, RunState.FAILED if number > 2 else RunState.SUCCEEDED)
    assert len(studio.runs.list(limit=2)) == 2
    assert studio.runs.count() == 5
    assert studio.runs.count(pipeline="churn", experiment="night") == 4
    assert studio.runs.count(filter="state=failed") == 2
    assert [run.id for run in studio.runs.list(filter="state=failed", offset=1)] == [
        "r3"
    ]
