"""The solver's proof that nothing fits, read into what a person needs of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.domain.environment import Lock
from studio.domain.requirement_lines import normal_name

_SPEC = r"(?:[<>=!~]=?[^\s,<>=!~]+(?:,\s?[<>=!~]=?[^\s,<>=!~]+)*)"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*?(?:\[[^\]]*\])?"
_NEED = re.compile(
    rf"(all versions of )?\b({_NAME})({_SPEC})? depends? on "
    rf"({_NAME})({_SPEC})?(?=[,\s.]|$)"
)
_MISSING = re.compile(rf"\b({_NAME}) was not found in the (?:package|provided|cache)")
_NO_VERSION = re.compile(rf"there is no version of ({_NAME})({_SPEC})")
_ONLY = re.compile(rf"only ({_NAME})({_SPEC}) is available")
_SEVERAL = re.compile(
    rf"only the following versions of ({_NAME}) are available: ((?:{_NAME}{_SPEC}\s)+)"
)
_YANKED = re.compile(rf"({_NAME})==(\S+) was yanked(?: \(reason: (.*?)\))?(?= and|,)")
_NO_WHEEL = re.compile(rf"\b({_NAME})({_SPEC}) has no (?:usable )?wheels")
_PYTHON = re.compile(rf"({_NAME})({_SPEC})? depends on Python({_SPEC})")
_CHOSEN = re.compile(
    rf"Adding transitive dependency for ({_NAME})==(\S+): ({_NAME})({_SPEC})?$", re.M
)
_PLATFORMS = re.compile(r"Wheels are available for [^\n]*?: ([^\n]*)")


@dataclass(frozen=True)
class Need:
    """`package` in `versions` needs `needed` in `bounds`; "" means any."""

    package: str
    versions: str
    needed: str
    bounds: str

    @property
    def words(self) -> str:
        return (
            f"{self.package}{_spoken(self.versions)} needs {self.needed}{self.bounds}"
        )


@dataclass(frozen=True)
class Proof:
    """All that a proof tells; names are in their normal spelling."""

    needs: tuple[Need, ...] = ()
    missing: str = ""
    no_version: tuple[str, str] = ("", "")
    only: tuple[tuple[str, str], ...] = ()
    yanked: tuple[tuple[str, str, str], ...] = ()
    no_wheel: tuple[tuple[str, str], ...] = ()
    pythons: tuple[Need, ...] = ()
    platforms: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()


def read_proof(told: str) -> Proof:
    """Whatever of it is understood; a proof of another kind gives an empty one."""
    platforms = [re.findall(r"`([\w.]+)`", each) for each in _PLATFORMS.findall(told)]
    text = " ".join(told.split("\n\nhint:")[0].split())
    missing = _MISSING.search(text)
    absent = _NO_VERSION.search(text)
    words = re.findall(r"[A-Za-z0-9][A-Za-z0-9._-]*", text)
    return Proof(
        needs=_needs(text),
        missing=normal_name(missing[1]) if missing else "",
        no_version=(normal_name(absent[1]), absent[2]) if absent else ("", ""),
        only=_only(text),
        yanked=tuple((normal_name(n), v, r or "") for n, v, r in _YANKED.findall(text)),
        no_wheel=tuple((normal_name(n), v) for n, v in _NO_WHEEL.findall(text)),
        pythons=tuple(
            Need(normal_name(name), versions, "Python", bounds)
            for name, versions, bounds in _PYTHON.findall(text)
        ),
        platforms=tuple(dict.fromkeys(each for group in platforms for each in group)),
        names=frozenset(normal_name(each.rstrip(".")) for each in words),
    )


def needs_of_chosen(log: str, lock: Lock) -> Sequence[Need]:
    """What the chosen versions need of each other, from the solver's log."""
    return [
        Need(_bare(package), f"=={version}", _bare(needed), bounds.replace(" ", ""))
        for package, version, needed, bounds in _CHOSEN.findall(log)
        if bounds and lock.version_of(_bare(package)) == version
    ]


def _needs(text: str) -> tuple[Need, ...]:
    """The widest clause about two packages is enough for both."""
    found: dict[tuple[str, str], Need] = {}
    for every, package, versions, needed, bounds in _NEED.findall(text):
        if needed == "Python" or package in ("you", "Python"):
            continue
        package, needed = _bare(package), _bare(needed)
        need = Need(package, "" if every else versions, needed, bounds)
        if every or (package, needed) not in found:
            found[package, needed] = need
    return tuple(found.values())


def _only(text: str) -> tuple[tuple[str, str], ...]:
    single = [(normal_name(name), bounds) for name, bounds in _ONLY.findall(text)]
    several = [
        (normal_name(name), re.sub(rf"\s?{re.escape(name)}", " ", told).strip())
        for name, told in _SEVERAL.findall(text)
    ]
    return (*single, *several)


def _bare(name: str) -> str:
    return normal_name(name.split("[")[0])


def _spoken(versions: str) -> str:
    """A version that is meant exactly is said without its sign."""
    if versions.startswith("==") and "," not in versions:
        return f" {versions[2:]}"
    return versions


def needs_in_words(needs: Sequence[Need], most: int = 3) -> str:
    return "; ".join(dict.fromkeys(each.words for each in needs[:most]))
