"""Rows of runs and steps to values, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from studio.domain.metrics import as_json, from_word
from studio.domain.registration import Registration
from studio.domain.run import (
    PastStep,
    Registered,
    Run,
    RunOptions,
    RunState,
    StepChange,
    StepError,
    StepRun,
    StepState,
)
from studio.storage.database import from_iso, from_json, to_json


def options_of(options: RunOptions) -> dict[str, Any]:
    return {**asdict(options), "inputs": dict(options.inputs)}


def step_row(change: StepChange, run_id: str, pipeline: str) -> dict[str, Any]:
    step = change.step
    return {
        "run_id": run_id,
        "name": step.name,
        "pipeline": pipeline,
        "node_id": step.node_id,
        "component": step.component,
        "state": step.state.value,
        "reused": step.reused,
        "reason": step.reason,
        "key": change.key,
        "parts": to_json(dict(change.parts)),
        "seconds": step.seconds,
        "started_at": _iso(step.started_at),
        "ended_at": _iso(step.ended_at),
        "target": step.target,
        "attempt": step.attempt,
        "peak_memory_bytes": step.peak_memory_bytes,
        "parameters": to_json(dict(step.parameters)),
        "outputs": to_json(dict(step.outputs)),
        "registered": registered_json(change.registered, change.wishes),
        "error": to_json(asdict(step.error)) if step.error else "",
        "progress": step.progress,
        "progress_message": step.progress_message,
    }


def step_value(row: Mapping[str, Any], metrics: Mapping[str, float]) -> StepRun:
    return StepRun(
        name=row["name"],
        node_id=row["node_id"],
        component=row["component"],
        state=StepState(row["state"]),
        reused=bool(row["reused"]),
        reason=row["reason"],
        seconds=row["seconds"],
        started_at=from_iso(row["started_at"]),
        ended_at=from_iso(row["ended_at"]),
        target=row["target"],
        attempt=row["attempt"],
        peak_memory_bytes=row["peak_memory_bytes"],
        metrics=metrics,
        parameters=from_json(row["parameters"]),
        outputs=from_json(row["outputs"]),
        error=StepError(**from_json(row["error"])) if row["error"] else None,
        progress=row["progress"],
        progress_message=row["progress_message"],
    )


def run_value(row: Mapping[str, Any], steps: tuple[StepRun, ...]) -> Run:
    metrics = {key: v for step in steps for key, v in step.metrics.items()}
    created_at = from_iso(row["created_at"])
    assert created_at is not None
    return Run(
        id=row["id"],
        pipeline=row["pipeline"],
        experiment=row["experiment"],
        state=RunState(row["state"]),
        created_at=created_at,
        started_at=from_iso(row["started_at"]),
        ended_at=from_iso(row["ended_at"]),
        seconds=row["seconds"],
        steps=steps,
        metrics=metrics,
        inputs=from_json(row["inputs"]),
        outputs=from_json(row["outputs"]),
        registered=registered_value(row["registered"]),
        message=row["message"],
        hint=row["hint"],
        target=row["target"],
        pipeline_version=row["pipeline_version"],
        resumed_from=row["resumed_from"],
        created_by=row["actor"],
    )


def past_step(row: Mapping[str, Any], metrics: Mapping[str, float]) -> PastStep:
    return PastStep(
        run_id=row["run_id"],
        name=row["name"],
        key=row["key"],
        parts=from_json(row["parts"]),
        outputs=from_json(row["outputs"]),
        seconds=row["seconds"] or 0.0,
        metrics=metrics,
        parameters=from_json(row["parameters"]),
        registered=registered_value(row["registered"]),
        wishes=wishes_value(row["registered"]),
    )


def registered_json(
    registered: Iterable[Registered], wishes: Iterable[Registration] = ()
) -> str:
    """What was registered as rows, what only was wished for as objects."""
    done = [[each.kind, each.name, each.version] for each in registered]
    return to_json([*done, *map(_wish_object, wishes)])


def registered_value(text: str) -> tuple[Registered, ...]:
    return tuple(Registered(*e) for e in from_json(text) if isinstance(e, list))


def wishes_value(text: str) -> tuple[Registration, ...]:
    return tuple(_wish(each) for each in from_json(text) if isinstance(each, dict))


def _wish_object(wish: Registration) -> dict[str, Any]:
    metrics = {name: as_json(value) for name, value in wish.metrics.items()}
    return {**asdict(wish), "metrics": metrics}


def _wish(given: Mapping[str, Any]) -> Registration:
    metrics = {name: from_word(value) for name, value in given["metrics"].items()}
    return Registration(**{**given, "metrics": metrics})


def _iso(time: Any) -> str | None:
    return time.isoformat(timespec="microseconds") if time else None
