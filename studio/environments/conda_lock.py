"""Which conda packages, and which of pip's after them: solved, nothing installed."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from studio.domain.conda import CondaDeclaration
from studio.domain.environment import PLATFORMS, Lock, LockedPackage
from studio.domain.errors import InvalidError
from studio.environments.conda_child import ask_conda
from studio.environments.conda_lock_text import (
    CondaLockText,
    normal_name,
    without_packages,
    write_lock_text,
)
from studio.environments.conda_words import unsolvable
from studio.environments.package_indexes import PackageIndexes, package_indexes
from studio.environments.pip_lock import lock_pip
from studio.environments.tool import Report, silent
from studio.environments.uv_errors import UnsolvableError

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_SYSTEM: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "linux": [("__unix", "0", "0"), ("__linux", "5.10", "0"), ("__glibc", "2.28", "0")],
    "osx": [("__unix", "0", "0"), ("__osx", "13.0", "0")],
    "win": [("__win", "10.0", "0")],
}
_PROCESSOR = {"64": "x86_64", "aarch64": "aarch64", "arm64": "m1"}


def lock_conda(
    asked: CondaDeclaration,
    *,
    cache: Path,
    platform: str = "linux-64",
    cuda: str = "",
    offline: bool = False,
    indexes: PackageIndexes | None = None,
    sources: bool = False,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> Lock:
    """The lock of what an environment.yml asks for, with its pip part.

    The same lines in another order give the same lock. It is solved for the platform,
    not for this computer: `cuda` ("12.4") says that there is a driver. Channels are
    read into `cache`; what is there serves where no channel answers.
    CondaUnsolvableError tells the smallest changes that would mend it.
    """
    _check(asked, platform)
    settings = indexes or package_indexes(PackageIndexes(offline=offline))
    answer = ask_conda(
        {
            "work": "solve",
            "channels": _channels(asked, settings),
            "specs": sorted({spec.text for spec in asked.specs}),
            "platform": platform,
            "virtual": virtual_packages(platform, cuda),
            "offline": offline or settings.offline,
            "cache": str(cache),
        },
        what="Solving conda packages",
        indexes=settings,
        progress=progress,
        cancel=cancel,
    )
    if facts := answer.get("unsolvable"):
        raise unsolvable(facts, asked, platform)
    packages: Sequence[Mapping[str, Any]] = answer["packages"]
    python = _python(packages)
    pip = None
    if asked.pip:
        pip = _lock_pip_part(
            asked, packages, platform, settings, sources, progress, cancel
        )
    return _lock(asked, packages, python, platform, pip)


def _channels(asked: CondaDeclaration, settings: PackageIndexes) -> list[str]:
    """Those of our settings, where an environment has named none by itself."""
    if settings.channels and not any(channel.line for channel in asked.channels):
        return [*settings.channels]
    return [channel.text for channel in asked.channels]


def virtual_packages(platform: str, cuda: str = "") -> list[tuple[str, str, str]]:
    """What every computer of a platform has, as conda names it."""
    system, _, processor = platform.partition("-")
    found = [*_SYSTEM[system], ("__archspec", "1", _PROCESSOR[processor])]
    return [*found, ("__cuda", cuda, "0")] if cuda else found


def _check(asked: CondaDeclaration, platform: str) -> None:
    if platform not in PLATFORMS:
        raise InvalidError(
            f"There is no platform '{platform}'", f"There are: {', '.join(PLATFORMS)}"
        )
    if not asked.specs:
        raise InvalidError(
            "This environment asks for no conda packages",
            "Add '- python=3.11' to its dependencies",
        )


def _python(packages: Sequence[Mapping[str, Any]]) -> str:
    found = next((p["version"] for p in packages if p["name"] == "python"), "")
    if not found:
        raise InvalidError(
            "No Python is among the packages",
            "Add '- python=3.11' to the dependencies",
        )
    return str(found)


def _lock_pip_part(
    asked: CondaDeclaration,
    packages: Sequence[Mapping[str, Any]],
    platform: str,
    indexes: PackageIndexes,
    sources: bool,
    progress: Report,
    cancel: threading.Event | None,
) -> Lock:
    """What conda has chosen stays: pip's packages must fit it, and not repeat it."""
    had = _python_packages(packages)
    try:
        lock = lock_pip(
            asked.pip_text,
            python=_minor(_python(packages)),
            platform=platform,
            indexes=indexes,
            constraints="".join(f"{name}=={of}\n" for name, of in had.items()),
            sources=sources,
            progress=progress,
            cancel=cancel,
        )
    except UnsolvableError as error:
        raise UnsolvableError(
            "The pip part doesn't fit, with the packages that conda chose: "
            f"{error.message}",
            error.hint,
            error.told,
        ) from error
    kept = tuple(p for p in lock.packages if p.name not in had)
    text = without_packages(lock.text, had)
    return Lock(lock.python, platform, kept, lock.solver, text)


def _python_packages(packages: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Packages of conda that pip would know by the same name."""
    found = {}
    for package in packages:
        needs = {_name_of(each) for each in package.get("depends", ())}
        if needs & {"python", "python_abi"} and _is_pips(package["version"]):
            found[normal_name(package["name"])] = str(package["version"])
    return found


def _is_pips(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _lock(
    asked: CondaDeclaration,
    packages: Sequence[Mapping[str, Any]],
    python: str,
    platform: str,
    pip: Lock | None,
) -> Lock:
    needed: dict[str, set[str]] = {}
    for package in packages:
        for each in package.get("depends", ()):
            needed.setdefault(_name_of(each), set()).add(package["name"])
    locked = [_locked(each, asked.asked_names, needed) for each in packages]
    solver = f"py-rattler {version('py-rattler')}"
    return Lock(
        python=_minor(python),
        platform=platform,
        packages=(*locked, *(pip.packages if pip else ())),
        solver=f"{solver}, {pip.solver}" if pip else solver,
        text=write_lock_text(
            CondaLockText(platform, python, packages, pip.text if pip else "")
        ),
    )


def _locked(
    package: Mapping[str, Any], asked: frozenset[str], needed: Mapping[str, set[str]]
) -> LockedPackage:
    name = package["name"]
    kinds = [kind for kind in ("sha256", "md5") if package.get(kind)]
    if not kinds:
        raise InvalidError(
            f"{name} {package['version']} has no hash in its channel",
            "Ask the channel's owner to index it again, or take it from another",
        )
    return LockedPackage(
        name=name,
        version=package["version"],
        manager="conda",
        needed_by=() if name in asked else tuple(sorted(needed.get(name, ()))),
        hashes=(f"{kinds[0]}:{package[kinds[0]]}",),
        url=package["url"],
        build=package["build"],
    )


def _minor(python: str) -> str:
    return ".".join(python.split(".")[:2])


def _name_of(spec: str) -> str:
    found = _NAME.match(spec)
    return found[0] if found else ""
