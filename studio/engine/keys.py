"""A step's key is made of named parts, so that reuse can always say why not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping

from studio.domain.run import Cause, PastStep
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


def causes_of(
    step: ResolvedStep,
    past: PastStep | None,
    parts: Mapping[str, str],
    code_difference: Callable[[str, str], str],
) -> tuple[Cause, ...]:
    """Why a step can't be reused, most telling difference first."""
    if past is None:
        return (Cause("new", NEVER_RUN),)
    names = sorted({*past.parts, *parts}, key=_rank)
    changed = tuple(
        _difference(step, name, past.parts.get(name), parts.get(name), code_difference)
        for name in names
        if past.parts.get(name) != parts.get(name)
    )
    return changed or (Cause("gone", GONE),)


def reason_of(causes: Iterable[Cause]) -> str:
    """Causes in one line."""
    return "; ".join(cause.text for cause in causes)


def _rank(name: str) -> tuple[int, str]:
    order = ("code", "command", "parameter", "variable", "environment", "input")
    return order.index(name.split(":")[0]), name


def _difference(
    step: ResolvedStep,
    part: str,
    old: str | None,
    new: str | None,
    code_difference: Callable[[str, str], str],
) -> Cause:
    kind, _, name = part.partition(":")
    match kind:
        case "code":
            told = f": {code_difference(old, new)}" if old and new else ""
            return Cause("code", f"code changed{told}", "", old, new)
        case "parameter" | "variable":
            text = f"{name} changed: {_shown(old)} -> {_shown(new)}"
            return Cause(kind, text, name, old, new)
        case "input":
            return _input_difference(step, name, old, new)
    return Cause(kind, f"{kind} changed", "", old, new)  # type: ignore[arg-type]


def _input_difference(
    step: ResolvedStep, name: str, old: str | None, new: str | None
) -> Cause:
    source = step.inputs.get(name)
    if new is None:
        return Cause("input", f"input {name} was disconnected", name, old, new)
    if isinstance(source, DataPath):
        told = f"data changed: {source.path.name}"
        if old is None:
            told = f"input {name} was connected"
        return Cause("data", told, name, old, new)
    origin = source.step if source else ""
    if old is None:
        return Cause("input", f"input {name} was connected", name, old, new, origin)
    whence = f" (from {origin})" if origin else ""
    return Cause("input", f"input {name} changed{whence}", name, old, new, origin)


def _shown(value: str | None) -> str:
    if value is None:
        return "unset"
    single = " ".join(value.split())
    return single if len(single) <= 40 else single[:39] + "…"
