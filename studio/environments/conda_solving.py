"""Which conda packages fit together; part of the program that works in a child."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from studio.environments.conda_channels import HiddenText, whole_channels
from studio.environments.conda_explaining import Explaining

_KEPT = (
    *("name", "version", "build", "build_number", "subdir", "noarch", "url"),
    *("sha256", "md5", "size", "depends", "license", "python_site_packages_path"),
)


def tell(phase: str, line: str, done: int = 0, total: int = 0) -> None:
    """Progress, as a line of JSON on stderr."""
    told = {"phase": phase, "line": line, "done": done, "total": total}
    sys.stderr.write(json.dumps(told) + "\n")
    sys.stderr.flush()


def client(logins: Mapping[str, object]) -> Any:
    """Reads channels with the computer's certificates, and these or the person's own
    log-ins."""
    from rattler import Client, Config

    settings = 'tls-root-certs = "native"\n'
    if not logins:
        return Client.from_config(Config.from_toml(settings))
    with _kept_apart(json.dumps(logins)) as file:
        settings += f"authentication-override-file = {json.dumps(file)}\n"
        return Client.from_config(Config.from_toml(settings))


@contextmanager
def _kept_apart(text: str) -> Iterator[str]:
    """A file that is on no disk, where that can be; else one that only we may read."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("logins")
        name = f"/proc/self/fd/{handle}"
    else:
        handle, name = tempfile.mkstemp(suffix=".json")
    try:
        os.write(handle, text.encode())
        yield name
    finally:
        os.close(handle)
        if not name.startswith("/proc/"):
            Path(name).unlink()


async def solve(request: Mapping[str, Any], hidden: HiddenText) -> dict[str, Any]:
    """The packages, or the facts of why there is no solution."""
    from rattler.exceptions import GatewayError, SolverError

    asked = Asked(request, hidden, "cache-or-fetch")
    if request.get("offline"):
        asked = Asked(request, hidden, "force-cache-only")
    tell("solving", f"Reading {', '.join(request['channels'])}")
    try:
        return {"packages": await asked.packages()}
    except SolverError as error:
        tell("solving", "Looking for the smallest changes that would mend it")
        return {"unsolvable": await Explaining(asked, str(error)).facts()}
    except GatewayError as away:
        if request.get("offline"):
            raise
        cached = Asked(request, hidden, "force-cache-only")
        try:
            found = await cached.packages()
        except (GatewayError, SolverError):
            raise away from None
        tell("warning", "A channel can't be reached: what was read earlier is used")
        return {"packages": found}


async def reach(request: Mapping[str, Any], hidden: HiddenText) -> dict[str, Any]:
    """Whether channels that answer now have a Python."""
    whole = {"platform": "linux-64", "specs": [], "virtual": [], **request}
    found = await Asked(whole, hidden, "no-cache").known("python")
    return {"found": bool(found)}


class Asked:
    """One request, which can be asked again with other specs."""

    def __init__(
        self, request: Mapping[str, Any], hidden: HiddenText, cache_action: Any
    ) -> None:
        import rattler

        folder = Path(request["cache"]) / "channels"
        folder.mkdir(parents=True, exist_ok=True)
        self.platform = str(request["platform"])
        self.specs: list[str] = list(request["specs"])
        self._hidden = hidden
        alias = request.get("alias") or os.environ.get("CONDA_CHANNEL_ALIAS", "")
        config = rattler.ChannelConfig(alias) if alias else rattler.ChannelConfig()
        self.channels = [
            rattler.Channel(hidden.fill(each), config)
            for each in whole_channels(request["channels"])
        ]
        self._gateway = rattler.Gateway(
            cache_dir=folder,
            default_config=rattler.SourceConfig(cache_action=cache_action),
            client=client(hidden.logins),
        )
        self._virtual = [
            rattler.GenericVirtualPackage(
                rattler.PackageName(name),
                rattler.Version(version),
                rattler.BuildString(build),
            )
            for name, version, build in request["virtual"]
        ]

    async def records(self, specs: Sequence[str], seconds: float = 0.0) -> list[Any]:
        """What fits; SolverError where nothing does, or `seconds` weren't enough."""
        import rattler

        return await rattler.solve(
            self.channels,
            specs,
            gateway=self._gateway,
            platforms=[self.platform, "noarch"],  # type: ignore[list-item]
            virtual_packages=self._virtual,
            timeout=timedelta(seconds=seconds) if seconds else None,
        )

    async def packages(self) -> list[dict[str, Any]]:
        found = [
            json.loads(record.to_json()) for record in await self.records(self.specs)
        ]
        kept = [{key: p[key] for key in _KEPT if p.get(key)} for p in found]
        for package in kept:
            package["url"] = self._hidden.named(package["url"])
        return sorted(kept, key=lambda package: str(package["name"]))

    async def known(self, name: str, platform: str = "") -> list[Any]:
        """All there is of one name, whatever channel has it."""
        where = [platform] if platform else [self.platform, "noarch"]
        found = await self._gateway.query(
            self.channels,
            where,  # type: ignore[arg-type]
            [name],
            recursive=False,
        )
        return [record for records in found for record in records]

    def has_virtual(self, need: str) -> bool:
        """Whether the computer that is solved for offers this (`__glibc >=2.28`)."""
        import rattler

        wanted = rattler.MatchSpec(need)
        records = [
            rattler.PackageRecord(
                v.name.normalized, str(v.version), v.build_string, 0, self.platform
            )
            for v in self._virtual
        ]
        return any(wanted.matches(record) for record in records)

    async def names(self) -> list[str]:
        found = await self._gateway.names(
            self.channels,
            [self.platform, "noarch"],  # type: ignore[list-item]
        )
        return sorted(each.normalized for each in found)
