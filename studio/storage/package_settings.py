"""Where packages come from, as one file of the person's configuration.

Window, command line and runners read it anew each time, so a change counts at once.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import platformdirs

from studio.domain.errors import InvalidError, StudioError
from studio.domain.package_settings import PackageSettings, settings_of
from studio.storage.files import write_atomically

_APPLICATION = "mlops-studio"


class PackageSettingsFile:
    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        folder = Path(platformdirs.user_config_dir(_APPLICATION, appauthor=False))
        return self._path or folder / "packages.json"

    def read(self) -> PackageSettings:
        """InvalidError where it can't be understood: to go on without it might ask
        servers that a company's network doesn't want asked."""
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return PackageSettings()
        except (OSError, ValueError) as error:
            raise self._bad("it can't be read") from error
        if not isinstance(told, dict):
            raise self._bad("it holds no settings")
        try:
            return settings_of(told)
        except StudioError as error:
            raise self._bad(error.message) from error

    def write(self, settings: PackageSettings) -> None:
        """Whole or not at all."""
        text = json.dumps(asdict(settings), indent=2) + "\n"
        write_atomically(self.path, text.encode())

    def _bad(self, why: str) -> InvalidError:
        return InvalidError(
            f"The package settings in {self.path} can't be used: {why}",
            hint="Correct the file, or remove it to begin anew",
        )
