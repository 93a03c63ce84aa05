"""What came back: status, latency, body, headers, and the requests before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from studio.gui.endpoints.exchange import Exchange, headers_text
from studio.gui.endpoints.facts import milliseconds
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import button, frame, give_menu, label, row
from studio.gui.widgets.chip import Chip, StateLook
from studio.gui.widgets.code_view import CodeEdit, JsonView
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.formats import format_bytes
from studio.gui.widgets.panel import HEADER
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

SENDING = StateLook("Sending", "run", "circle-notch")


class AnswerView(QWidget):
    """`copy_wanted(language, with_key)`; `picked(exchange)` from the history."""

    copy_wanted = Signal(str, bool)
    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chip = Chip()
        self.latency = label("", "strong")
        self._size = label("", "caption")
        self.body = JsonView()
        self.body.setAccessibleName("Answer")
        self.headers = CodeEdit("text", read_only=True, numbers=False)
        self.headers.setAccessibleName("Headers")
        self.history = DataTable(
            RowsModel(_columns(), key=lambda one: one.sent_at), name=""
        )
        self.history.setAccessibleName("Requests sent before")
        self.history.set_empty_text("Requests you send are listed here.")
        self.history.activated_row.connect(self.picked)
        self._failure = Banner("err")
        self._failure.hide()
        self.copy_menu = QMenu(self)
        self._copy = button("Copy as", kind="text", icon="copy")
        self.tabs = QTabWidget()
        self._answer = QStackedWidget()
        self._build()
        self.show_nothing()

    def show_nothing(self) -> None:
        """Before the first request."""
        self._answer.setCurrentIndex(0)
        self._failure.hide()
        for made in (self.chip, self.latency, self._size):
            made.hide()
        self.headers.set_text("")

    def show_sending(self) -> None:
        """A request is under way; the answer before stays to be read."""
        self.chip.set_look(SENDING)
        self.chip.show()
        self.latency.hide()
        self._size.hide()

    def show_exchange(self, exchange: Exchange, masked_key: str) -> None:
        """Show what came back, or why nothing did."""
        self.chip.set_look(exchange.look)
        self.chip.show()
        answer = exchange.answer
        self.latency.setVisible(answer is not None)
        self._size.setVisible(answer is not None)
        self._failure.setVisible(answer is None)
        self._answer.setCurrentIndex(1)
        if answer is None:
            self._failure.show_message("err", exchange.error, hint=exchange.hint)
            self.body.set_text("")
            return
        self.latency.setText(milliseconds(exchange.milliseconds) or "")
        self._size.setText(format_bytes(len(answer.body)))
        self.body.set_value(answer.body)
        self.headers.set_text(headers_text(masked_key, answer.headers))

    def show_history(self, exchanges: Sequence[Exchange]) -> None:
        """The requests of this session, newest first."""
        self.history.rows_model.set_rows(list(exchanges))
        count = len(exchanges)
        self.tabs.setTabText(2, f"History  {count}" if count else "History")

    def set_key_known(self, known: bool) -> None:
        """Whether a snippet can hold the key."""
        for action in self.copy_menu.actions():
            if action.property("with_key"):
                action.setEnabled(known)

    def _build(self) -> None:
        for language, word in (("curl", "curl"), ("python", "Python")):
            for with_key in (False, True):
                words = f"{word}, with the key" if with_key else word
                action = self.copy_menu.addAction(words)
                action.setProperty("with_key", with_key)
                action.triggered.connect(
                    lambda _=False, name=language, key=with_key: self.copy_wanted.emit(
                        name, key
                    )
                )
        give_menu(self._copy, self.copy_menu)
        facts = row(label("Answer", "section"), 4, gap=8, margins=(16, 0, 4, 0))
        for made in (self.chip, self.latency, self._size):
            facts.addWidget(made)
        facts.addStretch(1)
        facts.addWidget(self._copy)
        head = frame("header", facts)
        head.setFixedHeight(HEADER)
        self._answer.addWidget(
            EmptyState(
                "paper-plane-tilt",
                "No answer yet",
                "Send the request to see the prediction.",
            )
        )
        self._answer.addWidget(self.body)
        for view in (self.body, self.headers):
            view.setProperty("panel", "log")
            view.document().setDocumentMargin(8)
            view.setLineWrapMode(CodeEdit.LineWrapMode.WidgetWidth)
        self.tabs.addTab(self._answer, "Answer")
        self.tabs.addTab(self.headers, "Headers")
        self.tabs.addTab(self.history, "History")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self._failure)


def _columns() -> list[Column[Exchange]]:
    return [
        Column("Status", lambda one: one.look, kind="chip", width=150),
        Column("Sent", lambda one: one.sent_at, kind="time", width=110),
        Column(
            "Latency",
            lambda one: milliseconds(one.milliseconds),
            align="right",
            sort_key=lambda one: one.milliseconds,
            width=84,
        ),
        Column("Deployment", lambda one: one.deployment or "by traffic", kind="muted"),
        Column("Request", lambda one: " ".join(one.body.split()), kind="mono"),
    ]
