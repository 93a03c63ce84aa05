"""A model is deployed, tried, stopped and deleted, by mouse and keyboard alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QDialog,
    QLineEdit,
    QPushButton,
    QWidget,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.endpoints.page import EndpointsPage
    from studio.gui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
START_MS = 60_000
W = TypeVar("W", bound=QWidget)
REQUEST = {"input_data": {"columns": ["a", "b"], "data": [[1.0, 3.0], [2.0, 0.0]]}}


def page_of(window: MainWindow, qtbot: QtBot) -> EndpointsPage:
    from studio.gui.endpoints.page import EndpointsPage

    qtbot.waitUntil(lambda: isinstance(window.page, EndpointsPage))
    page = window.page
    assert isinstance(page, EndpointsPage)
    qtbot.waitUntil(lambda: page.caption != "Reading…")
    return page


def named(root: QWidget, words: str, kind: type[W] = QPushButton) -> W:  # type: ignore[assignment]
    """The visible widget with a text or an accessible name."""
    for found in root.findChildren(kind):
        text = found.text() if isinstance(found, QAbstractButton) else ""
        if found.isVisible() and words in (text, found.accessibleName()):
            return found
    raise AssertionError(f"Nothing visible is called “{words}”")


def press(root: QWidget, words: str) -> None:
    button = named(root, words, QAbstractButton)  # type: ignore[type-abstract]
    assert button.isEnabled(), f"“{words}” can't be pressed"
    at = QPoint(10, button.height() // 2) if isinstance(button, QCheckBox) else QPoint()
    QTest.mouseClick(button, LEFT, pos=at)


def dialog_of(window: MainWindow, qtbot: QtBot, kind: type[QDialog]) -> QDialog:
    def shown() -> list[QDialog]:
        return [found for found in window.findChildren(kind) if found.isVisible()]

    qtbot.waitUntil(lambda: bool(shown()))
    return shown()[0]


def opened(window: MainWindow, qtbot: QtBot) -> Any:
    from studio.gui.endpoints.deploy_dialog import DeployDialog

    dialog = dialog_of(window, qtbot, DeployDialog)
    assert isinstance(dialog, DeployDialog)
    qtbot.waitUntil(lambda: dialog.form.chooser.current() is not None)
    return dialog


def deployed(window: MainWindow, qtbot: QtBot, reference: str) -> EndpointsPage:
    """The page with a model deployed through its dialog."""
    page = page_of(window, qtbot)
    window.open_page("endpoints", deploy=reference)
    dialog = opened(window, qtbot)
    press(dialog, "I trust where this model comes from")
    press(dialog, "Deploy")
    qtbot.waitUntil(lambda: bool(dialog.test.isVisible()), timeout=START_MS)
    press(dialog, "Send a request")
    qtbot.waitUntil(lambda: page.current is not None and page.details.tab == "test")
    return page


def write(page: EndpointsPage, text: str) -> None:
    edit = page.details.console.request.edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def send(page: EndpointsPage, qtbot: QtBot) -> str:
    console = page.details.console
    before = console.answer.history.rows_model.rowCount()
    qtbot.waitUntil(console.request.send.isEnabled)
    press(page, "Send")
    qtbot.waitUntil(lambda: console.answer.history.rows_model.rowCount() > before)
    return str(console.answer.chip.text)


def test_that_an_empty_page_leads_to_the_deploy_dialog(
    window: MainWindow, qtbot: QtBot, model: str
) -> None:
    page = page_of(window, qtbot)
    press(page, "Deploy a model")
    dialog = opened(window, qtbot)
    assert dialog.form.chooser.current().reference == model
    assert dialog.form.form.values()["endpoint"] == "double"
    assert dialog.form.form.values()["deployment"] == "blue"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.dialog is None)


def test_that_a_model_from_elsewhere_is_deployed_only_when_it_is_trusted(
    window: MainWindow, qtbot: QtBot, model: str
) -> None:
    page_of(window, qtbot)
    window.open_page("endpoints", deploy=model)
    dialog = opened(window, qtbot)
    assert not dialog.deploy_button.isEnabled()
    press(dialog, "I trust where this model comes from")
    assert dialog.deploy_button.isEnabled()


def test_that_a_deployed_model_answers_and_is_stopped_started_and_deleted(
    window: MainWindow, qtbot: QtBot, studio: Studio, model: str
) -> None:
    from studio.gui.dialogs import Question

    page = deployed(window, qtbot, model)
    write(page, json.dumps(REQUEST))
    assert send(page, qtbot) == "200 OK"
    answer = json.loads(page.details.console.answer.body.text())
    assert [round(value, 6) for value in answer["predictions"]] == [5.0, 4.0]
    line = page.table.current()
    assert line is not None
    assert line.milliseconds is not None
    assert line.look.word == "Serving"

    write(page, '{"input_data": {"columns": ["a"], "data": [[1.0]]}}')
    assert send(page, qtbot).startswith("400")
    assert "b" in page.details.console.answer.body.text()

    press(page.details, "Stop endpoint double")
    qtbot.waitUntil(lambda: state_of(page) == "Stopped", timeout=30_000)
    assert not page.details.console.request.send.isEnabled()
    press(page.details, "Start endpoint double")
    qtbot.waitUntil(lambda: state_of(page) == "Serving", timeout=START_MS)

    press(page.details, "Delete endpoint double")
    press(dialog_of(window, qtbot, Question), "Delete endpoint")
    qtbot.waitUntil(lambda: not page.endpoints, timeout=30_000)
    assert named(page, "Deploy a model").isVisible()
    assert studio.endpoints.list() == ()


def test_that_copied_python_with_the_key_gets_the_same_answer(
    window: MainWindow, qtbot: QtBot, model: str
) -> None:
    page = deployed(window, qtbot, model)
    write(page, json.dumps({**REQUEST, "params": {"probabilities": False}}))
    menu = page.details.console.answer.copy_menu
    with_key = next(a for a in menu.actions() if a.text() == "Python, with the key")
    qtbot.waitUntil(with_key.isEnabled)
    with_key.trigger()
    program = QGuiApplication.clipboard().text()
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30
    )
    assert "predictions" in ran.stdout, ran.stderr


def test_that_keys_are_masked_until_shown_and_a_new_one_is_another(
    window: MainWindow, qtbot: QtBot, studio: Studio, model: str
) -> None:
    from studio.gui.dialogs import Question

    page = deployed(window, qtbot, model)
    page.details.show_tab("consume")
    key = studio.endpoints.key("double")
    assert key
    box = named(page, "Primary key", QLineEdit)
    qtbot.waitUntil(lambda: box.text().endswith(key[-4:]))
    assert key not in box.text()
    press(page, "Show the primary key")
    assert box.text() == key
    press(page, "Regenerate the primary key")
    press(dialog_of(window, qtbot, Question), "Regenerate key")
    qtbot.waitUntil(lambda: studio.endpoints.key("double") != key)
    qtbot.waitUntil(lambda: not box.text().endswith(key[-4:]))
    assert "Bearer" not in page.details.console.answer.headers.text()


def test_that_a_model_that_cannot_be_loaded_says_why_with_its_log(
    window: MainWindow, qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.pkl"
    broken.write_bytes(b"\x80\x04 this is no pickle")
    reference = studio.models.register("broken", broken).reference
    page = page_of(window, qtbot)
    window.open_page("endpoints", deploy=reference)
    dialog = opened(window, qtbot)
    press(dialog, "I trust where this model comes from")
    press(dialog, "Deploy")
    qtbot.waitUntil(lambda: bool(dialog.back.isVisible()), timeout=START_MS)
    assert dialog.progress.banner.text
    qtbot.waitUntil(lambda: bool(dialog.progress.log.text().strip()))
    press(dialog, "Close")
    qtbot.waitUntil(lambda: state_of(page) == "Failed")
    qtbot.waitUntil(lambda: "broken" not in page.details.deployments.cards)
    card = page.details.deployments.cards["blue"]
    assert not card.banner.isHidden()
    press(card, "Show the log of blue")
    qtbot.waitUntil(lambda: "Error" in page.details.logs.view.text())


def test_that_a_new_version_replaces_the_old_one_under_the_same_name(
    window: MainWindow, qtbot: QtBot, studio: Studio, model: str, model_file: Path
) -> None:
    page = deployed(window, qtbot, model)
    second = studio.models.register("double", model_file).reference
    window.open_page("endpoints", deploy=second)
    dialog = opened(window, qtbot)
    qtbot.waitUntil(lambda: dialog.form.chooser.current().reference == second)
    assert dialog.form.form.values()["deployment"] == "green"
    field = dialog.form.form.field("deployment")
    field.input.selectAll()
    QTest.keyClicks(field.input, "blue")
    assert "Replaces blue" in dialog.form.note.text()
    press(dialog, "I trust where this model comes from")
    press(dialog, "Deploy")
    qtbot.waitUntil(lambda: bool(dialog.test.isVisible()), timeout=START_MS)
    found = studio.endpoints.get("double").deployment("blue")
    assert found is not None
    assert found.model == second
    press(dialog, "Close")
    qtbot.waitUntil(lambda: page.table.current().model == second)  # type: ignore[union-attr]


def test_that_every_control_of_the_page_has_a_name(
    window: MainWindow, qtbot: QtBot, model: str
) -> None:
    page = page_of(window, qtbot)
    window.open_page("endpoints", deploy=model)
    dialog = opened(window, qtbot)
    nameless = [
        f"{type(found).__name__} in {type(found.parent()).__name__}"
        for root in (page, dialog)
        for found in root.findChildren(QAbstractButton)
        if not (found.text() or found.accessibleName())
        and not found.objectName().startswith("qt_")
        and type(found.parent()).__name__ not in ("QTableView", "DataTable")
        and not isinstance(found.parent(), QLineEdit)
    ]
    assert not [one for one in nameless if "QTabBar" not in one]


def test_that_the_page_s_verbs_are_in_the_palette(
    window: MainWindow, qtbot: QtBot
) -> None:
    page_of(window, qtbot)
    ids = {record.id for record in window.registry.records()}
    assert {"endpoints.deploy", "endpoints.send", "endpoints.stop"} <= ids


def state_of(page: EndpointsPage) -> str:
    line = page.table.current()
    return line.look.word if line is not None else ""


def test_that_ctrl_enter_sends_wherever_the_focus_is_in_the_endpoint(
    window: MainWindow, qtbot: QtBot, model: str
) -> None:
    page = deployed(window, qtbot, model)
    write(page, json.dumps(REQUEST))
    console = page.details.console
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.waitUntil(console.request.send.isEnabled)
    for place in (console.request.edit, page.details.tabs.tabBar()):
        before = console.answer.history.rows_model.rowCount()
        place.setFocus()
        QTest.keyClick(place, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        rows = console.answer.history.rows_model
        qtbot.waitUntil(lambda rows=rows, n=before: rows.rowCount() > n, timeout=30_000)
