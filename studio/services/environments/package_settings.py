"""Where packages come from on this computer, for window, command line and runners."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from studio.domain.errors import InvalidError, NotFoundError, UnavailableError
from studio.domain.package_settings import PackageSettings, origin
from studio.environments.certificates import check_certificates
from studio.environments.package_indexes import (
    PackageIndexes,
    indexes_of,
    package_indexes,
)
from studio.environments.vulnerabilities import check_database
from studio.storage.package_settings import PackageSettingsFile
from studio.storage.secrets import SecretStore
from studio.targets.docker_contexts import context_named

_OF_ALL_WORKSPACES = "packages"


@dataclass(frozen=True, repr=False)
class Login:
    """Who asks a server. A token alone is a password without a user."""

    user: str
    password: str


class PackageSettingsService:
    def __init__(
        self,
        file: PackageSettingsFile | None = None,
        secrets: SecretStore | None = None,
    ) -> None:
        self._file = file or PackageSettingsFile()
        self._secrets = secrets or SecretStore(_OF_ALL_WORKSPACES)

    @property
    def path(self) -> Path:
        """The file; it holds no secret."""
        return self._file.path

    def get(self) -> PackageSettings:
        return self._file.read()

    def change(self, **values: Any) -> PackageSettings:
        """Keep other values of some fields; what is wrong is refused, nothing kept."""
        before = self.get()
        after = replace(before, **values)
        if after.certificates and after.certificates != before.certificates:
            check_certificates(Path(after.certificates))
        if after.vulnerabilities and after.vulnerabilities != before.vulnerabilities:
            check_database(Path(after.vulnerabilities))
        if after.docker_context != before.docker_context:
            context_named(after.docker_context)
        if after.certificates_in_images and not after.certificates:
            raise InvalidError(
                "There are no certificates that images could get",
                hint="Name a file of certificates first",
            )
        self._file.write(after)
        return after

    # -- log-ins -----------------------------------------------------------------------

    def keep_login(self, address: str, login: Login) -> str:
        """Keep user and password in the system's keyring; for which server.

        UnavailableError where there is no keyring: they are kept nowhere else.
        """
        server = origin(address)
        if not login.password:
            raise InvalidError("No password was given", "Type it, or pipe it in")
        told = json.dumps({"user": login.user, "password": login.password})
        if not self._secrets.put(_entry(server), told):
            self._secrets.remove(_entry(server))
            raise UnavailableError(
                f"No system keyring is open, so the log-in of {server} wasn't kept",
                hint="Start or unlock the desktop's keyring (GNOME Keyring, KWallet) "
                "and try again. Without one, write it into .netrc or pip's settings",
            )
        known = self.get().logins
        self.change(logins=tuple(dict.fromkeys([*known, server])))
        return server

    def forget_login(self, address: str) -> str:
        server = origin(address)
        known = self.get().logins
        if server not in known:
            raise NotFoundError(
                f"No log-in of {server} is kept",
                hint=f"There are: {', '.join(known)}" if known else "None is kept",
            )
        self._secrets.remove(_entry(server))
        self.change(logins=tuple(each for each in known if each != server))
        return server

    def indexes(self, tried: PackageSettings | None = None) -> PackageIndexes:
        """What is asked for packages now: these settings over those of pip and uv;
        with `tried` in their place, what would be.

        It holds passwords, and is never written anywhere.
        """
        settings = tried or self.get()
        found = package_indexes(indexes_of(settings))
        logins, missing = self._logins(settings)
        notes = tuple(f"The keyring doesn't give the log-in of {m}" for m in missing)
        return replace(found.with_logins(logins), notes=(*found.notes, *notes))

    @property
    def vulnerabilities(self) -> Path | None:
        """The database that is at hand, if one was named."""
        named = self.get().vulnerabilities
        return Path(named) if named else None

    def _logins(
        self, settings: PackageSettings
    ) -> tuple[Mapping[str, tuple[str, str]], list[str]]:
        found: dict[str, tuple[str, str]] = {}
        missing: list[str] = []
        for server in settings.logins:
            try:
                told = json.loads(self._secrets.get(_entry(server)) or "")
                found[server] = (str(told["user"]), str(told["password"]))
            except (ValueError, KeyError, TypeError):
                missing.append(server)
        return found, missing


def _entry(server: str) -> str:
    return f"login {server}"
