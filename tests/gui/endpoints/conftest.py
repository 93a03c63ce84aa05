"""A real window over a real workspace; whatever is deployed is stopped at the end."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow
    from studio.gui.theme.theme import Theme


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)


@pytest.fixture
def theme(qapp: object) -> Theme:
    from PySide6.QtWidgets import QApplication

    from studio.gui.theme.theme import Theme

    assert isinstance(qapp, QApplication)
    return Theme.install(qapp, "light", contrast=False, text_ratio=1.0)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    from studio.bootstrap import create_workspace

    made = create_workspace(tmp_path / "irises")
    yield made
    made.endpoints.stop_all()
    made.close()


@pytest.fixture
def window(
    qtbot: QtBot, theme: Theme, studio: Studio, tmp_path: Path
) -> Iterator[MainWindow]:
    from studio.gui.main_window import MainWindow
    from studio.gui.settings import Settings
    from studio.gui.tasks import Tasks

    tasks = Tasks()
    made = MainWindow(tasks, Settings(tmp_path / "window.ini"), theme)
    failures: list[BaseException] = []
    tasks.on_failure = failures.append
    qtbot.addWidget(made, before_close_func=lambda shown: shown.leaving.close_now())
    made.resize(1440, 900)
    made.show()
    made.open(studio, "endpoints")
    yield made
    tasks.close()
    assert not failures, failures


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A linear model of two columns: y = 2 a + b."""
    import pandas
    from sklearn.linear_model import LinearRegression

    rows = pandas.DataFrame({"a": [1.0, 2.0, 3.0, 5.0], "b": [0.0, 1.0, 5.0, 2.0]})
    fitted = LinearRegression().fit(rows, 2 * rows["a"] + rows["b"])
    file = tmp_path_factory.mktemp("model") / "model.pkl"
    file.write_bytes(pickle.dumps(fitted))
    return file


@pytest.fixture
def model(studio: Studio, model_file: Path) -> str:
    """A registered model that wasn't trained here."""
    return studio.models.register("double", model_file).reference
