"""How others call an endpoint: address, keys, and code to start from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QTabWidget, QVBoxLayout, QWidget

from studio.domain.endpoint import Endpoint
from studio.gui.dialogs import ask
from studio.gui.endpoints.snippets import KEY_VARIABLE, masked, snippet
from studio.gui.tasks import Tasks
from studio.gui.theme import fonts
from studio.gui.theme.icons import set_icon
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import (
    button,
    column,
    label,
    row,
    tool_button,
    wrap_in,
)
from studio.gui.widgets.code_view import CodeEdit, Language
from studio.gui.widgets.panel import scrolled

if TYPE_CHECKING:
    from studio.bootstrap import Studio

KINDS = ("primary", "secondary")
MOST_WIDTH = 860
_NOT_KEPT = (
    "This computer has no keyring, so these keys are known to this session only.",
    "Copy them now, or start the desktop's keyring (GNOME Keyring, KWallet). "
    "Requests from the Test tab need no key.",
)
_UNKNOWN = (
    "The keys were made by another session and this computer has no keyring.",
    "Regenerate a key to get one. Requests from the Test tab need none.",
)


class KeyRow(QWidget):
    """One key: masked until Show, with Copy and Regenerate."""

    def __init__(self, kind: str, say: Callable[[str], Any]) -> None:
        super().__init__()
        self._kind, self._say = kind, say
        self._key: str | None = None
        self.box = _line(f"{kind.capitalize()} key")
        self.show_button = tool_button("eye", f"Show the {kind} key", self._flip)
        self.show_button.setCheckable(True)
        self.copy_button = tool_button("copy", f"Copy the {kind} key", self._copy)
        self.regenerate = button("Regenerate")
        self.regenerate.setAccessibleName(f"Regenerate the {kind} key")
        self.setLayout(
            row(self.box, self.show_button, self.copy_button, self.regenerate, gap=4)
        )

    def show_key(self, key: str | None) -> None:
        """Show a key, masked again; None where it isn't known here."""
        self._key = key
        self.show_button.setChecked(False)
        self.show_button.setEnabled(bool(key))
        self.copy_button.setEnabled(bool(key))
        self._draw()

    def _flip(self) -> None:
        self._draw()

    def _draw(self) -> None:
        shown = self.show_button.isChecked()
        set_icon(self.show_button, "eye-slash" if shown else "eye", "text2", 18)
        words = (self._key if shown else masked(self._key)) or "Not known here"
        self.box.setText(words)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._key or "")
        self._say(f"Copied the {self._kind} key")


