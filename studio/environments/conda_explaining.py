"""Why no conda packages fit, as facts; part of the program that works in a child."""

from __future__ import annotations

import difflib
import re
import time
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, Protocol

from studio.domain.environment import PLATFORMS
from studio.domain.match_spec import parse_match_spec

_SECONDS_TO_EXPLAIN = 10.0
"""Each for what conflicts and for what would mend it."""
_MOST_VERSIONS = 8
_MOST_FIXES = 4


class Solvable(Protocol):
    """A request that can be asked again with other specs."""

    platform: str
    specs: list[str]

    async def records(self, specs: Sequence[str], seconds: float) -> list[Any]: ...

    async def known(self, name: str, platform: str = "") -> list[Any]: ...

    async def names(self) -> list[str]: ...

    def has_virtual(self, need: str) -> bool: ...


class Explaining:
    """Why nothing fits: what is missing, which lines conflict, what would mend it."""

    def __init__(self, asked: Solvable, proof: str) -> None:
        self._asked = asked
        self._proof = proof
        self._until = time.monotonic() + _SECONDS_TO_EXPLAIN

    async def facts(self) -> dict[str, Any]:
        missing, unmatched = [], []
        for spec in self._asked.specs:
            name = parse_match_spec(spec).name
            known = await self._asked.known(name)
            if not known:
                missing.append(await self._missing(spec, name))
            elif gap := _gap(spec, name, known):
                unmatched.append(gap)
        if missing or unmatched:
            return {"missing": missing, "unmatched": unmatched}
        core = await self._core()
        reasons = await self._reasons(core)
        self._until = time.monotonic() + _SECONDS_TO_EXPLAIN
        fixes = await self._fixes(core)
        return {"specs": core, "reasons": reasons, "fixes": fixes, "proof": self._proof}

    async def _missing(self, spec: str, name: str) -> dict[str, Any]:
        others = [p for p in PLATFORMS if p != self._asked.platform]
        elsewhere = [p for p in others if await self._asked.known(name, p)]
        near: list[str] = []
        if not elsewhere:
            near = difflib.get_close_matches(name, await self._asked.names(), 3, 0.7)
        return {"spec": spec, "name": name, "elsewhere": elsewhere, "near": near}

    async def _fits(self, specs: Sequence[str]) -> list[Any] | None:
        """What would be installed, None if nothing fits. TimeoutError when late."""
        from rattler.exceptions import SolverError

        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            return await self._asked.records(specs, left)
        except SolverError as error:
            if "cancelled" in str(error):
                raise TimeoutError from error
            return None

    async def _core(self) -> list[str]:
        """Specs that conflict, without those that have no part in it."""
        core = list(self._asked.specs)
        try:
            if small := await self._small_core():
                return small
            for spec in list(core):
                rest = [each for each in core if each != spec]
                if await self._fits(rest) is None:
                    core = rest
        except TimeoutError:
            pass
        return core

    async def _small_core(self) -> list[str]:
        """The spec that the solver gave up on, alone or with one other."""
        told = self._proof.split(" cannot be installed")[0].split(": ")[-1]
        name = told.split(" ")[0]
        first = [s for s in self._asked.specs if parse_match_spec(s).name == name]
        if len(first) != 1:
            return []
        if await self._fits(first) is None:
            return first
        for other in sorted(self._asked.specs, key=self._is_silent_about):
            if other not in first and await self._fits([*first, other]) is None:
                return [each for each in self._asked.specs if each in (*first, other)]
        return []

    def _is_silent_about(self, spec: str) -> bool:
        name = re.escape(parse_match_spec(spec).name)
        return not re.search(rf"(?<![\w-]){name}(?![\w-])", self._proof)

    async def _fixes(self, core: Sequence[str]) -> list[dict[str, str]]:
        """One spec loosened, if that's enough; else two of them."""
        order = sorted(core, key=lambda each: parse_match_spec(each).name == "python")
        fixes: list[dict[str, str]] = []
        try:
            for size in (1, 2):
                for changed in combinations(order, size):
                    if not fixes or size == len(fixes[0]):
                        fix = await self._fix(changed)
                        fixes += [fix] if fix else []
            for at, fix in enumerate(fixes):
                fixes[at] = await self._nearest(fix)
        except TimeoutError:
            pass
        return fixes[:_MOST_FIXES]

    async def _fix(self, changed: Sequence[str]) -> dict[str, str] | None:
        kept = [each for each in self._asked.specs if each not in changed]
        names = [parse_match_spec(each).name for each in changed]
        bare = [name for name, spec in zip(names, changed, strict=True) if name == spec]
        found = await self._fits([*kept, *(n for n in names if n not in bare)])
        if found is None:
            return None
        versions = {each.name.normalized: str(each.version) for each in found}
        return {
            spec: "" if name in bare else f"{name}={versions[name]}"
            for name, spec in zip(names, changed, strict=True)
        }

    async def _nearest(self, fix: dict[str, str]) -> dict[str, str]:
        """Not the newest version that fits, but the next after what was asked for."""
        from rattler import MatchSpec

        (spec, after), *others = fix.items()
        name, _, version = after.partition("=")
        if others or not after:
            return fix
        known = _newest(await self._asked.known(name))
        steps = list(dict.fromkeys(_step(name, record) for record in known))
        asked = next(r for r in known if MatchSpec(spec).matches(r))
        fits, fails = steps.index(_cut(name, version)), steps.index(_step(name, asked))
        kept = [each for each in self._asked.specs if each != spec]
        while fails - fits > 1:
            middle = (fits + fails) // 2
            if await self._fits([*kept, f"{name}={steps[middle]}"]):
                fits = middle
            else:
                fails = middle
        return {spec: f"{name}={steps[fits]}"}

    async def _reasons(self, core: Sequence[str]) -> list[dict[str, str]]:
        """What packages of the conflict need that others of it rule out."""
        from rattler import MatchSpec

        specs = {parse_match_spec(each).name: each for each in core}
        reasons = []
        for name, spec in specs.items():
            wanted = MatchSpec(spec)
            known = await self._asked.known(name)
            fitting = [record for record in known if wanted.matches(record)]
            for record in _newest(fitting)[:1]:
                for need in record.depends:
                    of = re.split(r"[ =<>!~\[]", need, maxsplit=1)[0]
                    if await self._ruled_out(of, need, specs):
                        package = f"{name} {record.version}"
                        reasons.append(
                            {"spec": spec, "package": package, "needs": need}
                        )
        return reasons

    async def _ruled_out(self, name: str, need: str, specs: Mapping[str, str]) -> bool:
        from rattler import MatchSpec

        if name.startswith("__"):
            return not self._asked.has_virtual(need)
        known = await self._asked.known(name)
        wanted = MatchSpec(need)
        fitting = [record for record in known if wanted.matches(record)]
        if name in specs:
            other = MatchSpec(specs[name])
            return not any(other.matches(record) for record in fitting)
        return not fitting


def _gap(spec: str, name: str, known: Sequence[Any]) -> dict[str, Any] | None:
    """A spec that no package of its name matches."""
    from rattler import MatchSpec

    wanted = MatchSpec(spec)
    if any(wanted.matches(record) for record in known):
        return None
    return {"spec": spec, "name": name, "versions": _versions(known)}


def _step(name: str, record: Any) -> str:
    return _cut(name, str(record.version))


def _cut(name: str, version: str) -> str:
    """Pythons differ by their minor version; others by the whole of it."""
    return ".".join(version.split(".")[:2]) if name == "python" else version


def _newest(records: Sequence[Any]) -> list[Any]:
    return sorted(records, key=lambda r: (r.version, r.build_number), reverse=True)


def _versions(records: Sequence[Any]) -> list[str]:
    """Newest first."""
    versions = [str(record.version) for record in _newest(records)]
    return list(dict.fromkeys(versions))[:_MOST_VERSIONS]
