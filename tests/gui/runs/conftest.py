"""One workspace with real runs, made once for all tests that only look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from workspaces import run_to_end

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow
    from studio.gui.runs.page import RunsPage
    from studio.services.tables.service import TableService

SECONDS = 30_000


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TableService]:
    """The reader of tables, shared by the tests of a file."""
    from studio.services.tables.service import TableService
    from studio.storage.profiles import ProfileStore

    service = TableService(ProfileStore(tmp_path_factory.mktemp("profiles")))
    yield service
    service.close()


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """The sample, run twice, and once broken so that its step `train` fails."""
    from studio.bootstrap import create_workspace
    from studio.domain.node import Value
    from studio.services.samples import get_sample

    root = tmp_path_factory.mktemp("ran") / "birds"
    studio = create_workspace(root, get_sample("penguins"))
    assert run_to_end(studio, "penguins").state.value == "SUCCEEDED"
    run_to_end(studio, "penguins", experiment="again")
    broken = studio.pipelines.clone("penguins", "broken")
    studio.pipelines.save(broken.bind("train", "target", Value("specie")))
    assert run_to_end(studio, "broken").state.value == "FAILED"
    yield studio
    studio.close()


@pytest.fixture
def page_on(
    qtbot: QtBot, window_on: Callable[..., MainWindow]
) -> Callable[[Studio], RunsPage]:
    """The Runs page over a workspace, its list loaded."""
    from studio.gui.runs.page import RunsPage

    def make(studio: Studio) -> RunsPage:
        page = window_on(studio, "runs").page
        assert isinstance(page, RunsPage)
        qtbot.waitUntil(lambda: page.details.run is not None, timeout=SECONDS)
        return page

    return make


@pytest.fixture
def page(page_on: Callable[[Studio], RunsPage], ran: Studio) -> RunsPage:
    return page_on(ran)
