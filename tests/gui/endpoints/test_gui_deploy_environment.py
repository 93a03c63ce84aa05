"""The environment that a model is deployed in, chosen in the dialog."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QComboBox, QLabel

from studio.domain.endpoint import Deployment, DeploymentSpec, DeploymentState, Phase
from studio.domain.environment import Declaration
from studio.environments.tool import Progress
from tests.local_index import LocalIndex

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow
    from studio.gui.theme.theme import Theme

SECONDS = 60_000


def test_that_an_environment_that_does_not_fit_is_refused_with_what_was_found(
    window: MainWindow,
    studio: Studio,
    model: str,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    from studio.gui.endpoints.deploy_dialog import DeployDialog
    from studio.gui.endpoints.page import EndpointsPage

    index = LocalIndex()
    index.wheel("pandas", "1.0")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    with index.served() as url:
        monkeypatch.setenv("UV_DEFAULT_INDEX", url)
        studio.environments.create("bare", Declaration("pip", "pandas\n"))
        studio.environments.create("made", Declaration("image", image="made:1"))
        window.open_page("endpoints", deploy=model)
        page = window.page
        assert isinstance(page, EndpointsPage)
        qtbot.waitUntil(lambda: isinstance(page.dialog, DeployDialog))
        dialog = page.dialog
        assert isinstance(dialog, DeployDialog)
        qtbot.waitUntil(lambda: dialog.form.chooser.current() is not None)
        dialog.form.trust.click()
        form = dialog.form.form
        box = form.field("environment").input
        assert isinstance(box, QComboBox)
        qtbot.waitUntil(lambda: box.findText("bare:1") >= 0)
        assert box.findText("made:1") < 0  # an image is no process
        form.set_values({"environment": "bare:1"})
        dialog.deploy_button.click()
        qtbot.waitUntil(dialog.back.isVisible, timeout=SECONDS)
    told = dialog.progress.banner.text
    assert "doesn't run in bare:1" in told and "scikit-learn" in told
    assert dialog.deploy_button.isHidden() and not dialog.test.isVisible()
    assert not studio.endpoints.list()
    dialog.back.click()
    assert form.values()["environment"] == "bare:1"
    form.set_values({"check_again": True})
    spec = dialog.form.spec()
    assert spec is not None and spec.check_again and spec.environment == "bare:1"


def test_that_a_trial_of_earlier_stands_among_the_phases(
    window: MainWindow, qtbot: QtBot
) -> None:
    from studio.gui.endpoints.deploy_progress import DeployProgress

    shown = DeployProgress()
    qtbot.addWidget(shown)
    shown.begin(DeploymentSpec("e", "blue", model="double:1", environment="bare:1"))
    shown.show_trial(Progress("tried", "double:1 was tried in bare:1"))
    state = DeploymentState.STARTING
    phases = (Phase("import", 0.5),)
    shown.show_deployment(Deployment("e", "blue", "double:1", state, phases=phases))
    assert "double:1 was tried in bare:1" in shown.names()
    assert "double:1 was tried in bare:1" in [
        each.text() for each in shown.findChildren(QLabel)
    ]


def test_that_a_long_line_of_a_build_does_not_widen_the_dialog(
    theme: Theme, qtbot: QtBot
) -> None:
    from studio.gui.endpoints.deploy_progress import DeployProgress

    shown = DeployProgress()
    qtbot.addWidget(shown)
    shown.begin(DeploymentSpec("e", "blue", model="double:1", environment="bare:1"))
    width = shown.minimumSizeHint().width()
    told = "Using Python 3.11 environment at: " + "/a/folder" * 30
    shown.show_trial(Progress("installing", told))
    assert shown.minimumSizeHint().width() <= width
    state = DeploymentState.STARTING
    shown.show_deployment(Deployment("e", "blue", "double:1", state))
    assert shown.names() == ["Build bare:1 and try the model in it"]
