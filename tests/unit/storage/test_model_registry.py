"""The registry's rows: numbers, tags, the search's SQL, and what can't be deleted."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from forked import PROCESSES

from studio.bootstrap import Studio
from studio.domain.endpoint import DeploymentSpec
from studio.domain.errors import InvalidError, NotFoundError, RefusedError, StudioError
from studio.domain.model import ModelReference, ModelVersion, parse_reference
from studio.domain.tag_filter import parse_filter
from studio.storage.database import Database
from studio.storage.endpoints import EndpointRepository
from studio.storage.models import ModelRepository, NewVersion

STAGES = ["dev", "test", "prod", "", "Data team", 'quo"te', "a|b", "ü", "x\\y", "50%_'"]
KEYS = ["stage", "owner", "framework", "sämple", "a-b", "f1"]


def new(name: str = "churn", **more: object) -> NewVersion:
    return NewVersion(name, "custom_model", "d" * 64, 1, **more)  # type: ignore[arg-type]


@pytest.fixture
def models(studio: Studio) -> ModelRepository:
    return ModelRepository(studio.database)


def names(found: list[ModelVersion]) -> list[str]:
    return [version.reference for version in found]


def test_that_numbers_only_grow_also_after_the_newest_was_deleted(
    models: ModelRepository,
) -> None:
    assert [models.register(new()) for _ in range(3)] == [1, 2, 3]
    models.delete(ModelReference("churn", 3))
    assert models.register(new()) == 4
    assert models.register(new("other")) == 1


def register_often(path: Path, count: int) -> None:
    repository = ModelRepository(Database(path))
    for _ in range(count):
        repository.register(new(tags={"stage": "dev", "owner": "me"}))


def test_that_processes_registering_one_name_get_numbers_without_gaps(
    studio: Studio, models: ModelRepository
) -> None:
    workers = [
        PROCESSES.Process(target=register_often, args=(studio.database.path, 25))
        for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found, total = models.search(parse_filter("churn"), limit=200)
    assert total == 100
    assert [version.version for version in found] == list(range(100, 0, -1))
    assert studio.events.verify() == 101


def test_that_a_version_is_read_back_as_it_was_written(models: ModelRepository) -> None:
    metrics = {"f1": 1 / 3, "loss": -1e-300, "big": 1e300, "zero": 0.0}
    tags = dict(zip(KEYS, STAGES, strict=False))
    models.register(
        new(tags=tags, metrics=metrics, properties={"p": "1"}, run_id="r1", step="s")
    )
    found = models.get(parse_reference("churn:1"))
    assert dict(found.tags) == tags
    assert dict(found.metrics) == metrics
    assert (found.properties, found.run_id, found.step) == ({"p": "1"}, "r1", "s")
    assert found.created_at.utcoffset() is not None
    assert found.trained_here is False


def test_that_latest_skips_what_is_archived(models: ModelRepository) -> None:
    for _ in range(3):
        models.register(new())
    models.set_archived(ModelReference("churn", 3), True)
    assert models.get(parse_reference("churn@latest")).version == 2
    assert names(models.search(parse_filter(""))[0]) == ["churn:2", "churn:1"]
    everything, total = models.search(parse_filter(""), include_archived=True)
    assert (len(everything), total) == (3, 3)


def test_that_an_alias_points_to_one_version_at_a_time(models: ModelRepository) -> None:
    models.register(new())
    models.register(new())
    models.set_alias(ModelReference("churn", 1), "champion")
    models.set_alias(ModelReference("churn", 2), "champion")
    assert models.get(parse_reference("churn@champion")).version == 2
    assert models.get(parse_reference("churn:1")).aliases == ()


def test_that_an_unknown_version_is_answered_with_the_known_ones(
    models: ModelRepository,
) -> None:
    models.register(new())
    with pytest.raises(NotFoundError) as unknown:
        models.get(parse_reference("churn:7"))
    assert "Versions of churn: 1" in unknown.value.hint


def test_that_pages_are_cut_and_counted_right_while_rows_come(
    models: ModelRepository,
) -> None:
    for number in range(25):
        models.register(new(tags={"stage": "prod" if number % 2 else "dev"}))
    everything = parse_filter("")
    for page in range(4):
        found, total = models.search(everything, limit=10, offset=page * 10)
        assert total == 25
        assert len(found) == [10, 10, 5, 0][page]
    prod = parse_filter("stage=prod")
    assert models.search(prod, limit=5)[1] == 12
    models.register(new(tags={"stage": "prod"}))
    assert models.search(prod, limit=5)[1] == 13
    models.tag(ModelReference("churn", 1), {"stage": "prod"})
    assert models.search(prod, limit=5)[1] == 14
    models.untag(ModelReference("churn", 1), ["stage"])
    models.set_archived(ModelReference("churn", 2), True)
    assert models.search(prod, limit=5)[1] == 12


FRAGMENTS = [*KEYS, *STAGES, "=", "!=", ">", "<", ">=", "<=", "|", ":", '"', "\\", " "]
FRAGMENTS += [
    "0.5",
    "-1",
    "1e3",
    "inf",
    "nan",
    "churn",
    "CHURN",
    "Ch",
    "model",
    "",
    "*",
]
FRAGMENTS += [
    "'; DROP TABLE model_version; --",
    "%",
    "_",
    "\0",
    "\ud800",
    "\n",
    "\t",
    "ſ",
]
FRAGMENTS += [
    "İ",
    "🐧",
    "(",
    ")",
    "?",
    ":x",
    "OR 1=1",
    "\u202e",
    "stage=prod",
    "f1>0.5",
]
FRAGMENTS += ["stage=dev|test", "owner!=prod ", " ", " framework=", '"two words"']


def test_that_ten_thousand_hostile_filters_mean_in_sql_what_they_mean_in_words(
    studio: Studio, models: ModelRepository
) -> None:
    chance = random.Random(7)
    with studio.database.write() as tx:
        for number in range(80):
            keys = chance.sample(KEYS, 3)
            version = new(
                chance.choice(["churn", "Churn2", "model.x", "m_1", "a"]),
                tags={key: chance.choice(STAGES) for key in keys},
                metrics={"f1": number / 80, "stage": chance.choice([-1.0, 0.5, 1e3])},
            )
            models.register_within(tx, version)
    everything, _ = models.search(parse_filter(""), limit=1000)
    understood = hits = 0
    for _ in range(10_000):
        text = "".join(chance.choices(FRAGMENTS, k=chance.randint(1, 7)))
        try:
            terms = parse_filter(text)
        except InvalidError as error:
            assert error.hint
            continue
        understood += 1
        wanted = [m for m in everything if terms.matches(m.name, m.tags, m.metrics)]
        found, total = models.search(terms, limit=1000)
        assert names(found) == names(wanted), text
        assert total == len(wanted)
        hits += bool(wanted)
    assert understood > 1500
    assert hits > 150


def deployed(studio: Studio, endpoint: str, version: ModelVersion) -> None:
    repository = EndpointRepository(studio.database)
    repository.create(endpoint, "", {}, ("a" * 64, "b" * 64))
    spec = DeploymentSpec(endpoint, "blue", model=version.reference)
    repository.save_deployment(spec, version)


def test_that_a_deployed_version_is_not_deleted_and_the_place_is_named(
    studio: Studio, models: ModelRepository
) -> None:
    models.register(new())
    deployed(studio, "churn-live", models.get(ModelReference("churn", 1)))
    with pytest.raises(RefusedError, match="churn-live/blue") as refused:
        models.delete(ModelReference("churn", 1))
    assert "endpoints delete churn-live blue" in refused.value.hint
    assert models.get(ModelReference("churn", 1)).used_by == ("churn-live/blue",)
    EndpointRepository(studio.database).delete_deployment("churn-live", "blue")
    models.delete(ModelReference("churn", 1))


def delete_each(path: Path, count: int) -> None:
    repository = ModelRepository(Database(path))
    for number in range(1, count + 1):
        try:
            repository.delete(ModelReference("churn", number))
        except RefusedError:
            continue


def deploy_each(path: Path, count: int) -> None:
    database = Database(path)
    models, endpoints = ModelRepository(database), EndpointRepository(database)
    for number in range(1, count + 1):
        try:
            version = models.get(ModelReference("churn", number))
            spec = DeploymentSpec("live", f"d{number}", model=version.reference)
            endpoints.save_deployment(spec, version)
        except StudioError:
            continue


def test_that_deleting_and_deploying_at_once_never_leaves_a_deployment_without_model(
    studio: Studio, models: ModelRepository
) -> None:
    count = 200
    with studio.database.write() as tx:
        for _ in range(count):
            models.register_within(tx, new())
    EndpointRepository(studio.database).create("live", "", {}, ("a" * 64, "b" * 64))
    arguments = (studio.database.path, count)
    racers = [
        PROCESSES.Process(target=delete_each, args=arguments),
        PROCESSES.Process(target=deploy_each, args=arguments),
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert [racer.exitcode for racer in racers] == [0, 0]
    left = {v.version for v in models.search(parse_filter(""), limit=1000)[0]}
    live = {
        int(d.model.split(":")[1])
        for d in EndpointRepository(studio.database).get("live").deployments
    }
    assert live <= left
    with studio.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
