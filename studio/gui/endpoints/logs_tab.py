"""The log of a deployment, followed while it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event as Flag
from typing import TYPE_CHECKING

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from studio.domain.endpoint import Endpoint
from studio.gui.endpoints.facts import serving_deployment
from studio.gui.tasks import Emit, Task, Tasks
from studio.gui.widgets.basics import frame, label, row
from studio.gui.widgets.log_view import LogView

if TYPE_CHECKING:
    from studio.bootstrap import Studio

LOOK_SECONDS = 0.25
Read = Callable[[str, str, int], tuple[str, int]]


class LogsTab(QWidget):
    """Reads on from where it stopped when it is shown again."""

    def __init__(
        self, studio: Studio, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._studio, self._tasks = studio, tasks
        self._endpoint: Endpoint | None = None
        self._source: tuple[str, str] = ("", "")
        self._offset = 0
        self._following: Task | None = None
        self.chooser = QComboBox()
        self.chooser.setAccessibleName("Deployment whose log is shown")
        self.chooser.currentIndexChanged.connect(self._chosen)
        self.view = LogView()
        bar = row(label("Deployment", "label"), self.chooser, None, gap=8)
        bar.setContentsMargins(16, 6, 8, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(frame("header", bar))
        layout.addWidget(self.view, 1)

    def show_endpoint(self, endpoint: Endpoint) -> None:
        """Offer its deployments' logs; the one that gets requests first."""
        other = self._endpoint is None or self._endpoint.name != endpoint.name
        self._endpoint = endpoint
        names = [deployment.name for deployment in endpoint.deployments]
        shown = [self.chooser.itemText(n) for n in range(self.chooser.count())]
        if other or names != shown:
            serving = serving_deployment(endpoint)
            kept = "" if other else self.chooser.currentText()
            self._offer(names, kept or (serving.name if serving else ""))

    def choose(self, deployment: str) -> None:
        """Show the log of a deployment."""
        self.chooser.setCurrentIndex(self.chooser.findText(deployment))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stop()

    def _offer(self, names: list[str], wanted: str) -> None:
        self.chooser.blockSignals(True)
        self.chooser.clear()
        self.chooser.addItems(names)
        self.chooser.setCurrentIndex(max(0, self.chooser.findText(wanted)))
        self.chooser.blockSignals(False)
        self._chosen()

    def _chosen(self) -> None:
        name = self._endpoint.name if self._endpoint is not None else ""
        source = (name, self.chooser.currentText())
        if source != self._source:
            self._stop()
            self._source, self._offset = source, 0
            self.view.clear()
        if self.isVisible():
            self._follow()

    def _follow(self) -> None:
        endpoint, deployment = self._source
        if self._following is None and endpoint and deployment:
            read = self._studio.endpoints.log
            self._following = self._tasks.stream(
                partial(_follow, read, endpoint, deployment, self._offset),
                on_item=self._take,
                failed=self._failed,
                owner=self,
            )

    def _stop(self) -> None:
        if self._following is not None:
            self._following.cancel()
        self._following = None

    def _take(self, part: tuple[str, int]) -> None:
        text, self._offset = part
        self.view.append(text)

    def _failed(self, error: BaseException) -> None:
        self._following = None
        self.view.append(f"The log can't be read: {error}\n")


def _follow(
    read: Read,
    endpoint: str,
    deployment: str,
    offset: int,
    emit: Emit,
    cancelled: Flag,
) -> None:
    while not cancelled.is_set():
        text, offset = read(endpoint, deployment, offset)
        if text:
            emit((text, offset))
        else:
            cancelled.wait(LOOK_SECONDS)
