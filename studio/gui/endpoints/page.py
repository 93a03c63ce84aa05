"""Endpoints: what serves, what it serves, and a console to try it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.domain.endpoint import Endpoint
from studio.gui.actions import Action
from studio.gui.endpoints.deploy_dialog import DeployDialog
from studio.gui.endpoints.details import EndpointDetails
from studio.gui.endpoints.facts import (
    EndpointLine,
    can_answer,
    columns,
    endpoint_state,
    is_live,
)
from studio.gui.endpoints.snippets import Language
from studio.gui.endpoints.verbs import EndpointVerbs
from studio.gui.page import Page, WindowServices
from studio.gui.tasks import Periodic, Tasks
from studio.gui.theme import fonts
from studio.gui.widgets.basics import ButtonKind, give_icon, set_flag
from studio.gui.widgets.cells import ROW
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.rows_model import RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.events import Event

LOOK_SECONDS = 1.0
_LANGUAGES: tuple[tuple[Language, str], ...] = (("curl", "curl"), ("python", "Python"))
LEAST_ROWS, MOST_ROWS = 3, 7


class EndpointsPage(Page):
    """Looks at the endpoints once a second while it is shown."""

    id, title, icon = "endpoints", "Endpoints", "rocket-launch"

    def __init__(self, studio: Studio, tasks: Tasks, window: WindowServices) -> None:
        super().__init__(studio, tasks, window)
        self.endpoints: tuple[Endpoint, ...] = ()
        self._loaded = False
        self._wanted: dict[str, Any] = {}
        self._looking: Periodic | None = None
        self.dialog: DeployDialog | None = None
        self._deploy_button: QPushButton | None = None
        self.verbs = EndpointVerbs(studio, tasks, window, self)
        self.verbs.changed.connect(self.reload)
        self.table = DataTable(
            RowsModel(columns(), key=lambda line: line.name),
            name="endpoints",
            settings=window.settings,
        )
        self.table.setAccessibleName("Endpoints")
        self.details = EndpointDetails(studio, tasks, window)
        self._empty = EmptyState(
            "rocket-launch",
            "No endpoints yet",
            "Deploy a model to send it requests.",
            primary=("Deploy a model", self.deploy),
            secondary=("Go to models", lambda: window.open_page("models")),
        )
        self._stack = QStackedWidget()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._connect()
        self._build()

    @property
    def caption(self) -> str:
        if not self._loaded:
            return "Reading…"
        serving = sum(can_answer(endpoint) for endpoint in self.endpoints)
        return f"{serving} of {len(self.endpoints)} serving" if self.endpoints else ""

    def page_actions(self) -> Sequence[Action]:
        chosen = self._has_current
        return [
            _action(
                "endpoints.deploy",
                "Deploy model",
                "rocket-launch",
                self.deploy,
                shortcut="Ctrl+D",
            ),
            _action(
                "endpoints.send",
                "Send request",
                "paper-plane-tilt",
                self.send,
                shortcut="Ctrl+Return",
                enabled=self._can_send,
            ),
            _action(
                "endpoints.start",
                "Start endpoint",
                "play",
                lambda: self._ask("start"),
                enabled=lambda: self._is_live(False),
            ),
            _action(
                "endpoints.stop",
                "Stop endpoint",
                "stop",
                lambda: self._ask("stop"),
                enabled=lambda: self._is_live(True),
            ),
            _action(
                "endpoints.delete",
                "Delete endpoint…",
                "trash",
                lambda: self._ask("delete"),
                enabled=chosen,
            ),
            _action(
                "endpoints.address",
                "Copy address",
                "copy",
                lambda: self._ask("copy_address"),
                enabled=chosen,
            ),
            *self._tab_actions(),
            *self._copy_actions(),
        ]

    def top_bar_widgets(self) -> Sequence[QWidget]:
        self._deploy_button = self.services.actions.button("endpoints.deploy")
        self._show_primary()
        return [self._deploy_button]

    def activated(self) -> None:
        self.reload()
        if self._looking is None:
            self._looking = self.tasks.every(
                LOOK_SECONDS,
                self.studio.endpoints.list,
                self.show_endpoints,
                failed=lambda error: None,
                owner=self,
            )

    def deactivated(self) -> None:
        if self._looking is not None:
            self._looking.stop()
        self._looking = None

    def refresh(self, events: Sequence[Event]) -> None:
        if not events or any(_concerns(event) for event in events):
            self.reload()

    def open_target(self, **target: Any) -> None:
        """`deploy=REF` opens the dialog, `endpoint=NAME` (and `tab=`) shows one."""
        if "deploy" in target:
            self.deploy(model=str(target["deploy"]))
        if "endpoint" in target:
            self._wanted = dict(target)
            self._select_wanted()

    def reload(self) -> None:
        """Read the endpoints now."""
        self.tasks.run(self.studio.endpoints.list, done=self.show_endpoints, owner=self)

    def show_endpoints(self, endpoints: Sequence[Endpoint]) -> None:
        """Show what was read."""
        changed = not self._loaded or tuple(endpoints) != self.endpoints
        if len(endpoints) != len(self.endpoints):
            self._make_room(len(endpoints))
        self.endpoints, self._loaded = tuple(endpoints), True
        self._show_lines()
        self._stack.setCurrentIndex(1 if endpoints else 0)
        self._select_wanted()
        if self.table.current() is None and endpoints:
            self.table.select_key(endpoints[0].name)
        self._show_details()
        self._show_primary()
        if changed:
            self.services.actions.refresh()
            self.heading_changed.emit()

    @property
    def current(self) -> Endpoint | None:
        """The endpoint that is chosen in the table."""
        line = self.table.current()
        return line.endpoint if line is not None else None

    # -- verbs ----------------------------------------------------------------------

    def deploy(self, **given: str) -> None:
        """Open the dialog, filled with what is known: model, endpoint, deployment."""
        dialog = DeployDialog(
            self.studio, self.tasks, self.endpoints, self.window(), given
        )
        dialog.started.connect(lambda spec: self._want(endpoint=spec.endpoint))
        dialog.deployed.connect(lambda name: self.reload())
        dialog.test_wanted.connect(lambda name: self._want(endpoint=name, tab="test"))
        self.dialog = dialog
        dialog.destroyed.connect(self._forget_dialog)
        dialog.open()

    def send(self) -> None:
        """Send the request that is written in the console."""
        self.details.show_tab("test")
        self.details.console.send()

    # -- inside -----------------------------------------------------------------------

    def _connect(self) -> None:
        self.table.current_changed.connect(lambda line: self._show_details())
        self.table.current_changed.connect(lambda line: self.services.actions.refresh())
        self.table.activated_row.connect(lambda line: self.details.show_tab("test"))
        self.details.asked.connect(self._ask)
        self.details.deployments.asked.connect(self._ask_deployment)
        self.details.console.exchanged.connect(lambda name: self._show_lines())
        self.details.tabs.currentChanged.connect(lambda tab: self._show_primary())

    def _build(self) -> None:
        split = self._split
        split.addWidget(self.table)
        split.addWidget(self.details)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(split)
        self._stack.setCurrentIndex(1)
        self.details.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _make_room(self, rows: int) -> None:
        """As much for the table as its rows need, within reason."""
        wanted = fonts.scaled(ROW) * (min(MOST_ROWS, max(LEAST_ROWS, rows)) + 1) + 8
        self._split.setSizes([wanted, max(1, self.height() - wanted)])

    def _show_primary(self) -> None:
        """One filled button a view: Send in the console, else Deploy."""
        button = self._deploy_button
        if button is not None:
            elsewhere = not self.endpoints or self.details.tab == "test"
            kind: ButtonKind = "secondary" if elsewhere else "primary"
            if button.property("kind") != kind:
                set_flag(button, "kind", kind)
                give_icon(button, "rocket-launch", kind)

    def _show_lines(self) -> None:
        console = self.details.console
        lines = [
            EndpointLine(
                endpoint,
                self.verbs.pending.get(endpoint.name) or endpoint_state(endpoint),
                console.last_milliseconds(endpoint.name),
            )
            for endpoint in self.endpoints
        ]
        self.table.rows_model.set_rows(lines)

    def _show_details(self) -> None:
        line = self.table.current()
        self.details.setVisible(line is not None)
        if line is not None:
            self.details.show_endpoint(line.endpoint, line.state)

    def _want(self, **target: Any) -> None:
        self._wanted = target
        self.reload()

    def _select_wanted(self) -> None:
        """Choose what was asked for as soon as it is there."""
        name = str(self._wanted.get("endpoint", ""))
        if name and self.table.select_key(name):
            self.details.show_tab(str(self._wanted.get("tab", "")))
            self._wanted = {}

    def _ask(self, verb: str) -> None:
        if self.current is not None:
            self.verbs.do(verb, self.current)

    def _ask_deployment(self, verb: str, deployment: str) -> None:
        endpoint = self.current
        if endpoint is None:
            return
        found = endpoint.deployment(deployment)
        if verb == "log":
            self.details.logs.choose(deployment)
            self.details.show_tab("logs")
        elif verb == "model" and found is not None:
            self.services.open_page("models", reference=found.model)
        elif verb == "edit" and found is not None:
            self.deploy(
                model=found.model, endpoint=endpoint.name, deployment=deployment
            )
        else:
            self.verbs.do_deployment(verb, endpoint, deployment)

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _has_current(self) -> bool:
        return self.current is not None

    def _can_send(self) -> bool:
        return self.current is not None and can_answer(self.current)

    def _is_live(self, live: bool) -> bool:
        endpoint = self.current
        return endpoint is not None and is_live(endpoint) is live

    def _tab_actions(self) -> list[Action]:
        return [
            _action(
                f"endpoints.{name}",
                f"Show {words}",
                icon,
                partial(self.details.show_tab, name),
                enabled=self._has_current,
                category="View",
            )
            for name, words, icon in (
                ("deployments", "deployments", "stack"),
                ("test", "the request console", "paper-plane-tilt"),
                ("consume", "how to call it", "key"),
                ("logs", "logs", "terminal-window"),
            )
        ]

    def _copy_actions(self) -> list[Action]:
        console = self.details.console
        return [
            _action(
                "endpoints.sample",
                "Fill in a sample request",
                "magic-wand",
                console.fill_sample,
                enabled=self._has_current,
                category="Edit",
            ),
            _action(
                "endpoints.tidy",
                "Tidy up the request",
                "brackets-curly",
                console.request.tidy,
                enabled=self._has_current,
                category="Edit",
            ),
            *(
                _action(
                    f"endpoints.copy_{language}",
                    f"Copy request as {word}",
                    "copy",
                    partial(console.copy_as, language, False),
                    enabled=self._has_current,
                    category="Edit",
                )
                for language, word in _LANGUAGES
            ),
        ]


def _action(
    action_id: str,
    text: str,
    icon: str,
    callback: Callable[[], object],
    *,
    shortcut: str = "",
    enabled: Callable[[], bool] = lambda: True,
    category: str = "Run",
) -> Action:
    return Action(
        action_id,
        text,
        icon=icon,
        shortcut=shortcut,
        category=category,
        callback=callback,
        enabled=enabled,
    )


def _concerns(event: Event) -> bool:
    return event.type.startswith(("Endpoint", "Deployment", "Key"))
