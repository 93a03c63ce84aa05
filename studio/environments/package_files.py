"""The files that a lock means: where each lies, and how it is fetched and checked."""

from __future__ import annotations

import hashlib
import os
import ssl
import threading
import tomllib
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from netrc import NetrcParseError, netrc
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from studio.domain.environment import PLATFORMS, Lock
from studio.domain.errors import InvalidError, RefusedError, UnavailableError
from studio.domain.package_settings import origin
from studio.environments.conda_channels import HiddenText
from studio.environments.conda_lock_text import is_conda, pip_part, read_lock_text
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Progress, Report, check_cancelled
from studio.environments.uv import (
    run_uv_with_network_away,
    solving_python,
    working_folder,
)

_CHUNK = 1 << 20
_SECONDS = 60
_WHAT = "Fetching packages"
_LINUX = (
    *(f"manylinux_2_{number}" for number in range(28, 4, -1)),
    *("manylinux2014", "manylinux2010", "manylinux1", "linux"),
)


@dataclass(frozen=True)
class PackageFile:
    """`url` may hold variables, as the lock has it; `checksum` is like sha256:..."""

    name: str
    url: str
    checksum: str


def package_files(
    lock: Lock,
    indexes: PackageIndexes,
    progress: Report,
    cancel: threading.Event | None,
) -> Sequence[PackageFile]:
    """One for each package of the lock. RefusedError for one that is of an address."""
    found: list[PackageFile] = []
    pip: Lock | None = lock
    if is_conda(lock):
        pip = pip_part(lock)
        for each in read_lock_text(lock.text).packages:
            kind = "sha256" if each.get("sha256") else "md5"
            name = str(each["url"]).rpartition("/")[2]
            found.append(PackageFile(name, each["url"], f"{kind}:{each[kind]}"))
    if pip is not None and pip.packages:
        found += _wheels(pip, indexes, progress, cancel)
    return found


def _wheels(
    lock: Lock,
    indexes: PackageIndexes,
    progress: Report,
    cancel: threading.Event | None,
) -> Iterator[PackageFile]:
    """uv says where the files of each lie; the one that fits best is taken."""
    for each in lock.packages:
        if each.url:
            raise RefusedError(
                f"{each.name} is of an address, not of an index, and can't be put "
                "into a file",
                hint="Declare it by name and version, then lock again",
            )
    with working_folder({"lock.in": lock.text}) as folder:
        told = run_uv_with_network_away(
            [
                *("pip", "compile", "lock.in", "--no-deps", "--no-header"),
                *("--format", "pylock.toml", "--no-build", *solving_python()),
                *("--python-version", lock.python),
                *("--python-platform", PLATFORMS[lock.platform]),
            ],
            indexes=indexes,
            folder=folder,
            phase="fetching",
            progress=progress,
            cancel=cancel,
        ).stdout
    hashes = {h for each in lock.packages for h in each.hashes}
    ranks = {tag: rank for rank, tag in enumerate(_tags(lock.python, lock.platform))}
    for package in tomllib.loads(told).get("packages", ()):
        yield _best(package, hashes, ranks)


def _best(
    package: Mapping[str, Any], hashes: set[str], ranks: Mapping[Tag, int]
) -> PackageFile:
    fitting: list[tuple[int, PackageFile]] = []
    for wheel in package.get("wheels", ()):
        url = str(wheel.get("url") or Path(str(wheel.get("path"))).absolute().as_uri())
        name = unquote(urlsplit(url).path).rpartition("/")[2]
        checksum = f"sha256:{wheel.get('hashes', {}).get('sha256', '')}"
        if checksum in hashes and (rank := _rank(name, ranks)) is not None:
            fitting.append((rank, PackageFile(name, url, checksum)))
    if not fitting:
        raise UnavailableError(
            f"No index has a file of {package['name']} {package['version']} that was "
            "locked any more",
            hint="Lock the environment again",
        )
    return min(fitting, key=lambda each: each[0])[1]


def _rank(name: str, ranks: Mapping[Tag, int]) -> int | None:
    try:
        tags = parse_wheel_filename(name)[3]
    except InvalidWheelFilename:
        return None
    return min((ranks[tag] for tag in tags if tag in ranks), default=None)


def _tags(python: str, platform: str) -> Iterator[Tag]:
    """The best first, as every installer ranks them."""
    numbers = [int(part) for part in python.split(".")[:2]]
    system, _, processor = platform.partition("-")
    if system == "linux":
        machine = {"64": "x86_64"}.get(processor, processor)
        platforms = [f"{each}_{machine}" for each in _LINUX]
    elif system == "osx":
        machine = {"64": "x86_64"}.get(processor, processor)
        platforms = list(mac_platforms((13, 0), machine))
    else:
        platforms = ["win_amd64"]
    interpreter = "cp" + "".join(map(str, numbers))
    yield from cpython_tags(numbers, platforms=platforms)
    yield from compatible_tags(numbers, interpreter=interpreter, platforms=platforms)


