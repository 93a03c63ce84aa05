"""Users, passwords and tokens of servers: only in the system's keyring."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.gui.package_settings.words import hint_of, message_of
from studio.gui.tasks import Tasks
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import button, clear, column, label, row, wrap_in
from studio.services.environments.package_settings import Login, PackageSettingsService


class LogIns(QWidget):
    """Those that are kept, each with Forget, and a line to keep another."""

    changed = Signal()

    def __init__(self, service: PackageSettingsService, tasks: Tasks) -> None:
        super().__init__()
        self._service, self._tasks = service, tasks
        self._kept = column(gap=4)
        self.server = _line("Server", "Address of the server")
        self.user = _line("User", "User")
        self.password = _line("Password or token", "Password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep = button("Keep in the keyring", clicked=self.keep_login)
        self.banner = Banner("info")
        self.banner.hide()
        entered = row(gap=8)
        for line, room in ((self.server, 3), (self.user, 2), (self.password, 2)):
            entered.addWidget(line, room)
        entered.addWidget(self.keep)
        self.setLayout(
            column(
                label("Log-ins", "section"),
                label(
                    "Kept in the system's keyring, in no file, for indexes, channels "
                    "and the proxy. A token is a password without a user.",
                    "help",
                    wrap=True,
                ),
                wrap_in(self._kept),
                entered,
                self.banner,
                gap=6,
            )
        )
        self.password.returnPressed.connect(self.keep_login)

    def show_servers(self, servers: Sequence[str]) -> None:
        """The servers whose log-ins are kept."""
        clear(self._kept)
        for server in servers:
            forget = button("Forget", clicked=partial(self._forget, server))
            forget.setAccessibleName(f"Forget the log-in of {server}")
            self._kept.addLayout(row(label(server, "code"), None, forget))

    def propose(self, address: str) -> None:
        """A server that may want a log-in, while none is written."""
        if not self.server.text():
            self.server.setText(address)

    def keep_login(self) -> None:
        """Put what is written into the keyring; the password leaves the window."""
        login = Login(self.user.text().strip(), self.password.text())
        address = self.server.text().strip()
        self.password.clear()
        self.keep.setEnabled(False)
        self._tasks.run(
            partial(self._service.keep_login, address, login),
            done=lambda server: self._told(f"The keyring holds the log-in of {server}"),
            failed=self._failed,
            owner=self,
        )

    def _forget(self, server: str) -> None:
        self._tasks.run(
            partial(self._service.forget_login, server),
            done=lambda gone: self._told(f"The log-in of {gone} is forgotten"),
            failed=self._failed,
            owner=self,
        )

    def _told(self, words: str) -> None:
        self.keep.setEnabled(True)
        self.server.clear()
        self.user.clear()
        self.banner.show_message("ok", f"{words}.")
        self.banner.show()
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        self.keep.setEnabled(True)
        self.banner.show_message("err", message_of(error), hint=hint_of(error))
        self.banner.show()


def _line(name: str, ghost: str) -> QLineEdit:
    made = QLineEdit()
    made.setPlaceholderText(ghost)
    made.setAccessibleName(name)
    return made
