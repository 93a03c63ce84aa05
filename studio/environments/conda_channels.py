"""Addresses of channels: variables in them are filled in late and never shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote, unquote, urlsplit

from studio.domain.errors import InvalidError

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_LOGIN = re.compile(r"(?<=://)[^/@\s]+(?=@)|(?<=/t/)\$\{\w+\}(?=/)")
_PASSWORD = re.compile(r"(?<=://)[^/@\s'\"`$]+(?=@)")
_TOKEN = re.compile(r"(https?://[^/\s]+/t/)([^/\s$]+)/")
_ANACONDAS = ("main", "r")
_TOKEN_USER = "__token__"


class HiddenText:
    """Fills in `${NAME}` of channels and packages, and takes it out of what is told.

    What lets one in goes along apart from the address (`logins`), so that it comes to
    stand in no cache and no environment.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        logins: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._environ = environ
        self._values: dict[str, str] = {}
        self._written: dict[str, str] = {}
        self.logins: dict[str, dict[str, object]] = {}
        self._passwords = [password for _, password in (logins or {}).values()]
        for server, (user, password) in (logins or {}).items():
            told = {"username": user or _TOKEN_USER, "password": password}
            self.logins[urlsplit(server).hostname or ""] = {"BasicHTTP": told}

    def fill(self, text: str) -> str:
        """An address without credentials. InvalidError if a variable isn't set."""
        quoted = _LOGIN.sub(lambda f: _VARIABLE.sub(self._quoted, f[0]), text)
        whole = _VARIABLE.sub(self._value, quoted)
        if whole == text:
            return text
        plain = self._without_login(whole)
        self._written[plain.rstrip("/")] = text.rstrip("/")
        return plain

    def named(self, url: str) -> str:
        """An address as it was written, with its variables."""
        for plain in sorted(self._written, key=len, reverse=True):
            if url.startswith(f"{plain}/"):
                return self._written[plain] + url[len(plain) :]
        return url

    def hide(self, text: str) -> str:
        """Words without credentials: the names of variables are in their place."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, f"${{{self._values[value]}}}")
        for password in self._passwords:
            text = text.replace(password, "***")
        return _TOKEN.sub(r"\1***/", _PASSWORD.sub("***", text))

    def _without_login(self, url: str) -> str:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.username:
            told = {"username": parts.username, "password": parts.password or ""}
            login = {key: unquote(value) for key, value in told.items()}
            self.logins[host] = {"BasicHTTP": login}
            return url.replace(f"{parts.netloc.rpartition('@')[0]}@", "", 1)
        if found := _TOKEN.match(url):
            self.logins[host] = {"CondaToken": unquote(found[2])}
            return found[1].removesuffix("t/") + url[found.end() :]
        return url

    def _quoted(self, found: re.Match[str]) -> str:
        """A password may hold what would end it in an address."""
        return quote(self._value(found), safe="%")

    def _value(self, found: re.Match[str]) -> str:
        value = self._environ.get(found[1], "")
        if not value:
            raise InvalidError(
                f"The variable {found[1]}, which a channel's address needs, isn't set",
                f"Set {found[1]} before MLOps Studio is started",
            )
        self._values[value] = found[1]
        return value


def whole_channels(channels: Iterable[str]) -> list[str]:
    """`defaults` is a name for several."""
    found: list[str] = []
    for channel in channels:
        found += _ANACONDAS if channel == "defaults" else [channel]
    return list(dict.fromkeys(found))
