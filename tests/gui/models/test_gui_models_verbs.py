"""What a person does with models: edit, register, archive, verify, delete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pages_hand import click_row, keys, press, type_into
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.domain.endpoint import DeploymentSpec
from studio.domain.errors import InvalidError
from studio.gui.errors import ErrorDialog
from studio.gui.models.register_dialog import suggested_name, tags_from
from studio.gui.widgets.toast import Toast

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.models.page import ModelsPage

SECONDS = 20_000


@pytest.fixture
def chosen(page: ModelsPage, qtbot: QtBot) -> ModelsPage:
    """The page with churn:1 chosen."""
    click_row(page.table, keys(page.table).index("churn:1"))
    qtbot.waitUntil(lambda: page.details.reference == "churn:1", timeout=SECONDS)
    return page


def undo(page: ModelsPage, qtbot: QtBot) -> None:
    """Press Undo in the newest toast."""
    qtbot.waitUntil(lambda: bool(toasts(page)), timeout=SECONDS)
    press(toasts(page)[-1], "Undo")


def toasts(page: ModelsPage) -> list[Toast]:
    return page.window().toasts.shown


def test_that_a_tag_is_added_by_typing_it_and_undone_from_the_toast(
    chosen: ModelsPage, qtbot: QtBot, models: Studio
) -> None:
    type_into(chosen.details.tags.edit, "stage=canary")
    qtbot.waitUntil(
        lambda: "stage=canary" in chosen.details.tags.words, timeout=SECONDS
    )
    assert models.models.get("churn:1").tags["stage"] == "canary"
    assert chosen.details.tags.edit.text() == ""
    undo(chosen, qtbot)
    qtbot.waitUntil(lambda: "stage=prod" in chosen.details.tags.words, timeout=SECONDS)


def test_that_a_tag_is_removed_by_its_cross_and_comes_back_with_undo(
    chosen: ModelsPage, qtbot: QtBot, models: Studio
) -> None:
    press(chosen.details.tags, "Remove tag team=growth")
    qtbot.waitUntil(
        lambda: chosen.details.tags.words == ["stage=prod"], timeout=SECONDS
    )
    assert "team" not in models.models.get("churn:1").tags
    undo(chosen, qtbot)
    qtbot.waitUntil(lambda: len(chosen.details.tags.words) == 2, timeout=SECONDS)


def test_that_a_wrong_tag_is_explained_where_it_was_typed(
    chosen: ModelsPage, qtbot: QtBot
) -> None:
    type_into(chosen.details.tags.edit, "no tag at all")
    qtbot.waitUntil(lambda: chosen.details.tags.error != "", timeout=SECONDS)
    assert "Tag=Value" in chosen.details.tags.error
    assert chosen.details.tags.edit.text() == "no tag at all"


def test_that_an_alias_moves_to_this_version_and_back_with_undo(
    chosen: ModelsPage, qtbot: QtBot, models: Studio
) -> None:
    models.models.alias("churn:2", "production")
    type_into(chosen.details.aliases.edit, "production")
    qtbot.waitUntil(
        lambda: chosen.details.aliases.words == ["production"], timeout=SECONDS
    )
    assert models.models.get("churn@production").version == 1
    undo(chosen, qtbot)
    qtbot.waitUntil(lambda: chosen.details.aliases.words == [], timeout=SECONDS)
    assert models.models.get("churn@production").version == 2


def test_that_the_description_is_kept_even_if_another_version_is_chosen_at_once(
    chosen: ModelsPage, qtbot: QtBot, models: Studio
) -> None:
    QTest.keyClicks(chosen.details.description, "Who leaves")
    click_row(chosen.table, keys(chosen.table).index("churn:2"))
    qtbot.waitUntil(lambda: chosen.details.reference == "churn:2", timeout=SECONDS)
    qtbot.waitUntil(
        lambda: models.models.get("churn:1").description == "Who leaves",
        timeout=SECONDS,
    )
    assert models.models.get("churn:2").description == ""
    assert chosen.details.description.toPlainText() == ""


def test_that_archiving_can_be_undone_from_the_toast(
    chosen: ModelsPage, qtbot: QtBot, models: Studio
) -> None:
    press(chosen.window(), "Archive")
    qtbot.waitUntil(lambda: "churn:1" not in keys(chosen.table), timeout=SECONDS)
    assert models.models.get("churn:1").archived
    undo(chosen, qtbot)
    qtbot.waitUntil(lambda: "churn:1" in keys(chosen.table), timeout=SECONDS)


def test_that_deleting_asks_first(
    chosen: ModelsPage, qtbot: QtBot, models: Studio
) -> None:
    press(chosen.window(), "Delete model…")
    press(chosen.commands.question, "Keep model")
    assert models.models.get("churn:1")
    press(chosen.window(), "Delete model…")
    press(chosen.commands.question, "Delete model")
    qtbot.waitUntil(lambda: "churn:1" not in keys(chosen.table), timeout=SECONDS)


def test_that_a_deployed_version_is_not_deleted_and_leads_to_its_endpoint(
    chosen: ModelsPage, qtbot: QtBot, models: Studio
) -> None:
    write_deployment(models, "churn:1")
    qtbot.waitUntil(lambda: bool(chosen.details.lists["uses"].facts), timeout=SECONDS)
    assert chosen.current.status.word == "Deployed"
    press(chosen.window(), "Delete model…")
    asked = chosen.commands.question
    press(asked, "Delete model")
    qtbot.waitUntil(lambda: chosen.commands.question is not asked, timeout=SECONDS)
    assert "live/blue" in chosen.commands.question.title
    press(chosen.commands.question, "Show endpoint")
    assert chosen.window().page.targets == [{"endpoint": "live"}]
    assert models.models.get("churn:1")


def test_that_a_dropped_file_opens_the_dialog_and_is_registered(
    page: ModelsPage, qtbot: QtBot, models: Studio, file: Path
) -> None:
    drop(page, file)
    dialog = page.commands.dialog
    assert dialog.form.values()["path"] == str(file)
    assert dialog.form.values()["name"] == "churn-v2"
    type_into(dialog.form.field("tags").input, "stage=dev", enter=False)
    press(dialog, "Register")
    qtbot.waitUntil(lambda: page.details.reference == "churn-v2:1", timeout=SECONDS)
    assert dict(models.models.get("churn-v2").tags) == {"stage": "dev"}


def test_that_a_dropped_folder_with_mlmodel_becomes_an_mlflow_model(
    page: ModelsPage, qtbot: QtBot, models: Studio, tmp_path: Path
) -> None:
    folder = tmp_path / "forest"
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors:\n  python_function: {}\n")
    drop(page, folder)
    press(page.commands.dialog, "Register")
    qtbot.waitUntil(lambda: page.details.reference == "forest:1", timeout=SECONDS)
    assert models.models.get("forest").type == "mlflow_model"


def test_that_the_dialog_explains_what_is_wrong_and_stays_open(
    page: ModelsPage, qtbot: QtBot
) -> None:
    page.services.actions.get("models.register").trigger()
    dialog = page.commands.dialog
    type_into(dialog.form.field("path").input, "/there/is/nothing.onnx", enter=False)
    dialog.form.flush()
    type_into(dialog.form.field("tags").input, "not a tag", enter=False)
    press(dialog, "Register")
    assert "isn't a tag" in dialog.form.field("tags").error
    dialog.form.field("tags").input.clear()
    press(dialog, "Register")
    qtbot.waitUntil(lambda: dialog.banner.isVisible(), timeout=SECONDS)
    assert "There is nothing at" in dialog.banner.text
    assert dialog.go.isEnabled()


def test_that_a_taken_name_is_announced_before_it_gets_a_new_version(
    page: ModelsPage, qtbot: QtBot, file: Path
) -> None:
    page.commands.register(file)
    dialog = page.commands.dialog
    name = dialog.form.field("name").input
    name.clear()
    type_into(name, "churn", enter=False)
    qtbot.waitUntil(
        lambda: dialog.next_version.text() == "churn has version 2 already",
        timeout=SECONDS,
    )


def test_that_a_version_is_downloaded_whole(
    chosen: ModelsPage, qtbot: QtBot, tmp_path: Path, file: Path
) -> None:
    chosen.commands.download_to(tmp_path / "out")
    there = tmp_path / "out" / "churn-1" / file.name
    qtbot.waitUntil(lambda: bool(toasts(chosen)), timeout=SECONDS)
    assert there.read_bytes() == file.read_bytes()


def test_that_verifying_finds_a_file_that_was_changed_behind_our_back(
    chosen: ModelsPage, qtbot: QtBot, models: Studio
) -> None:
    verify = chosen.services.actions.get("models.verify")
    verify.trigger()
    qtbot.waitUntil(lambda: bool(toasts(chosen)), timeout=SECONDS)
    assert "as they were registered" in toasts(chosen)[-1].text
    path = models.models.path("churn:1")
    path.chmod(0o644)
    path.write_bytes(b"something else")
    verify.trigger()
    qtbot.waitUntil(lambda: bool(error_dialogs()), timeout=SECONDS)
    assert "no longer has the content" in error_dialogs()[0].title


def test_that_names_are_suggested_from_files(tmp_path: Path) -> None:
    (tmp_path / "my forest").mkdir()
    assert suggested_name(tmp_path / "my forest") == "my-forest"
    assert suggested_name(Path("a/churn_v2.final.onnx")) == "churn-v2-final"
    assert suggested_name(Path("penguins/model.pkl")) == "penguins"


def test_that_several_tags_are_read_from_one_line() -> None:
    assert tags_from('stage=dev, owner="Data team"') == {
        "stage": "dev",
        "owner": "Data team",
    }
    assert tags_from("") == {}
    with pytest.raises(InvalidError):
        tags_from("accuracy>0.9")


def drop(page: ModelsPage, path: Path) -> None:
    """Drop a file onto the page, as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, left, none)
    QApplication.sendEvent(page, enter)
    assert enter.isAccepted()
    dropped = QDropEvent(QPointF(50, 50), copy, data, left, none)
    QApplication.sendEvent(page, dropped)


def error_dialogs() -> list[ErrorDialog]:
    found = QApplication.topLevelWidgets()
    return [
        each for each in found if isinstance(each, ErrorDialog) and each.isVisible()
    ]


def write_deployment(studio: Studio, reference: str) -> None:
    """A deployment that the database knows of; nothing is started."""
    from studio.storage.endpoints import EndpointRepository

    repository = EndpointRepository(studio.database)
    repository.create("live", "", {}, ("a" * 64, "b" * 64))
    spec = DeploymentSpec("live", "blue", reference)
    repository.save_deployment(spec, studio.models.get(reference))
