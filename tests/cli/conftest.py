"""One workspace for all tests that only look, with the sample's pipeline run once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from studio.bootstrap import create_workspace, open_workspace
from studio.cli.app import run
from tests.cli.command_line import Answer, CommandLine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one process, which makes the sample workspace once."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group("cli"))


@dataclass(frozen=True)
class Trained:
    """The sample's workspace after its first run, made by the command line."""

    root: Path
    init: Answer
    first_run: Answer

    @property
    def studio(self) -> CommandLine:
        return CommandLine(self.root)

    @property
    def run_id(self) -> str:
        found: str = self.first_run.json["run"]
        return found


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    root = tmp_path_factory.mktemp("cli") / "W"
    init = CommandLine()("init", str(root), "--sample", "penguins")
    first_run = CommandLine(root)("run", "penguins", "--json")
    return Trained(root, init, first_run)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty workspace."""
    create_workspace(tmp_path / "W").close()
    return tmp_path / "W"


@pytest.fixture
def studio_at(root: Path) -> Iterator[CommandLine]:
    """The command line on an empty workspace; what still runs is cancelled after."""
    yield CommandLine(root)
    studio = open_workspace(root)
    for each in studio.runs.list():
        if not each.state.ended:
            studio.runs.cancel(each.id)
            studio.runs.wait(each.id, timeout_seconds=20)
    studio.endpoints.stop_all()
    studio.close()


Inside = Callable[..., Answer]


@pytest.fixture
def inside(capfdbinary: pytest.CaptureFixture[bytes]) -> Inside:
    """Calls the command line within this process: the same code, a second faster."""

    def call(*arguments: str, window: Any = None) -> Answer:
        capfdbinary.readouterr()
        code = run(arguments, window)
        captured = capfdbinary.readouterr()
        return Answer(code, captured.out.decode(), captured.err.decode())

    return call
