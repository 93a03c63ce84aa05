"""A few environments over a package index of the test's own, and the page over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.domain.environment import Declaration
from tests.local_index import LocalIndex

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.environments.page import EnvironmentsPage
    from studio.gui.main_window import MainWindow

SECONDS = 60_000


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalIndex]:
    """The only packages there are."""
    made = LocalIndex()
    made.wheel("alpha", "1.0", ["gamma"])
    made.wheel("alpha", "2.0", ["gamma"])
    made.wheel("beta", "1.0", ["alpha<2"])
    made.wheel("gamma", "1.0")
    with made.served() as url:
        monkeypatch.setenv("UV_DEFAULT_INDEX", url)
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
        for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS", "UV_INDEX"):
            monkeypatch.delenv(name, raising=False)
        yield made


@pytest.fixture
def letters(index: LocalIndex, studio: Studio) -> Studio:
    """letters:1 (locked) and 2, numbers:1 of conda, base:1 (image), old:1, archived."""
    create = studio.environments.create
    create("old", Declaration("pip", "alpha\n"))
    studio.environments.archive("old:1")
    create("base", Declaration("image", image="base:1"), tags={"owner": "platform"})
    conda = "dependencies:\n  - python=3.11\n  - zlib\n"
    create("numbers", Declaration("conda", conda), tags={"stage": "dev"})
    create("letters", Declaration("pip", "alpha<2\n", python="3.11"))
    studio.environments.lock("letters:1")
    create(
        "letters",
        Declaration("pip", "# newer\nalpha\nbeta\n", python="3.11"),
        description="For reading",
        tags={"stage": "prod"},
    )
    return studio


@pytest.fixture
def page_on(
    qtbot: QtBot, window_on: Callable[..., MainWindow], index: LocalIndex
) -> Callable[[Studio], EnvironmentsPage]:
    from studio.gui.environments.page import EnvironmentsPage

    def make(studio: Studio) -> EnvironmentsPage:
        page = window_on(studio, "environments").page
        assert isinstance(page, EnvironmentsPage)
        return page

    return make


@pytest.fixture
def page(
    page_on: Callable[[Studio], EnvironmentsPage], letters: Studio, qtbot: QtBot
) -> EnvironmentsPage:
    """The page, its newest environment chosen: letters:2."""
    made = page_on(letters)
    qtbot.waitUntil(lambda: made.details.reference == "letters:2", timeout=SECONDS)
    return made
