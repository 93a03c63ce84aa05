"""What a network asks of whoever fetches packages: addresses, certificates, proxy;
and which Docker engine they are put into images on.

Nothing here is secret: users, passwords and tokens are in the keyring only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import SplitResult, urlsplit

from studio.domain.errors import InvalidError, RefusedError

_CHANNEL = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[\w.-]+)*\Z")
_PORTS = {"http": 80, "https": 443}
_LOG_IN = "studio settings packages login"


@dataclass(frozen=True)
class PackageSettings:
    """An empty field leaves in force what pip's and uv's own settings say.

    `conda_channels` are for an environment that names none; names of channels are
    looked for below `conda_mirror`. `certificates` and `vulnerabilities` are paths.
    `docker_context` names an engine; without one, it is the one that Docker has chosen.
    `logins` are the servers whose user and password the keyring holds.
    """

    index: str = ""
    extra_indexes: tuple[str, ...] = ()
    conda_channels: tuple[str, ...] = ()
    conda_mirror: str = ""
    certificates: str = ""
    certificates_in_images: bool = False
    proxy: str = ""
    offline: bool = False
    vulnerabilities: str = ""
    docker_context: str = ""
    logins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for address in (self.index, *self.extra_indexes):
            _check_address(address, "a package index", ("http", "https", "file"))
        _check_address(self.conda_mirror, "a mirror", ("http", "https", "file"))
        _check_address(self.proxy, "a proxy", ("http", "https"))
        for channel in self.conda_channels:
            if not _CHANNEL.match(channel):
                kinds = ("http", "https", "file")
                _check_address(channel, "a conda channel", kinds)

    @property
    def places(self) -> Sequence[str]:
        """Every address that may want a log-in."""
        channels = [each for each in self.conda_channels if "://" in each]
        named = [self.index, *self.extra_indexes, self.conda_mirror, *channels]
        return [each for each in [*named, self.proxy] if each.startswith("http")]


def origin(address: str) -> str:
    """Scheme, host and port: whom a log-in is for. InvalidError for no address."""
    parts = _parts(address)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname:
        raise InvalidError(
            f"'{without_login(address)}' isn't the address of a server",
            hint="Write it like https://packages.example.com",
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port or _PORTS[parts.scheme]
    return f"{parts.scheme}://{host}:{port}"


def without_login(address: str) -> str:
    """An address as it may be shown, also where a password has a slash in it."""
    return re.sub(r"(?<=://).*@", "", address)


def settings_of(told: Mapping[str, Any]) -> PackageSettings:
    """From what a file holds. InvalidError for what can't be meant."""
    usual = PackageSettings()
    known = {each.name: getattr(usual, each.name) for each in fields(PackageSettings)}
    found: dict[str, Any] = {}
    for name, value in told.items():
        if name not in known:
            continue
        if isinstance(known[name], tuple) and isinstance(value, list):
            value = tuple(value)
        found[name] = value
        if type(value) is not type(known[name]) or not _are_texts(value):
            raise InvalidError(
                f"'{name}' can't be {str(value)[:80]}", "Correct it, or remove it"
            )
    return PackageSettings(**found)


def _are_texts(value: Any) -> bool:
    return not isinstance(value, tuple) or all(isinstance(each, str) for each in value)


def _check_address(address: str, what: str, schemes: Sequence[str]) -> None:
    if not address:
        return
    if "@" in address:
        raise RefusedError(
            "This address holds a user or password, and settings are kept in a file",
            hint="Write it without them, then keep them in the keyring: "
            f"{_LOG_IN} {without_login(address)}",
        )
    if not _fits(address, schemes):
        raise InvalidError(
            f"'{without_login(address)}' isn't the address of {what}",
            hint="Write it whole, like https://packages.example.com"
            + ("/simple" if "index" in what else ""),
        )


def _fits(address: str, schemes: Sequence[str]) -> bool:
    parts = _parts(address)
    if parts is None or parts.scheme not in schemes or re.search(r"\s", address):
        return False
    return not parts.query and bool(parts.hostname or parts.scheme == "file")


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts
