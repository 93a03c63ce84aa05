"""A model packaged from the window: into a folder, and refused without an engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pages_hand import click_row, keys, unnamed
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit

from studio.domain.environment import Declaration
from studio.gui.models.package_dialog import PackageDialog
from studio.gui.models.package_form import FOLDER
from tests.local_index import LocalIndex

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.models.page import ModelsPage

SECONDS = 60_000


@pytest.fixture(autouse=True)
def no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")


@pytest.fixture
def dialog(page: ModelsPage, qtbot: QtBot) -> PackageDialog:
    """What the verb opens for churn:1, once it knows of the engine."""
    click_row(page.table, keys(page.table).index("churn:1"))
    qtbot.waitUntil(lambda: page.details.reference == "churn:1", timeout=SECONDS)
    page.services.actions.refresh()
    page.services.actions.get("models.package").trigger()
    opened = page.packages.dialog
    assert opened is not None
    qtbot.waitUntil(lambda: bool(opened.form.engine.text), timeout=SECONDS)
    qtbot.waitUntil(lambda: "Looking" not in opened.form.engine.text, timeout=SECONDS)
    return opened


@pytest.fixture
def serving(
    models: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """serving:1, an environment with all that the server needs."""
    index = LocalIndex()
    index.wheel("httptools", "0.7")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    with index.served() as url:
        monkeypatch.setenv("UV_DEFAULT_INDEX", url)
        models.environments.create("serving", Declaration("pip", "httptools\n"))
        yield


def test_that_a_model_is_packaged_into_a_folder_by_keys_alone(
    serving: None,
    dialog: PackageDialog,
    page: ModelsPage,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    form = dialog.form.form
    kind, box = form.field("kind").input, form.field("environment").input
    assert isinstance(kind, QComboBox) and isinstance(box, QComboBox)
    qtbot.waitUntil(lambda: box.findText("serving:1") >= 0, timeout=SECONDS)
    QTest.keyClicks(kind, FOLDER)
    QTest.keyClicks(box, "serving:1")
    line = form.field("parent").input
    assert isinstance(line, QLineEdit) and line.isVisible()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert "Choose a folder" in form.field("parent").error
    QTest.keyClicks(line, str(tmp_path))
    QTest.keyClick(line, Qt.Key.Key_Return)
    shown = page.packages.shown
    assert shown is not None
    qtbot.waitUntil(lambda: not shown.work.goes_on, timeout=SECONDS)
    made = tmp_path / "churn-1-server"
    assert str(made) in shown.banner.text, shown.log.text()
    assert shown.open_folder.isVisible() and not shown.next.isVisible()
    assert "httptools==0.7" in (made / "requirements.lock").read_text()
    assert (made / "serve.sh").is_file()
    assert "Looking up churn:1" in shown.log.text()
    assert unnamed(shown) == []
    shown.accept()
    assert not page.works_panel.isVisible()


def test_that_what_failed_is_asked_again_with_the_same_settings_and_a_script_goes_alone(
    serving: None,
    dialog: PackageDialog,
    page: ModelsPage,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    beside = tmp_path / "scripts"
    beside.mkdir()
    (beside / "secret.txt").write_text("not for others")
    (beside / "score.py").write_text("def init(): ...\ndef run(raw): return raw\n")
    form = dialog.form.form
    form.set_values(
        {
            "kind": FOLDER,
            "parent": str(tmp_path),
            "script": str(beside / "score.py"),
            "others": "no line of this kind",
        }
    )
    dialog.package()
    assert "doesn't say which packages" in form.field("environment").error
    form.set_values({"environment": "serving:1"})
    dialog.package()
    assert "isn't NAME=VALUE" in form.field("others").error
    assert form.field("others").isVisible()
    form.set_values({"others": "more=nobody:7"})
    dialog.package()
    failed = page.packages.shown
    assert failed is not None
    qtbot.waitUntil(failed.change.isVisible, timeout=SECONDS)
    assert "nobody" in failed.banner.text
    assert page.works_panel.rows
    failed.change.click()
    again = page.packages.dialog
    assert again is not None and not page.works_panel.rows
    assert again.form.form.values()["environment"] == "serving:1"
    again.form.form.set_values({"others": ""})
    again.package()
    shown = page.packages.shown
    assert shown is not None
    qtbot.waitUntil(shown.open_folder.isVisible, timeout=SECONDS)
    code = tmp_path / "churn-1-server" / "code"
    assert [each.name for each in code.iterdir()] == ["score.py"]


def test_that_an_image_is_refused_without_an_engine_with_how_to_start_one(
    dialog: PackageDialog, page: ModelsPage
) -> None:
    assert not dialog.go.isEnabled() and "folder" in dialog.go.toolTip()
    told = dialog.form.engine.accessibleName()
    assert "Docker" in told and "tart" in told
    dialog.package()
    assert page.packages.shown is None and page.packages.dialog is dialog
    QTest.keyClicks(dialog.form.form.field("kind").input, FOLDER)
    assert dialog.go.isEnabled() and not dialog.form.engine.isVisible()
