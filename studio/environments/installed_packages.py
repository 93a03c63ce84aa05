"""What is installed for an interpreter, read by that interpreter in a child."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.domain.errors import InvalidError
from studio.domain.imported_environment import ImportedEnvironment, minor_of
from studio.domain.requirement_lines import normal_name
from studio.environments.tool import run_tool

_OF_INSTALLING = frozenset({"pip", "setuptools", "wheel", "distribute", "uv"})
_READ = """
import json, platform, sys
try:
    from importlib.metadata import distributions
except ImportError:
    from importlib_metadata import distributions
found = []
for each in distributions():
    try:
        name, version = each.metadata["Name"], each.version
        place = json.loads(each.read_text("direct_url.json") or "{}")
        found.append({
            "name": name, "version": version,
            "url": place.get("url", ""),
            "editable": bool(place.get("dir_info", {}).get("editable")),
            "installer": (each.read_text("INSTALLER") or "").strip(),
            "repository": "vcs_info" in place,
            "requires": each.requires or [],
            "asked": each.read_text("REQUESTED") is not None,
        })
    except Exception:
        continue
json.dump({"python": platform.python_version(), "packages": found}, sys.stdout)
"""
_ANSWER_SECONDS = 60


def import_from_interpreter(
    python: str | Path,
    *,
    asked_only: bool = False,
    cancel: threading.Event | None = None,
) -> ImportedEnvironment:
    """Every package an interpreter has, with its exact version.

    With `asked_only` those that somebody installed by name; what they need comes by
    itself. What was installed from a path is told in a note, and left out.
    """
    answer = _ask(str(python), cancel)
    packages = _once(answer.get("packages", []))
    lines, notes = [], []
    for each in packages:
        name, version = normal_name(each["name"]), each["version"]
        if name in _OF_INSTALLING:
            continue
        if not _is_released(each):
            how = "as code that can change" if each["editable"] else "from a place"
            notes.append(f"{name} {version} was installed {how}: left out")
        elif not asked_only or each["asked"]:
            lines.append(f"{name}=={version}")
    text = "".join(f"{line}\n" for line in sorted(lines))
    version = minor_of(str(answer.get("python", "")))
    return ImportedEnvironment("pip", text, version, tuple(notes), str(python))


def _ask(python: str, cancel: threading.Event | None) -> Mapping[str, Any]:
    plain = {n: v for n, v in os.environ.items() if not n.startswith("PYTHON")}
    ended = run_tool(
        [python, "-I", "-c", _READ],
        what=python,
        environment=plain,
        cancel=cancel,
        silent_seconds=_ANSWER_SECONDS,
    )
    try:
        answer = json.loads(ended.stdout)
    except ValueError:
        answer = None
    if ended.code or not isinstance(answer, dict):
        last = (ended.stderr.strip().splitlines() or ["it gave no answer"])[-1]
        raise InvalidError(
            f"{python} could not tell what it has installed: {last[:200]}",
            hint="Give the path of a Python 3.8 or later",
        )
    return answer


def _once(packages: Any) -> Sequence[Mapping[str, Any]]:
    """The first of each name is the one that is imported."""
    found: dict[str, Mapping[str, Any]] = {}
    for each in packages:
        if each.get("name") and each.get("version"):
            found.setdefault(normal_name(each["name"]), each)
    return list(found.values())


def _is_released(package: Mapping[str, Any]) -> bool:
    """Whether an index has it; a wheel from an address may as well be one of it."""
    if package["editable"] or package["repository"]:
        return False
    url = str(package["url"])
    if package["installer"] == "conda":
        return True  # it tells the place where conda built it
    return not url.startswith("file:") or url.endswith(".whl")
