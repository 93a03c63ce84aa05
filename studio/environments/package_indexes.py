"""Where packages come from: our own settings, uv's, pip's; in this order.

An address may hold credentials. They reach uv by its environment only, and no text
for people has them.
"""

from __future__ import annotations

import base64
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from studio.domain.package_settings import PackageSettings, origin
from studio.environments.pip_settings import is_on, pip_settings, words

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s'\"`]+@")
_UV_INDEX = ("UV_DEFAULT_INDEX", "UV_INDEX_URL")
_UV_EXTRA = ("UV_INDEX", "UV_EXTRA_INDEX_URL")
_CERTIFICATES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_TOKEN_USER = "__token__"


@dataclass(frozen=True, repr=False)
class PackageIndexes:
    """`default` is the main index, "" for the installer's own.

    `extra` ones are asked first; a package is taken from the first that has it, so
    that nobody can slip in another of the same name; `compare_all` takes the newest of
    all indexes instead. `cache` "": uv's usual folder. `ours`: our own settings say it,
    so that uv's files are not read. `channels` are for a conda environment that names
    none, `channel_alias` is where names of channels are looked for; `logins` are user
    and password by origin, which conda's packages are fetched with.
    """

    default: str = ""
    extra: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    certificates: str = ""
    client_certificate: str = ""
    trusted_hosts: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    proxy: str = ""
    timeout_seconds: int = 0
    cache: str = ""
    offline: bool = False
    compare_all: bool = False
    ours: bool = False
    channels: tuple[str, ...] = ()
    channel_alias: str = ""
    logins: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    certificates_in_images: bool = False
    notes: tuple[str, ...] = field(default=(), compare=False)

    def __repr__(self) -> str:
        return f"PackageIndexes({'; '.join(self.describe())})"

    def describe(self) -> Sequence[str]:
        """Lines for people, without credentials."""
        main = "none" if self.no_index else self.default or "the usual one"
        told = [f"Package index: {without_credentials(main)}"]
        told += [f"Also: {without_credentials(each)}" for each in self.extra]
        told += [f"Folder: {without_credentials(each)}" for each in self.find_links]
        told += [f"Channel: {without_credentials(each)}" for each in self.channels]
        if self.channel_alias:
            told.append(f"Channels below: {without_credentials(self.channel_alias)}")
        if self.certificates:
            told.append(f"Certificates: {self.certificates}")
        if self.proxy:
            told.append(f"Proxy: {without_credentials(self.proxy)}")
        told += [f"Constraints: {each}" for each in self.constraints]
        if self.compare_all:
            told.append("The newest of all indexes is taken, whichever has it")
        if self.offline:
            told.append("Offline: only what the cache has")
        return [*told, *self.notes]

    def environment(self, given: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The variables by which uv is told; `given` is what it inherits."""
        told = {
            "UV_DEFAULT_INDEX": self.default,
            "UV_INDEX": " ".join(self.extra),
            "UV_FIND_LINKS": ",".join(self.find_links),
            "UV_NO_INDEX": "1" if self.no_index else "",
            "UV_INSECURE_HOST": " ".join(self.trusted_hosts),
            "SSL_CERT_FILE": self.certificates,
            "SSL_CLIENT_CERT": self.client_certificate,
            "UV_HTTP_TIMEOUT": str(self.timeout_seconds or ""),
            "UV_CACHE_DIR": self.cache,
            "UV_INDEX_STRATEGY": "unsafe-best-match" if self.compare_all else "",
            "UV_NO_CONFIG": "1" if self.ours else "",
        }
        told |= self._network()
        ours = {*_UV_INDEX, *_UV_EXTRA, "UV_CONSTRAINT"}
        cleared = dict.fromkeys(ours & {*given}, "")
        return cleared | {name: value for name, value in told.items() if value}

    def conda_environment(
        self, given: Mapping[str, str] = os.environ
    ) -> dict[str, str]:
        """All variables of the child that solves and installs conda packages."""
        told = {"SSL_CERT_FILE": self.certificates, **self._network()}
        return {**given, **{name: value for name, value in told.items() if value}}

    def _network(self) -> dict[str, str]:
        """The lower-case names are obeyed too, and would win where they are set."""
        names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
        return dict.fromkeys(names, self.proxy) if self.proxy else {}

    def with_logins(self, logins: Mapping[str, tuple[str, str]]) -> PackageIndexes:
        """The same, asked with these users and passwords, by origin."""
        return replace(
            self,
            default=_with_login(self.default, logins),
            extra=tuple(_with_login(each, logins) for each in self.extra),
            proxy=_with_login(self.proxy, logins),
            logins=dict(logins),
        )

    def secrets(self) -> Sequence[str]:
        """What must appear nowhere: users and passwords of the addresses."""
        found = []
        for user, password in self.logins.values():
            pair = base64.b64encode(f"{user}:{password}".encode()).decode()
            found += [password, quote(password, safe=""), pair] if password else []
        for url in (self.default, *self.extra, *self.find_links, self.proxy):
            written = _CREDENTIALS.search(url)
            if not written:
                continue
            parts = urlsplit(url)
            found.append(written[0].rstrip("@"))
            for each in (parts.password, parts.password or parts.username):
                found += [each, unquote(each)] if each else []
        return sorted(set(found), key=len, reverse=True)

    def hide(self, text: str) -> str:
        """`text` without any credentials, ours or others."""
        for secret in self.secrets():
            text = text.replace(secret, "***")
        return without_credentials(text)


def without_credentials(text: str) -> str:
    return _CREDENTIALS.sub("", text)


def indexes_of(settings: PackageSettings) -> PackageIndexes:
    """What our own settings say."""
    return PackageIndexes(
        default=settings.index,
        extra=settings.extra_indexes,
        certificates=settings.certificates,
        proxy=settings.proxy,
        offline=settings.offline,
        ours=bool(settings.index),
        channels=settings.conda_channels,
        channel_alias=settings.conda_mirror,
        certificates_in_images=settings.certificates_in_images,
    )


def _with_login(url: str, logins: Mapping[str, tuple[str, str]]) -> str:
    if not url.startswith("http") or _CREDENTIALS.search(url):
        return url
    user, password = logins.get(origin(url), ("", ""))
    if not password:
        return url
    scheme, _, rest = url.partition("://")
    who = f"{quote(user or _TOKEN_USER, safe='')}:{quote(password, safe='')}"
    return f"{scheme}://{who}@{rest}"


def package_indexes(
    own: PackageIndexes | None = None, environ: Mapping[str, str] = os.environ
) -> PackageIndexes:
    """What holds on this computer. What `own` says wins over uv's and pip's."""
    pip = pip_settings(environ)
    default = _first(environ, _UV_INDEX)
    extra = words(" ".join(environ.get(name, "") for name in _UV_EXTRA))
    links = tuple(filter(None, environ.get("UV_FIND_LINKS", "").split(",")))
    notes: list[str] = []
    if not (default or extra or links or _uv_file_names_indexes(environ)):
        default = pip.get("index-url", "").strip()
        extra = _there(words(pip.get("extra-index-url", "")), notes)
        links = _there(words(pip.get("find-links", "")), notes)
    found = PackageIndexes(
        default=default,
        extra=extra,
        find_links=links,
        no_index=is_on(environ.get("UV_NO_INDEX") or pip.get("no-index", "")),
        certificates=_first(environ, _CERTIFICATES) or pip.get("cert", ""),
        client_certificate=environ.get("SSL_CLIENT_CERT") or pip.get("client-cert", ""),
        trusted_hosts=words(
            environ.get("UV_INSECURE_HOST") or pip.get("trusted-host", "")
        ),
        constraints=words(environ.get("UV_CONSTRAINT") or pip.get("constraint", "")),
        proxy=pip.get("proxy", ""),
        timeout_seconds=_seconds(
            environ.get("UV_HTTP_TIMEOUT")
            or pip.get("timeout")
            or pip.get("default-timeout", "")
        ),
        cache=environ.get("UV_CACHE_DIR", ""),
        offline=is_on(environ.get("UV_OFFLINE", "")),
        compare_all=_compares_all(environ, extra),
        notes=tuple(notes),
    )
    return found if own is None else _over(found, own)


def _compares_all(environ: Mapping[str, str], extra: Sequence[str]) -> bool:
    """As is said; else where all further indexes are folders of this computer, into
    which no stranger can slip a package."""
    if said := environ.get("UV_INDEX_STRATEGY"):
        return said == "unsafe-best-match"
    return bool(extra) and all(each.startswith("file://") for each in extra)


def _over(found: PackageIndexes, own: PackageIndexes) -> PackageIndexes:
    said = {
        name: value
        for name, value in vars(own).items()
        if value and name not in ("notes",)
    }
    if own.default or own.no_index:
        said |= {"extra": own.extra, "find_links": own.find_links}
        said["no_index"] = own.no_index
    return replace(found, **said)


def _first(environ: Mapping[str, str], names: Sequence[str]) -> str:
    return next((environ[name] for name in names if environ.get(name)), "").strip()


def _there(places: Sequence[str], notes: list[str]) -> tuple[str, ...]:
    """Without the folders that don't exist, which pip passes over in silence."""
    kept = []
    for place in places:
        local = place.removeprefix("file://")
        if "://" in local or Path(local).exists():
            kept.append(place)
        else:
            notes.append(f"Not there, left out: {place}")
    return tuple(kept)


def _seconds(text: str) -> int:
    try:
        return max(0, int(float(text)))
    except (ValueError, OverflowError):
        return 0


def _uv_file_names_indexes(environ: Mapping[str, str]) -> bool:
    """Whether uv's own settings file says where packages come from: it is obeyed."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    folder = environ.get("XDG_CONFIG_HOME") or environ.get("APPDATA")
    files = [
        Path(environ.get("UV_CONFIG_FILE") or "uv.none"),
        Path(folder or home / ".config") / "uv" / "uv.toml",
        Path("/etc/uv/uv.toml"),
    ]
    return any(_names_indexes(file) for file in files if file.is_file())


def _names_indexes(file: Path) -> bool:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    keys = {"index", "index-url", "extra-index-url", "find-links", "no-index"}
    pip = said.get("pip")
    return bool(keys & ({*said} | {*(pip if isinstance(pip, dict) else {})}))
