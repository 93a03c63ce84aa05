"""Writes a request: as JSON with its mistakes named, or as a table of its rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from studio.gui.endpoints.request_table import RequestTable, rows_of, with_rows
from studio.gui.widgets.basics import button, column, frame, label, row, tool_button
from studio.gui.widgets.code_view import CodeEdit
from studio.gui.widgets.panel import Panel

BY_TRAFFIC = "By traffic"
IDLE_MS = 300


class RequestEditor(Panel):
    """`send_wanted` when the button is pressed."""

    send_wanted = Signal()
    sample_wanted = Signal()
    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Request", side="plain", parent=parent)
        self.edit = CodeEdit("json")
        self.edit.setAccessibleName("Request body")
        self.edit.setPlaceholderText('{"input_data": {"columns": [], "data": []}}')
        self.table = RequestTable()
        self.table.edited.connect(self._take_rows)
        self.as_table = button("Table", kind="text", icon="table")
        self.as_table.setCheckable(True)
        self.as_table.clicked.connect(self.show_table)
        self.deployment = QComboBox()
        self.deployment.setAccessibleName("Deployment that gets the request")
        self.deployment.setToolTip("Which deployment gets the request")
        self._mistake = label("", "error", wrap=True)
        self.send = button(
            "Send",
            kind="primary",
            icon="paper-plane-tilt",
            clicked=self.send_wanted.emit,
            tip="Send the request (Ctrl+Enter)",
        )
        self._stack = QStackedWidget()
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._check)
        self.edit.textChanged.connect(self._typed)
        self._build()
        self.set_deployments(())

    # -- what is written --------------------------------------------------------------

    def text(self) -> str:
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Show a request."""
        self.edit.set_text(text)
        self._check()
        if self.as_table.isChecked():
            self.show_table(True)

    def body(self) -> bytes:
        return self.text().encode()

    def mistake(self) -> tuple[str, int]:
        """(what is wrong with the JSON, its line), ("", 0) if nothing is."""
        try:
            json.loads(self.text() or "null")
        except json.JSONDecodeError as error:
            said = error.msg[:1].lower() + error.msg[1:]
            return f"Line {error.lineno}, column {error.colno}: {said}", error.lineno
        return "", 0

    def chosen_deployment(self) -> str:
        """The deployment picked by name; "" for the one that traffic gives."""
        return str(self.deployment.currentData() or "")

    def set_deployments(self, names: Sequence[str]) -> None:
        """Offer these besides what traffic says."""
        known = [self.deployment.itemData(n) for n in range(self.deployment.count())]
        if known == ["", *names]:
            return
        kept = self.chosen_deployment()
        self.deployment.clear()
        self.deployment.addItem(BY_TRAFFIC, "")
        for name in names:
            self.deployment.addItem(name, name)
        self.deployment.setCurrentIndex(max(0, self.deployment.findData(kept)))

    def tidy(self) -> None:
        """Indent the JSON; left alone while it has a mistake."""
        if self.text().strip() and not self.mistake()[0]:
            value = json.loads(self.text())
            text = json.dumps(value, indent=2, ensure_ascii=False)
            found = rows_of(text)
            self.set_text(with_rows(text, found.rows) if found else text)

    def show_table(self, wanted: bool) -> None:
        """Show the rows as a table, if the request has any."""
        found = rows_of(self.text()) if wanted else None
        if found is not None:
            self.table.show_rows(found)
        self._stack.setCurrentIndex(0 if found is None else 1)
        self.as_table.setChecked(found is not None)

    # -- inside -----------------------------------------------------------------------

    def _build(self) -> None:
        sample = button(
            "Sample", kind="text", icon="magic-wand", clicked=self.sample_wanted.emit
        )
        sample.setToolTip("A request made from the model's own example or signature")
        tidy = tool_button("brackets-curly", "Tidy up the JSON", self.tidy, size=16)
        for made in (sample, self.as_table, tidy):
            self.add_button(made)
        self._stack.addWidget(self.edit)
        self._stack.addWidget(self.table)
        self.edit.setProperty("panel", "log")
        foot = row(self._mistake, gap=8, margins=(12, 8, 12, 8))
        foot.setStretch(0, 1)
        foot.addWidget(label("Deployment", "label"))
        foot.addWidget(self.deployment)
        foot.addWidget(self.send)
        content = QWidget()
        content.setLayout(column(self._stack, frame("bottom", foot), gap=0))
        self.set_content(content)

    def _typed(self) -> None:
        self._idle.start()
        self.edited.emit()

    def _check(self) -> None:
        self._idle.stop()
        words, line = self.mistake()
        self._mistake.setText(words)
        self.edit.setToolTip(f"See line {line}" if line else "")
        tabular = rows_of(self.text()) is not None
        self.as_table.setEnabled(tabular)
        self.as_table.setToolTip(
            "Type into the rows as a table"
            if tabular
            else "Only a request with columns and data can be shown as a table"
        )
        if not tabular and self.as_table.isChecked():
            self.show_table(False)

    def _take_rows(self, rows: Sequence[Sequence[Any]]) -> None:
        self.edit.set_text(with_rows(self.text(), rows))