class ConsumeTab(QWidget):
    """Keys are read in a worker thread when the tab is looked at."""

    def __init__(
        self,
        studio: Studio,
        tasks: Tasks,
        say: Callable[[str], Any],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio, self._tasks, self._say = studio, tasks, say
        self._endpoint: Endpoint | None = None
        self._body = ""
        self.address = _line("Address")
        self.keys = {kind: KeyRow(kind, say) for kind in KINDS}
        for kind, made in self.keys.items():
            made.regenerate.clicked.connect(partial(self._ask_regenerate, kind))
        self._banner = Banner("warn")
        self._banner.hide()
        self.code = QTabWidget()
        self._snippets: dict[Language, CodeEdit] = {}
        self._build()

    def show_endpoint(self, endpoint: Endpoint, body: str = "") -> None:
        """Show how to call an endpoint with a request's body."""
        other = self._endpoint is None or self._endpoint.name != endpoint.name
        same = not other and self._endpoint == endpoint and self._body == body
        self._endpoint, self._body = endpoint, body
        if same:
            return
        self.address.setText(endpoint.scoring_uri or "No address until it serves")
        uri = endpoint.scoring_uri or "http://127.0.0.1:PORT/score"
        wanted = body.strip() or '{"input_data": {"columns": [], "data": []}}'
        self._snippets["text"].set_text(snippet("curl", uri, wanted))
        self._snippets["python"].set_text(snippet("python", uri, wanted))
        if other and self.isVisible():
            self.read_keys()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.read_keys()

    def read_keys(self) -> None:
        """Ask the keyring."""
        if self._endpoint is None:
            return
        name = self._endpoint.name
        self._tasks.run(
            partial(_read_keys, self._studio, name),
            done=partial(self._show_keys, name),
            failed=lambda error: self._show_keys(name, ({}, False)),
            owner=self,
        )

    def _show_keys(
        self, name: str, found: tuple[Mapping[str, str | None], bool]
    ) -> None:
        if self._endpoint is None or self._endpoint.name != name:
            return
        keys, are_kept = found
        for kind, made in self.keys.items():
            made.show_key(keys.get(kind))
        known = any(keys.values())
        words, hint = _NOT_KEPT if known else _UNKNOWN
        self._banner.show_message("warn", words, hint=hint)
        self._banner.setVisible(not are_kept or not known)

    def _ask_regenerate(self, kind: str) -> None:
        if self._endpoint is None:
            return
        name = self._endpoint.name
        ask(
            self,
            f"Regenerate the {kind} key of {name}?",
            "The key in use stops working at once: programs that call the endpoint "
            "with it are refused until they get the new one.",
            verb="Regenerate key",
            done=partial(self._regenerate, name, kind),
        )

    def _regenerate(self, name: str, kind: str) -> None:
        self._tasks.run(
            partial(self._studio.endpoints.regenerate_key, name, kind),
            done=lambda _: self._regenerated(kind),
            owner=self,
        )

    def _regenerated(self, kind: str) -> None:
        self.read_keys()
        self._say(f"The {kind} key is new; the old one is refused")

    def _copy_address(self) -> None:
        QGuiApplication.clipboard().setText(self.address.text())
        self._say("Copied the address")

    def _copy_code(self) -> None:
        shown = self.code.currentWidget()
        if isinstance(shown, CodeEdit):
            QGuiApplication.clipboard().setText(shown.text())
            self._say(f"Copied; set {KEY_VARIABLE} to a key first")

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        copy = tool_button("copy", "Copy the address", self._copy_address)
        rows: list[tuple[str, QWidget]] = [
            ("Address", wrap_in(row(self.address, copy, gap=4))),
            ("Primary key", self.keys["primary"]),
            ("Secondary key", self.keys["secondary"]),
        ]
        for number, (words, made) in enumerate(rows):
            grid.addWidget(label(words, "label"), number, 0)
            grid.addWidget(made, number, 1)
        grid.setColumnStretch(1, 1)
        content = wrap_in(column(self._banner, grid, 4, self._code_box(), gap=12))
        content.setMaximumWidth(MOST_WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        whole = row(margins=(16, 16, 16, 16))
        whole.addWidget(content, 1)
        whole.addStretch(0)
        layout.addWidget(scrolled(wrap_in(whole)))

    def _code_box(self) -> QWidget:
        copy = button("Copy", kind="text", icon="copy", clicked=self._copy_code)
        copy.setAccessibleName("Copy the code")
        languages: tuple[tuple[Language, str], ...] = (
            ("text", "curl"),
            ("python", "Python"),
        )
        for language, word in languages:
            made = CodeEdit(language, read_only=True, numbers=False)
            made.setAccessibleName(f"Call it with {word}")
            made.setMinimumHeight(140)
            made.setLineWrapMode(CodeEdit.LineWrapMode.WidgetWidth)
            self._snippets[language] = made
            self.code.addTab(made, word)
        self.code.setCornerWidget(copy, Qt.Corner.TopRightCorner)
        return self.code


def _read_keys(studio: Studio, name: str) -> tuple[Mapping[str, str | None], bool]:
    return studio.endpoints.keys(name), studio.endpoints.keys_are_kept()


def _line(name: str) -> QLineEdit:
    made = QLineEdit(readOnly=True)
    made.setAccessibleName(name)
    made.setFont(fonts.mono(12))
    return made
