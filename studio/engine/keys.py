"""A step's key is made of named parts, so that reuse can always say why not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping

from studio.domain.run import PastStep
from studio.engine.resolve import DataPath, ResolvedStep

UNCHANGED = "unchanged"
NEVER_RUN = "it has never run before"
GONE = "its earlier outputs are gone"


def parts_of(
    step: ResolvedStep, code: str, environment: str, inputs: Mapping[str, str]
) -> dict[str, str]:
    """Everything that decides a step's result; `inputs` holds content digests."""
    parts = {
        "command": step.component.command,
        "code": code,
        "environment": environment,
    }
    parts |= {f"parameter:{name}": v for name, v in step.parameters.items()}
    parts |= {f"input:{name}": digest for name, digest in inputs.items()}
    variables = {
        **step.component.environment_variables,
        **step.node.environment_variables,
    }
    parts |= {f"variable:{name}": value for name, value in variables.items()}
    return parts


def key_of(parts: Mapping[str, str]) -> str:
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def explain(
    step: ResolvedStep,
    past: PastStep | None,
    parts: Mapping[str, str],
    code_difference: Callable[[str, str], str],
) -> str:
    """Why a step can't be reused, most telling difference first."""
    if past is None:
        return NEVER_RUN
    names = sorted({*past.parts, *parts}, key=_rank)
    changed = [
        _difference(step, name, past.parts.get(name), parts.get(name), code_difference)
        for name in names
        if past.parts.get(name) != parts.get(name)
    ]
    return "; ".join(changed) or GONE


def _rank(name: str) -> tuple[int, str]:
    order = ("code", "command", "parameter", "variable", "environment", "input")
    return order.index(name.split(":")[0]), name


def _difference(
    step: ResolvedStep,
    part: str,
    old: str | None,
    new: str | None,
    code_difference: Callable[[str, str], str],
) -> str:
    kind, _, name = part.partition(":")
    if kind == "code" and old and new:
        return f"code changed: {code_difference(old, new)}"
    if kind == "parameter" or kind == "variable":
        return f"{name} changed: {_shown(old)} -> {_shown(new)}"
    if kind == "input":
        return _input_difference(step, name, old, new)
    if kind == "environment":
        return "environment changed"
    return f"{kind} changed"


def _input_difference(
    step: ResolvedStep, name: str, old: str | None, new: str | None
) -> str:
    source = step.inputs.get(name)
    if new is None:
        return f"input {name} was disconnected"
    if old is None:
        return f"input {name} was connected"
    if isinstance(source, DataPath):
        return f"data changed: {source.path.name}"
    origin = f" (from {source.step})" if source else ""
    return f"input {name} changed{origin}"


def _shown(value: str | None) -> str:
    if value is None:
        return "unset"
    single = " ".join(value.split())
    return single if len(single) <= 40 else single[:39] + "…"
