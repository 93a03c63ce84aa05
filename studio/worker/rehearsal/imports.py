"""Which installed packages the modules of this process came from."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, Dict, FrozenSet, List, Set


def imported(before: FrozenSet[str]) -> List[Dict[str, str]]:
    """Packages whose modules were imported since, each with its version."""
    owners = _owners()
    found: Dict[str, Any] = {}
    for name in sorted(set(sys.modules) - before):
        listed = owners.get(name.split(".")[0], [])
        if len(listed) > 1:  # they share a namespace
            listed = _that_have(listed, getattr(sys.modules[name], "__file__", None))
        for each in listed:
            found[_normal(each.metadata["Name"])] = each
    return [
        {"name": name, "version": str(found[name].version)} for name in sorted(found)
    ]


def installed() -> List[str]:
    """Names of all that this interpreter could import packages of."""
    return sorted({_normal(each.metadata["Name"]) for each in _distributions()})


def versions() -> Dict[str, str]:
    """The same with their versions, which takes longer to read."""
    return {_normal(d.metadata["Name"]): str(d.version) for d in _distributions()}


def _distributions() -> List[Any]:
    from importlib.metadata import distributions

    seen: Set[str] = set()
    found = []
    for each in distributions():
        name = each.metadata["Name"] if each.metadata else None
        if name and _normal(name) not in seen:  # the first is the one imported
            seen.add(_normal(name))
            found.append(each)
    return found


def _owners() -> Dict[str, List[Any]]:
    """Distributions by the top name of what they hold."""
    found: Dict[str, List[Any]] = {}
    for each in _distributions():
        for top in _tops(each):
            found.setdefault(top, []).append(each)
    return found


def _tops(distribution: Any) -> Set[str]:
    told = distribution.read_text("top_level.txt")
    tops = {line.strip() for line in (told or "").splitlines() if line.strip()}
    if tops:
        return tops
    for file in distribution.files or ():
        first = file.parts[0]
        if len(file.parts) == 1:
            first = first.split(".")[0] if file.suffix in (".py", ".so", ".pyd") else ""
        if first.isidentifier():
            tops.add(first)
    return tops


def _that_have(listed: List[Any], file: Any) -> List[Any]:
    if not file:
        return []
    wanted = Path(file).resolve()
    for each in listed:
        for path in each.files or ():
            if path.name == wanted.name and Path(each.locate_file(path)) == wanted:
                return [each]
    return []


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
