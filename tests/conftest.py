"""What every test gets: a home of its own, and workspaces that are closed again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docker_engine import NoEngine, TestEngine, shared_engine, start

from studio.bootstrap import Studio, create_workspace
from studio.domain.container_engine import EngineContext
from studio.storage import migrate
from studio.targets.docker_engine import DockerEngine, connect

# Tests run beside each other: threads of one that wait for a core another has taken
# make both slow, gradient boosting tenfold.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests come first, so that all workers end at about one time."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Nothing of the person who runs the tests is read or written."""
    home = tmp_path_factory.mktemp("home")
    own = {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    yield home
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the migrations make of nothing."""
    made = tmp_path_factory.mktemp("database") / "empty.db"
    migrate.migrate(made, made.parent / "backups")
    return made


@pytest.fixture(autouse=True)
def new_databases_are_copies(
    empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are all the same; the tests of storage make each by the migrations."""
    by_migrations = migrate._upgrade

    def upgrade(database: Path) -> None:
        if migrate.check_schema(database):
            by_migrations(database)
        else:
            shutil.copyfile(empty_database, database)

    monkeypatch.setattr(migrate, "_upgrade", upgrade)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """An empty workspace, open."""
    opened = create_workspace(tmp_path / "workspace")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def docker_engine(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> TestEngine:
    """A real engine with a base image; where none can be had, CI fails."""
    folder, tests = tmp_path_factory.getbasetemp(), os.getpid()
    if worker_id != "master":  # several workers: theirs, and it ends with their parent
        folder, tests = folder.parent, os.getppid()
    return _or_skipped(lambda: shared_engine(folder, tests))


@pytest.fixture(scope="session")
def own_docker_engine() -> TestEngine:
    """One that this process alone uses: for tests that stop it or look at all of it."""
    return _or_skipped(lambda: start(os.getpid()))


def _or_skipped(started: Callable[[], TestEngine]) -> TestEngine:
    try:
        return started()
    except NoEngine as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture
def engine(docker_engine: TestEngine) -> Iterator[DockerEngine]:
    """A connection to the tests' own engine."""
    with connect(EngineContext("tests", docker_engine.host)) as opened:
        yield opened


@pytest.fixture
def own_engine(own_docker_engine: TestEngine) -> Iterator[DockerEngine]:
    with connect(EngineContext("own", own_docker_engine.host)) as opened:
        yield opened
