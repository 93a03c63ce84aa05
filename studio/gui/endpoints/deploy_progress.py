"""The start of a deployment, phase by phase, and why it failed if it did."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.domain.endpoint import Deployment, DeploymentSpec
from studio.environments.tool import Progress
from studio.gui.endpoints.facts import phase_name
from studio.gui.theme import icons
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import clear, column, frame, label, row, wrap_in
from studio.gui.widgets.elided import ElidedLabel
from studio.gui.widgets.formats import format_seconds
from studio.gui.widgets.log_view import LogView
from studio.gui.widgets.progress import Spinner

CHECK, START = "Check the model's files", "Start the process"


class DeployProgress(QWidget):
    """Lines that get their tick and seconds as phases end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label("", "panel-title", wrap=True)
        self._where = label("", "muted", wrap=True)
        self._lines = column(gap=6)
        self.banner = Banner("err")
        self.banner.hide()
        self.log = LogView(tools=False)
        self.log.setMinimumHeight(160)
        self._log_box = wrap_in(
            column(
                label("End of the log", "section"),
                frame("card", column(self.log, margins=(1, 1, 1, 1))),
                gap=6,
            )
        )
        self._log_box.hide()
        self._began = time.monotonic()
        self._elapsed: QLabel | None = None
        self._clock = QTimer(self, interval=200)
        self._clock.timeout.connect(self._tick)
        self._done: list[tuple[str, float | None]] = []
        self._first, self._tried, self._environment = CHECK, "", ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for made in (self._title, self._where):
            layout.addWidget(made)
        layout.addWidget(wrap_in(self._lines))
        layout.addWidget(self.banner)
        layout.addWidget(self._log_box, 1)
        layout.addStretch(0)

    def begin(self, spec: DeploymentSpec) -> None:
        """A deployment is about to be asked for."""
        what = spec.model or spec.scoring_script.rpartition("/")[2]
        self._title.setText(f"Deploying {what}")
        self._where.setText(f"As {spec.deployment} behind {spec.endpoint}")
        self._began = time.monotonic()
        self._done = []
        self._first, self._tried = CHECK, ""
        self._environment = spec.environment
        self.banner.hide()
        self._log_box.hide()
        self._show(CHECK)
        self._clock.start()

    def show_trial(self, progress: Progress) -> None:
        """The model is tried in its environment, which may have to be built first; or
        it has been, earlier."""
        if progress.phase == "tried":
            self._tried = progress.message
        else:
            self._first = f"Build {self._environment} and try the model in it"
        self._show(progress.message or progress.phase)

    def show_deployment(self, deployment: Deployment) -> None:
        """Show how far it is."""
        checked = self._done[:1] or [(self._first, time.monotonic() - self._began)]
        phases = [(phase_name(p.name), p.seconds) for p in deployment.phases]
        tried = [(self._tried, None)] if self._tried else []
        self._done = [*checked, *tried, *phases]
        self._show(_after(deployment))

    def show_success(self, deployment: Deployment, address: str) -> None:
        """It serves."""
        self._end(f"{deployment.endpoint} is serving {deployment.model}".strip())
        self._where.setText(address)
        self._show("")

    def show_failure(self, message: str, hint: str) -> None:
        """It was refused, or its start failed."""
        self._end("The deployment failed")
        self._show("", failed=True)
        self.banner.show_message("err", message, hint=hint)
        self.banner.show()

    def show_log(self, text: str) -> None:
        """The end of the log, where there is one."""
        self.log.set_text(text)
        self._log_box.setVisible(bool(text.strip()))

    def names(self) -> list[str]:
        """The phases that have ended."""
        return [name for name, _ in self._done]

    def _end(self, title: str) -> None:
        self._clock.stop()
        self._tick()
        self._title.setText(title)

    def _show(self, current: str, failed: bool = False) -> None:
        clear(self._lines)
        self._elapsed = None
        for name, seconds in self._done:
            self._lines.addLayout(_line("check-circle", "ok", name, seconds))
        if current:
            self._elapsed = label("", "caption")
            head = row(Spinner(16), _words(current), None, self._elapsed, gap=10)
            self._lines.addLayout(head)
        elif failed:
            self._lines.addLayout(_line("x-circle", "err", "Not ready", None))
        self._tick()

    def _tick(self) -> None:
        if self._elapsed is not None:
            self._elapsed.setText(format_seconds(time.monotonic() - self._began))


def _after(deployment: Deployment) -> str:
    """What is under way after the phases that are known."""
    names = [phase.name for phase in deployment.phases]
    if not names:
        return START
    following = {"import": "load", "load": "warm_up", "warm_up": "ready"}
    return phase_name(following.get(names[-1], "ready"))


def _line(icon: str, ink: str, words: str, seconds: float | None) -> QHBoxLayout:
    picture = QLabel()
    picture.setPixmap(icons.pixmap(icon, ink, 16, ratio=picture.devicePixelRatioF()))
    took = label(format_seconds(seconds) if seconds is not None else "", "caption")
    return row(picture, _words(words), None, took, gap=10)


def _words(text: str) -> ElidedLabel:
    """One line whatever it tells: a long path must not widen the window."""
    made = ElidedLabel()
    made.setText(text)
    return made
