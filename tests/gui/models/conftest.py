"""A registry with a few models, and the page over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow
    from studio.gui.models.page import ModelsPage

SECONDS = 20_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A model file of someone else's."""
    path = tmp_path / "churn v2.onnx"
    path.write_bytes(b"weights" * 100)
    return path


@pytest.fixture
def models(studio: Studio, file: Path) -> Studio:
    """churn:1 (prod), churn:2 (shadow), mlp:1, and old:1, which is archived."""
    growth = {"team": "growth"}
    studio.models.register("churn", file, tags={"stage": "prod", **growth})
    studio.models.register("churn", file, tags={"stage": "shadow", **growth})
    studio.models.register("mlp", file, tags={"owner": "Data team"})
    studio.models.register("old", file)
    studio.models.archive("old:1")
    return studio


@pytest.fixture
def page_on(
    qtbot: QtBot, window_on: Callable[..., MainWindow]
) -> Callable[[Studio], ModelsPage]:
    """The Models page over a workspace, its first version chosen."""
    from studio.gui.models.page import ModelsPage

    def make(studio: Studio) -> ModelsPage:
        page = window_on(studio, "models").page
        assert isinstance(page, ModelsPage)
        qtbot.waitUntil(lambda: page.details.reference != "", timeout=SECONDS)
        return page

    return make


@pytest.fixture
def page(page_on: Callable[[Studio], ModelsPage], models: Studio) -> ModelsPage:
    return page_on(models)
