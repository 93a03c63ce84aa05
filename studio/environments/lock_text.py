"""What uv has compiled, read into the packages of a lock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from studio.domain.environment import LockedPackage
from studio.domain.requirement_lines import has_literal_credentials, normal_name

_PINNED = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)(?:\s*;\s*(.*))?$")
_PLACED = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s+@\s+(\S+)(?:\s*;\s*(.*))?$")
_HASHED = re.compile(r"    --hash=sha\d+:[0-9a-f]+( \\)?")
_TOLD = re.compile(r" *#.*")
_OF_INDEX = re.compile(r"--(?:(?:extra-)?index-url|find-links)[= ](https?://[^\s\\]+)")


def check_lock_lines(text: str, declared: str) -> None:
    """ValueError for a line that an installer would obey and `locked_packages` passes
    over: another file, another address, an index that isn't `declared`."""
    if has_literal_credentials(text) or text.splitlines() != text.rstrip("\n").split(
        "\n"
    ):
        raise ValueError("not a lock as it is written here")
    for line in text.splitlines():
        if option := _OF_INDEX.fullmatch(line):
            if option[1] not in declared:
                raise ValueError(f"an index that isn't declared: {line}")
        elif line and not (_HASHED.fullmatch(line) or _TOLD.fullmatch(line)):
            head = line.removesuffix("\\").strip()
            if line.startswith((" ", "-")) or " -" in head:
                raise ValueError(f"not a line of a lock: {line}")
            _head(head)


def locked_packages(text: str) -> tuple[LockedPackage, ...]:
    """By name. What was asked for itself is needed by nobody."""
    found = [_package(head, below) for head, below in _entries(text)]
    return tuple(sorted(found, key=lambda each: (each.name, each.marker)))


def _entries(text: str) -> Iterator[tuple[str, list[str]]]:
    head, below = "", list[str]()
    for line in text.splitlines():
        if line[:1] in ("#", "-", "") and not line.startswith(" "):
            continue
        if not line.startswith(" "):
            if head:
                yield head, below
            head, below = line.rstrip("\\").strip(), []
        else:
            below.append(line.rstrip("\\").strip())
    if head:
        yield head, below


def _package(head: str, below: Sequence[str]) -> LockedPackage:
    hashes = [each.removeprefix("--hash=") for each in below if each.startswith("--h")]
    told = [each.removeprefix("#").strip() for each in below if each.startswith("#")]
    told = [each for each in told if not each.startswith("from ")]  # its index
    via = [each.removeprefix("via").strip() for each in told]
    asked = any(each.startswith("-r ") for each in via)
    needed = {_bare(each) for each in via if each and not each.startswith("-")}
    name, version, url, marker = _head(head)
    return LockedPackage(
        name=normal_name(name),
        version=version,
        needed_by=() if asked else tuple(sorted(needed)),
        hashes=tuple(sorted(hashes)),
        url=url,
        marker=marker,
    )


def _head(head: str) -> tuple[str, str, str, str]:
    if found := _PINNED.match(head):
        return found[1], found[2], "", found[3] or ""
    if found := _PLACED.match(head):
        return found[1], _version_in(found[2]), found[2], found[3] or ""
    raise ValueError(f"not a line of a lock: {head}")


def _version_in(url: str) -> str:
    """A wheel's or source archive's name tells its version."""
    file = url.split("#")[0].split("?")[0].rsplit("/", 1)[-1]
    if file.endswith(".whl") and file.count("-") >= 4:
        return file.split("-")[1]
    found = re.search(r"-(\d[^-]*?)(?:\.tar\.\w+|\.zip|\.tgz)$", file)
    return found[1] if found else ""


def _bare(name: str) -> str:
    return normal_name(name.split("[")[0].strip())
