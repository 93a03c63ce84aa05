"""One endpoint: its header and its tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from studio.domain.endpoint import Endpoint
from studio.gui.endpoints.console import Console
from studio.gui.endpoints.consume_tab import ConsumeTab
from studio.gui.endpoints.deployments_tab import DeploymentsTab
from studio.gui.endpoints.facts import is_live, state_look
from studio.gui.endpoints.logs_tab import LogsTab
from studio.gui.page import WindowServices
from studio.gui.tasks import Tasks
from studio.gui.theme import fonts
from studio.gui.theme.icons import set_icon
from studio.gui.widgets.basics import (
    button,
    column,
    frame,
    label,
    row,
    selectable,
    tool_button,
)
from studio.gui.widgets.chip import Chip

if TYPE_CHECKING:
    from studio.bootstrap import Studio

TABS = ("deployments", "test", "consume", "logs")
TITLES = ("Deployments", "Test", "Consume", "Logs")


class EndpointDetails(QWidget):
    """`asked(verb)` for the header's buttons: start, stop, delete, copy_address."""

    asked = Signal(str)

    def __init__(
        self,
        studio: Studio,
        tasks: Tasks,
        window: WindowServices,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.endpoint: Endpoint | None = None
        self._name = label("", "panel-title")
        self._chip = Chip()
        self._address = selectable(label("", "muted"))
        self._address.setFont(fonts.mono(12))
        self.copy_address = tool_button(
            "copy", "Copy the address", lambda: self.asked.emit("copy_address"), size=16
        )
        self.switch = button("Stop", icon="stop", clicked=self._flip)
        self.delete = button(
            "Delete",
            kind="text",
            icon="trash",
            clicked=lambda: self.asked.emit("delete"),
        )
        self.deployments = DeploymentsTab()
        self.console = Console(studio, tasks, window.toast)
        self.consume = ConsumeTab(studio, tasks, window.toast)
        self.logs = LogsTab(studio, tasks)
        self.tabs = QTabWidget()
        self._build()

    def show_endpoint(self, endpoint: Endpoint, state: str) -> None:
        """Show an endpoint, or its new state."""
        if self.endpoint is None or self.endpoint.name != endpoint.name:
            self.deployments.clear()
        self.endpoint = endpoint
        self._name.setText(endpoint.name)
        self._chip.set_look(state_look(state))
        self._address.setText(endpoint.scoring_uri)
        self.copy_address.setVisible(bool(endpoint.scoring_uri))
        self._show_switch(endpoint, state)
        self.deployments.show_endpoint(endpoint)
        self.console.show_endpoint(endpoint)
        self.consume.show_endpoint(endpoint, self.console.request.text())
        self.logs.show_endpoint(endpoint)

    def show_tab(self, name: str) -> None:
        """Go to a tab by name: deployments, test, consume or logs."""
        if name in TABS:
            self.tabs.setCurrentIndex(TABS.index(name))

    @property
    def tab(self) -> str:
        return TABS[self.tabs.currentIndex()]

    def _show_switch(self, endpoint: Endpoint, state: str) -> None:
        live = is_live(endpoint)
        words = "Stop" if live else "Start"
        if self.switch.text() != words:
            self.switch.setText(words)
            set_icon(self.switch, "stop" if live else "play", "text2", 16)
        self.switch.setAccessibleName(f"{words} endpoint {endpoint.name}")
        self.switch.setEnabled(bool(endpoint.deployments) and state != "STOPPING")
        self.delete.setAccessibleName(f"Delete endpoint {endpoint.name}")

    def _flip(self) -> None:
        if self.endpoint is not None:
            self.asked.emit("stop" if is_live(self.endpoint) else "start")

    def _build(self) -> None:
        head = row(
            self._name,
            self._chip,
            4,
            self._address,
            self.copy_address,
            None,
            self.switch,
            self.delete,
            gap=8,
            margins=(16, 8, 12, 4),
        )
        pages = (self.deployments, self.console, self.consume, self.logs)
        for title, made in zip(TITLES, pages, strict=True):
            self.tabs.addTab(made, title)
        self.tabs.setAccessibleName("Endpoint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame("plain", column(head, self.tabs, gap=0)))
