"""The section Packages of the settings, against a real index behind TLS."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from studio.gui.package_settings.dialog import PackageSettingsDialog
from studio.gui.tasks import Tasks
from studio.services.environments.package_settings import PackageSettingsService
from tests.company_network import Authority, authority, served
from tests.local_index import LocalIndex

SECONDS = 20_000


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def dialog(
    qtbot: QtBot, tasks: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PackageSettingsDialog]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in [n for n in os.environ if n.startswith("PIP_") and "CONFIG" not in n]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    window = QWidget()
    window.resize(1200, 900)
    qtbot.addWidget(window)
    made = PackageSettingsDialog(PackageSettingsService(), tasks, window)
    made.open()
    qtbot.waitUntil(made.save.isEnabled, timeout=SECONDS)
    yield made


def told(dialog: PackageSettingsDialog) -> str:
    return " ".join(each.text for each in dialog.trying.banners)


def write(dialog: PackageSettingsDialog, **values: str) -> None:
    dialog.form.set_values(values)


def answer_of(qtbot: QtBot, dialog: PackageSettingsDialog) -> str:
    dialog.test.click()
    qtbot.waitUntil(lambda: not dialog.trying.busy, timeout=SECONDS)
    return told(dialog)


def test_that_an_index_is_tried_before_it_is_saved(
    qtbot: QtBot, dialog: PackageSettingsDialog, known: Authority, tmp_path: Path
) -> None:
    index = LocalIndex()
    index.wheel("pip", "99.0")
    file = PackageSettingsService().path
    with served(index, known.tls) as url:
        write(dialog, index=url)
        assert "certificate that isn't trusted here" in answer_of(qtbot, dialog)
        write(dialog, certificates=str(known.certificates))
        assert "It answers" in answer_of(qtbot, dialog)
    assert not file.exists()
    with qtbot.waitSignal(dialog.saved, timeout=SECONDS):
        dialog.save.click()
    assert json.loads(file.read_text())["index"] == url


def test_that_a_test_can_be_cancelled(
    qtbot: QtBot, dialog: PackageSettingsDialog, known: Authority
) -> None:
    import threading

    index = LocalIndex(hold=threading.Event())
    with served(index) as url:
        write(dialog, index=url)
        dialog.test.click()
        qtbot.waitUntil(lambda: bool(index.asked), timeout=SECONDS)
        dialog.trying.cancel()
        qtbot.waitUntil(lambda: not dialog.trying.busy, timeout=SECONDS)
        index.hold.set() if index.hold else None
    assert "cancelled" in told(dialog)
    assert dialog.test.isEnabled()


def test_that_what_is_wrong_is_said_and_the_dialog_stays(
    qtbot: QtBot, dialog: PackageSettingsDialog
) -> None:
    write(dialog, index="https://me:hidden@packages.example/simple")
    dialog.save.click()
    qtbot.waitUntil(lambda: "holds a user or password" in told(dialog), timeout=SECONDS)
    assert dialog.isVisible()
    assert not PackageSettingsService().path.exists()


def test_that_a_password_without_a_keyring_is_kept_nowhere(
    qtbot: QtBot, dialog: PackageSettingsDialog
) -> None:
    logins = dialog.logins
    logins.server.setText("https://packages.example/simple")
    logins.password.setText("hidden")
    assert logins.password.echoMode() is QLineEdit.EchoMode.Password
    logins.keep.click()
    assert logins.password.text() == ""
    qtbot.waitUntil(lambda: "No system keyring" in logins.banner.text, timeout=SECONDS)
    assert not PackageSettingsService().path.exists()
