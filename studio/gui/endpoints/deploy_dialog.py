"""Deploy a model: asks what is needed, then shows the start until it serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.endpoint import Deployment, DeploymentSpec, Endpoint
from studio.environments.tool import Progress
from studio.gui.endpoints.deploy_form import DeployForm
from studio.gui.endpoints.deploy_progress import DeployProgress
from studio.gui.endpoints.following import deploy_and_follow, log_tail, succeeded
from studio.gui.tasks import Task, Tasks
from studio.gui.theme import fonts
from studio.gui.widgets.basics import button, column, frame, label, row, wrap_in
from studio.gui.widgets.hints import in_window
from studio.gui.widgets.panel import scrolled

if TYPE_CHECKING:
    from studio.bootstrap import Studio

WIDTH, HEIGHT, PROGRESS_HEIGHT = 560, 620, 340
MARGIN = 24


class DeployDialog(QDialog):
    """`deployed(endpoint)` once it serves, `test_wanted(endpoint)` to send it a
    request. Closing it leaves a start that is under way alone."""

    deployed = Signal(str)
    started = Signal(object)
    test_wanted = Signal(str)

    def __init__(
        self,
        studio: Studio,
        tasks: Tasks,
        endpoints: Sequence[Endpoint],
        parent: QWidget,
        given: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Deploy a model")
        self._studio, self._tasks = studio, tasks
        self._spec: DeploymentSpec | None = None
        self._watching: Task | None = None
        self.form = DeployForm(studio, tasks, endpoints)
        self.progress = DeployProgress()
        self._stack = QStackedWidget()
        self.back = button("Change settings", clicked=self._go_back)
        self.close_button = button("Cancel", clicked=self.reject)
        self.test = button("Send a request", kind="primary", clicked=self._test)
        self.deploy_button = button(
            "Deploy", kind="primary", icon="rocket-launch", clicked=self.deploy
        )
        self.deploy_button.setDefault(True)
        self.form.changed.connect(self._show_ready)
        self._height = min(fonts.scaled(HEIGHT), parent.window().height() - 40)
        self._build()
        self._go_back()
        self.form.start(given or {})
        self.form.chooser.search.setFocus()

    def deploy(self) -> None:
        """Start it, if all that is needed is there."""
        spec = self.form.spec()
        if spec is None:
            return
        self._spec = spec
        self.progress.begin(spec)
        self._show_buttons(trying=bool(spec.environment), watching=True)
        self._stack.setCurrentIndex(1)
        self.resize(self.width(), fonts.scaled(PROGRESS_HEIGHT))
        self._watching = self._tasks.stream(
            partial(deploy_and_follow, self._studio, spec),
            on_item=self._show_start,
            done=self._settled,
            failed=self._refused,
            owner=self,
        )
        self.started.emit(spec)

    def done(self, result: int) -> None:
        """Stop watching; what was started goes on."""
        if self._watching is not None:
            self._watching.cancel()
        super().done(result)

    def _show_start(self, told: Deployment | Progress) -> None:
        if isinstance(told, Progress):
            self.progress.show_trial(told)
            return
        self.progress.show_deployment(told)
        self._show_buttons(watching=True)

    def _settled(self, deployment: Deployment) -> None:
        self.progress.show_deployment(deployment)
        if succeeded(deployment):
            self._read_address(deployment)
            self._show_buttons(done=True)
            self.deployed.emit(deployment.endpoint)
            return
        message = deployment.message or "It isn't ready yet"
        self._fail(message, in_window(deployment.hint) or "Read the end of its log")
        self._read_log()

    def _refused(self, error: BaseException) -> None:
        self._fail(str(error), in_window(getattr(error, "hint", "")))

    def _fail(self, message: str, hint: str) -> None:
        self.progress.show_failure(message, hint)
        self.resize(self.width(), self._height)
        self._show_buttons(failed=True)

    def _read_address(self, deployment: Deployment) -> None:
        self.progress.show_success(deployment, "")
        self._tasks.run(
            partial(self._studio.endpoints.get, deployment.endpoint),
            done=lambda found: self.progress.show_success(
                deployment, found.scoring_uri
            ),
            owner=self,
        )

    def _read_log(self) -> None:
        if self._spec is not None:
            spec = self._spec
            self._tasks.run(
                partial(log_tail, self._studio, spec.endpoint, spec.deployment),
                done=self.progress.show_log,
                owner=self,
            )

    def _test(self) -> None:
        if self._spec is not None:
            self.test_wanted.emit(self._spec.endpoint)
        self.accept()

    def _go_back(self) -> None:
        self._stack.setCurrentIndex(0)
        self.resize(fonts.scaled(WIDTH), self._height)
        self._show_buttons()
        self._show_ready()

    def _show_ready(self) -> None:
        self.deploy_button.setEnabled(self.form.ready())

    def _show_buttons(
        self,
        watching: bool = False,
        done: bool = False,
        failed: bool = False,
        trying: bool = False,
    ) -> None:
        asking = not (watching or done or failed)
        self.deploy_button.setVisible(asking)
        self.back.setVisible(failed)
        self.test.setVisible(done)
        hides = watching and not trying
        words = "Hide" if hides else "Cancel" if asking or trying else "Close"
        self.close_button.setText(words)
        self.close_button.setToolTip("The start goes on" if hides else "")
        self.deploy_button.setDefault(asking)
        if done:
            self.test.setDefault(True)
            self.test.setFocus()

    def _build(self) -> None:
        intro = label("Deploy a model", "panel-title")
        form = column(self.form, margins=(MARGIN, 4, MARGIN, 16))
        asking = column(gap=8)
        asking.addLayout(row(intro, margins=(MARGIN, 20, MARGIN, 4)))
        asking.addWidget(scrolled(wrap_in(form)), 1)
        shown = column(self.progress, margins=(MARGIN, 20, MARGIN, 16))
        self._stack.addWidget(wrap_in(asking))
        self._stack.addWidget(wrap_in(shown))
        buttons = row(self.back, None, self.close_button, self.test, self.deploy_button)
        buttons.setContentsMargins(MARGIN, 12, MARGIN, 12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stack, 1)
        layout.addWidget(frame("bottom", buttons))