class Fetching:
    """Brings files here by the same settings as installers, and checks each."""

    def __init__(
        self,
        indexes: PackageIndexes,
        progress: Report,
        cancel: threading.Event | None,
    ) -> None:
        self._indexes = indexes
        self._progress = progress
        self._cancel = cancel
        self._hidden = HiddenText(os.environ)

    def fetch(self, wanted: PackageFile, place: Path) -> None:
        """InvalidError if it isn't what was locked; UnavailableError without it."""
        if self._indexes.offline and not wanted.url.startswith("file:"):
            raise UnavailableError(
                f"{wanted.name} would have to be fetched, and the package settings say "
                "'offline'",
                hint="Use the network once: studio settings packages set --online",
            )
        kind, _, expected = wanted.checksum.partition(":")
        found = hashlib.new(kind)
        try:
            with self._open(wanted.url) as source, place.open("wb") as target:
                while chunk := source.read(_CHUNK):
                    check_cancelled(self._cancel, _WHAT)
                    found.update(chunk)
                    target.write(chunk)
        except OSError as error:
            told = self._hidden.hide(self._indexes.hide(str(error)))
            raise UnavailableError(
                f"{wanted.name} can't be fetched: {told}",
                hint="Check the network, then export again",
            ) from None  # its words may name a password
        if found.hexdigest() != expected:
            raise InvalidError(
                f"{wanted.name} isn't the file that was locked: it has another content",
                hint="Lock the environment again",
            )

    def _open(self, url: str) -> Any:
        whole = self._hidden.fill(url)
        parts = urlsplit(whole)
        known = self._hidden.logins.get(parts.hostname or "", {})
        login = known if whole != url else {}  # another server may be on this host
        if token := login.get("CondaToken"):
            place = f"{parts.scheme}://{parts.netloc}/"
            whole = whole.replace(place, f"{place}t/{quote(str(token))}/", 1)
        asked = urllib.request.Request(whole)
        basic = login.get("BasicHTTP")
        remote = parts.scheme in ("http", "https")
        if remote and (word := self._authorization(parts.scheme, parts.netloc, basic)):
            asked.add_unredirected_header("Authorization", word)
        opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=self._certificates(whole)),
            *self._proxies(),
        )
        return opener.open(asked, timeout=self._indexes.timeout_seconds or _SECONDS)

    def _proxies(self) -> Sequence[urllib.request.BaseHandler]:
        proxy = self._indexes.proxy
        if not proxy:
            return ()
        return (urllib.request.ProxyHandler({"http": proxy, "https": proxy}),)

    def _certificates(self, url: str) -> ssl.SSLContext:
        if urlsplit(url).hostname in self._indexes.trusted_hosts:
            return ssl._create_unverified_context()  # as its owner has said
        context = ssl.create_default_context(cafile=self._indexes.certificates or None)
        if self._indexes.client_certificate:
            context.load_cert_chain(self._indexes.client_certificate)
        return context

    def _authorization(self, scheme: str, host: str, login: Any) -> str:
        """What lets us in there: of the channel, the index, or .netrc."""
        if isinstance(login, dict):
            return _basic(login["username"], login["password"])
        for server, (user, password) in self._indexes.logins.items():
            if server == origin(f"{scheme}://{host}"):
                return _basic(user or "__token__", password)
        for index in (self._indexes.default, *self._indexes.extra):
            parts = urlsplit(index)
            if parts.netloc.rpartition("@")[2] == host and parts.username:
                return _basic(unquote(parts.username), unquote(parts.password or ""))
        try:
            known = netrc().authenticators(host.partition(":")[0])
        except (OSError, NetrcParseError):
            known = None
        return _basic(known[0], known[2] or "") if known else ""


def _basic(user: str, password: str) -> str:
    from base64 import b64encode

    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def fetch_all(
    lock: Lock,
    folder: Path,
    *,
    indexes: PackageIndexes,
    progress: Report,
    cancel: threading.Event | None,
) -> Sequence[Path]:
    """Every file that the lock means, in `folder`."""
    wanted = package_files(lock, indexes, progress, cancel)
    fetching = Fetching(indexes, progress, cancel)
    made = []
    for number, each in enumerate(wanted):
        progress(Progress("fetching", each.name, number, len(wanted)))
        made.append(folder / f"{number}" / each.name)
        made[-1].parent.mkdir(parents=True)
        fetching.fetch(each, made[-1])
    progress(Progress("fetching", f"{len(wanted)} packages", len(wanted), len(wanted)))
    return made
