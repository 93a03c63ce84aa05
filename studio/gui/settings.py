"""What the window remembers about itself: an INI file in the user's configuration.

Only window state belongs here; what a person makes lives in the workspace. A file
that can't be read is set aside as `.bad` and the defaults are used.
"""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_config_path
from PySide6.QtCore import QByteArray, QSettings

APP = "mlops-studio"


class Settings:
    """Typed access to the INI file; wrong types read as the default."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or user_config_path(APP, appauthor=False) / "window.ini"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.was_bad = _set_aside_if_bad(self.path)
        self._store = QSettings(str(self.path), QSettings.Format.IniFormat)

    def text(self, key: str, default: str = "") -> str:
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._store.value(key, default)
        return value if isinstance(value, bool) else str(value).lower() == "true"

    def number(self, key: str, default: float) -> float:
        try:
            return float(str(self._store.value(key, default)))
        except ValueError:
            return default

    def texts(self, key: str) -> list[str]:
        value = self._store.value(key, [])
        listed = value if isinstance(value, list) else [value]
        return [str(item) for item in listed if item]

    def state(self, key: str) -> QByteArray:
        """Bytes from `saveState` or `saveGeometry`; empty if there are none."""
        value = self._store.value(key, QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    def set(self, key: str, value: str | bool | float | list[str] | QByteArray) -> None:
        """Remember a value; it is on disk within moments."""
        self._store.setValue(key, value)

    def remove(self, key: str) -> None:
        self._store.remove(key)

    def save(self) -> None:
        """Write to disk now."""
        self._store.sync()


def _set_aside_if_bad(path: Path) -> bool:
    """True if the file was unreadable and has been renamed."""
    if not path.exists() or _is_readable_ini(path):
        return False
    path.replace(path.with_name(path.name + ".bad"))
    return True


def _is_readable_ini(path: Path) -> bool:
    try:
        text = path.read_bytes()
    except OSError:
        return False
    if b"\0" in text:
        return False
    store = QSettings(str(path), QSettings.Format.IniFormat)
    store.sync()
    return store.status() == QSettings.Status.NoError
