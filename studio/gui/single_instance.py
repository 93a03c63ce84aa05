"""One window for a workspace: a second launch raises the first and ends.

door = Door(workspace)
if not door.enter(["--open", path]):
    return 0                       # the first window has been told
door.knocked.connect(window.raise_and_open)
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path
from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from studio.gui.settings import APP

WAIT_MS = 1_000


class Door(QObject):
    """`knocked(list of str)` carries the arguments of every later launch."""

    knocked = Signal(object)

    def __init__(self, workspace: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = _name(workspace)
        folder = _folder()
        self._lock = QLockFile(str(folder / f"{self._name}.lock"))
        self._lock.setStaleLockTime(0)
        self._path = str(folder / f"{self._name}.socket")
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)

    def enter(self, arguments: Sequence[str] = ()) -> bool:
        """True for the first window; otherwise the first is told and this is False.

        A first window that doesn't answer (it hangs or is just ending) doesn't
        keep a second one out.
        """
        if self._lock.tryLock(0):
            self._listen()
            return True
        return not self._knock(arguments)

    def leave(self) -> None:
        """Let another window be the first."""
        self._server.close()
        self._lock.unlock()

    def _listen(self) -> None:
        QLocalServer.removeServer(self._path)
        self._server.listen(self._path)

    def _knock(self, arguments: Sequence[str]) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._path)
        if not socket.waitForConnected(WAIT_MS):
            return False
        socket.write(json.dumps(list(arguments)).encode() + b"\n")
        sent = socket.waitForBytesWritten(WAIT_MS)
        socket.disconnectFromServer()
        return sent

    def _answer(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda s=socket: self._read(s))
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():
                self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            return
        line = bytes(socket.readLine().data())
        try:
            told = json.loads(line)
        except ValueError:
            return
        if isinstance(told, list):
            self.knocked.emit([str(item) for item in told])


def _name(workspace: Path) -> str:
    text = f"{_user()}:{workspace.resolve()}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _folder() -> Path:
    """A folder of this user alone, short enough for a socket's name."""
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    if given and os.access(given, os.W_OK):
        folder = Path(given) / APP
    else:
        folder = Path(tempfile.gettempdir()) / f"{APP}-{_user()}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
        folder = user_cache_path(APP, appauthor=False, ensure_exists=True)
    return folder


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ["USERNAME"]
