"""The text of a conda lock: all that an installer needs, readable, in one order."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

from studio.domain.environment import Lock
from studio.domain.errors import InvalidError

_HEAD = "# Exactly what is installed. To change it, lock the environment again.\n"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_ENTRY = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)")
_NEEDED = ("name", "version", "build", "subdir", "url")


@dataclass(frozen=True)
class CondaLockText:
    """`python` is the whole version; `pip` are requirements with hashes."""

    platform: str
    python: str
    packages: Sequence[Mapping[str, Any]]
    pip: str = ""


def write_lock_text(lock: CondaLockText) -> str:
    """The same packages always give the same text."""
    packages = sorted(lock.packages, key=lambda p: (p["name"], p["url"]))
    data = {
        "version": 1,
        "platform": lock.platform,
        "python": lock.python,
        "packages": [dict(package) for package in packages],
    }
    text = yaml.dump(data, Dumper=_Plain, sort_keys=False, width=4096)
    if lock.pip:
        indented = "".join(f"  {line}\n" for line in lock.pip.splitlines())
        text += f"pip: |\n{indented}"
    return _HEAD + text


def read_lock_text(text: str) -> CondaLockText:
    """InvalidError for what isn't one, or holds a package that can't be checked."""
    try:
        data = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _damaged("it isn't YAML") from error
    if not isinstance(data, dict) or data.get("version") != 1:
        raise _damaged("it isn't one of this version")
    packages = data.get("packages")
    if not isinstance(packages, list):
        raise _damaged("it names no packages")
    for package in packages:
        _check(package)
    return CondaLockText(
        str(data.get("platform", "")),
        str(data.get("python", "")),
        packages,
        str(data.get("pip", "") or ""),
    )


def is_conda(lock: Lock) -> bool:
    return any(package.manager == "conda" for package in lock.packages)


def pip_part(lock: Lock) -> Lock | None:
    """What pip installs on top of conda's packages, as a lock of its own."""
    text = read_lock_text(lock.text).pip
    if not text:
        return None
    packages = tuple(p for p in lock.packages if p.manager == "pip")
    return replace(lock, packages=packages, text=text)


def explicit_list(lock: Lock) -> str:
    """conda's packages as conda's own tools install them without solving."""
    packages = read_lock_text(lock.text).packages
    lines = [f"{p['url']}#{p.get('md5') or 'sha256:' + p['sha256']}" for p in packages]
    return "\n".join([f"# platform: {lock.platform}", "@EXPLICIT", *lines, ""])


def without_packages(text: str, names: Collection[str]) -> str:
    """Requirements with hashes, less these packages (and what is told of them)."""
    kept: list[str] = []
    left_out = False
    for line in text.splitlines(keepends=True):
        if found := _ENTRY.match(line):
            left_out = normal_name(found[1]) in names
        if not left_out:
            kept.append(line)
    return "".join(kept)


def normal_name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _check(package: Any) -> None:
    if not isinstance(package, dict) or any(not package.get(k) for k in _NEEDED):
        raise _damaged("a package has no name, version or address")
    if not (package.get("sha256") or package.get("md5")):
        raise _damaged(f"{package['name']} has no hash")


def _damaged(why: str) -> InvalidError:
    return InvalidError(f"This lock can't be read: {why}", "Lock the environment again")


class _Plain(_Dumper):  # type: ignore[misc]  # the C class is chosen at run time
    """Never writes an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
