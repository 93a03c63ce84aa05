"""The deployments of an endpoint: state, model, start, process, and what to do."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.domain.endpoint import Deployment, DeploymentState, Endpoint
from studio.gui.endpoints.phase_bar import PhaseBar
from studio.gui.widgets.banner import Banner, BannerTone
from studio.gui.widgets.basics import (
    button,
    column,
    frame,
    label,
    row,
    selectable,
    wrap_in,
)
from studio.gui.widgets.chip import Chip, StateLook
from studio.gui.widgets.formats import format_time_within
from studio.gui.widgets.panel import scrolled

_TARGETS = {"local": "This computer"}


class DeploymentCard(QWidget):
    """One deployment; `asked(verb, name)` for its buttons."""

    asked = Signal(str, str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.chip = Chip()
        self.model = button("", kind="link", clicked=partial(self._ask, "model"))
        self._share = Chip()
        self._facts: QLabel = selectable(label("", "caption"))
        self._phases = PhaseBar()
        self.banner = Banner("err")
        self.take = button("Send traffic here", clicked=partial(self._ask, "traffic"))
        self.redeploy = button(
            "Redeploy",
            kind="text",
            icon="arrow-clockwise",
            clicked=partial(self._ask, "redeploy"),
        )
        self.log = button(
            "Log",
            kind="text",
            icon="terminal-window",
            clicked=partial(self._ask, "log"),
        )
        self.delete = button(
            "Delete", kind="text", icon="trash", clicked=partial(self._ask, "delete")
        )
        self._name_buttons()
        self._build()

    def show_deployment(self, deployment: Deployment, share: int, alone: bool) -> None:
        """Show what is known now."""
        self.chip.set_state(deployment.state.value, serving=True)
        self.model.setText(deployment.model or "Scoring script only")
        self.model.setEnabled(bool(deployment.model))
        self._share.setVisible(bool(share))
        self._share.set_look(StateLook(f"{share} % of traffic", "idle", "shuffle"))
        self.take.setVisible(not share and not alone)
        self.take.setEnabled(deployment.state is DeploymentState.RUNNING)
        self._facts.setText(_facts(deployment))
        self._phases.set_phases(deployment.phases)
        self._say(deployment)

    def _say(self, deployment: Deployment) -> None:
        failed = deployment.state is DeploymentState.FAILED
        tone: BannerTone = "err" if failed else "warn"
        # Shown anew every second: only news may take a selection or focus away.
        said = (tone, deployment.message, deployment.hint)
        if said != self.banner.property("said"):
            self.banner.setProperty("said", said)
            fixes = [("Show the log", partial(self._ask, "log"))]
            if failed:
                fixes.append(("Deploy again", partial(self._ask, "edit")))
            self.banner.show_message(
                tone, deployment.message, hint=deployment.hint, fixes=fixes
            )
        self.banner.setVisible(bool(deployment.message))

    def _ask(self, verb: str) -> None:
        self.asked.emit(verb, self.name)

    def _name_buttons(self) -> None:
        for made, words in (
            (self.redeploy, "Redeploy"),
            (self.log, "Show the log of"),
            (self.delete, "Delete deployment"),
            (self.take, "Send all traffic to"),
        ):
            made.setAccessibleName(f"{words} {self.name}")

    def _build(self) -> None:
        head = row(self.chip, label(self.name, "strong"), self.model, self._share, None)
        for made in (self.take, self.log, self.redeploy, self.delete):
            head.addWidget(made)
        inner = column(head, self._facts, self._phases, self.banner, gap=8)
        inner.setContentsMargins(16, 12, 12, 14)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame("card", inner))


class DeploymentsTab(QWidget):
    """Cards of all deployments; `asked(verb, deployment)`: model, traffic, redeploy,
    edit, log, delete."""

    asked = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[str, DeploymentCard] = {}
        self._trouble = Banner("err")
        self._trouble.hide()
        self._none = label("Nothing is deployed here yet.", "muted")
        self._list = column(gap=12)
        content = column(self._trouble, self._none, wrap_in(self._list), None, gap=12)
        content.setContentsMargins(16, 16, 16, 16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(wrap_in(content)))

    def show_endpoint(self, endpoint: Endpoint) -> None:
        """Show its deployments; cards that are there already stay."""
        names = [deployment.name for deployment in endpoint.deployments]
        for gone in [name for name in self.cards if name not in names]:
            self._list.removeWidget(self.cards[gone])
            self.cards.pop(gone).deleteLater()
        for deployment in endpoint.deployments:
            share = endpoint.traffic.get(deployment.name, 0)
            card = self.cards.get(deployment.name) or self._add(deployment.name)
            card.show_deployment(deployment, share, len(names) == 1)
        self._none.setVisible(not names)
        self._trouble.setVisible(bool(endpoint.message))
        if endpoint.message and endpoint.message != self._trouble.text:
            self._trouble.show_message("err", endpoint.message, hint=endpoint.hint)

    def clear(self) -> None:
        """Forget the cards, as another endpoint is shown."""
        for card in self.cards.values():
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards.clear()

    def _add(self, name: str) -> DeploymentCard:
        card = self.cards[name] = DeploymentCard(name)
        card.asked.connect(self.asked)
        self._list.addWidget(card)
        return card


def _facts(deployment: Deployment) -> str:
    restarts = deployment.restarts
    parts = [
        f"Process {deployment.pid}" if deployment.pid else "No process",
        f"{restarts} restart{'' if restarts == 1 else 's'}",
        _TARGETS.get(deployment.target, deployment.target),
        *([f"packages of {deployment.environment}"] if deployment.environment else []),
        f"since {format_time_within(deployment.updated_at)}",
    ]
    return " · ".join(parts)
