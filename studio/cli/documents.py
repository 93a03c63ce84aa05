"""Domain values as the JSON others read. Keys are a contract: add, never rename."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.domain.metrics import as_json

if TYPE_CHECKING:
    from studio.domain.component import Component, Parameter, Port
    from studio.domain.endpoint import Deployment, Endpoint
    from studio.domain.events import Event
    from studio.domain.model import ModelVersion
    from studio.domain.node import Binding
    from studio.domain.pipeline import Pipeline
    from studio.domain.run import Plan, Registered, Run, StepRun
    from studio.domain.validation import Problem

Document = dict[str, Any]


def iso(time: datetime | None) -> str | None:
    """ISO 8601 in UTC, e.g. 2026-11-23T21:45:01.250000+00:00."""
    return time.astimezone(UTC).isoformat(timespec="microseconds") if time else None


def measures(metrics: Mapping[str, float]) -> Document:
    """Numbers; NaN and the infinities are the words that protobuf's JSON uses."""
    return {name: as_json(value) for name, value in metrics.items()}


def run_document(run: Run, path: Callable[[str], Path]) -> Document:
    """A run in full; `path` finds an output's place on disk by its digest."""
    return {
        **run_summary(run),
        "steps": [_step(step) for step in run.steps],
        "outputs": {name: str(path(digest)) for name, digest in run.outputs.items()},
        "registered": [_registered(asset) for asset in run.registered],
    }


def run_summary(run: Run) -> Document:
    return {
        "run": run.id,
        "pipeline": run.pipeline,
        "experiment": run.experiment,
        "state": run.state.value,
        "seconds": run.seconds,
        "metrics": measures(run.metrics),
        "inputs": dict(run.inputs),
        "target": run.target,
        "pipeline_version": run.pipeline_version,
        "created_at": iso(run.created_at),
        "started_at": iso(run.started_at),
        "ended_at": iso(run.ended_at),
        "created_by": run.created_by,
        "resumed_from": run.resumed_from,
        "message": run.message,
        "hint": run.hint,
    }


def _step(step: StepRun) -> Document:
    error = step.error
    return {
        "name": step.name,
        "title": step.title or None,
        "component": step.component,
        "state": step.state.value,
        "reused": step.reused,
        "reason": step.reason,
        "seconds": step.seconds,
        "target": step.target,
        "metrics": measures(step.metrics),
        "parameters": dict(step.parameters),
        "attempt": step.attempt,
        "peak_memory_bytes": step.peak_memory_bytes,
        "started_at": iso(step.started_at),
        "ended_at": iso(step.ended_at),
        "error": error
        and {
            "message": error.message,
            "hint": error.hint,
            "file": error.file,
            "line": error.line,
        },
    }


def _registered(asset: Registered) -> Document:
    return {"kind": asset.kind, "name": asset.name, "version": asset.version}


def problem_document(problem: Problem) -> Document:
    return {
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
        "step": problem.step,
        "field": problem.field,
        "fixes": [{"label": fix.label, "value": fix.value} for fix in problem.fixes],
    }


def plan_document(plan: Plan) -> Document:
    steps = [
        {
            "name": step.name,
            "title": step.title or None,
            "action": step.action,
            "reason": step.reason,
            "expected_seconds": step.expected_seconds,
            "expected_memory_bytes": step.expected_memory_bytes,
            "causes": [
                {
                    "kind": cause.kind,
                    "text": cause.text,
                    "name": cause.name,
                    "before": cause.before,
                    "after": cause.after,
                    "source": cause.source,
                }
                for cause in step.causes
            ],
        }
        for step in plan.steps
    ]
    return {
        "pipeline": plan.pipeline,
        "expected_seconds": plan.expected_seconds,
        "expected_memory_bytes": plan.expected_memory_bytes,
        "steps": steps,
    }


def pipeline_document(pipeline: Pipeline) -> Document:
    inputs = [
        {
            "name": declared.name,
            "type": declared.type,
            "value": getattr(declared.value, "path", declared.value),
            "optional": declared.optional,
            "description": declared.description,
        }
        for declared in pipeline.inputs.values()
    ]
    steps = [
        {
            "name": node.name,
            "title": node.title,
            "component": getattr(node.component, "name", node.component),
            "inputs": {name: binding_text(b) for name, b in node.inputs.items()},
        }
        for node in pipeline.order()
    ]
    return {
        "name": pipeline.name,
        "title": pipeline.title,
        "description": pipeline.description,
        "experiment": pipeline.experiment,
        "tags": dict(pipeline.tags),
        "inputs": inputs,
        "steps": steps,
    }


def binding_text(binding: Binding) -> Any:
    """What an input is bound to, as Azure ML writes it."""
    from studio.domain.node import FromInput, FromStep, Value

    match binding:
        case Value(value):
            return value
        case FromInput(name):
            return f"${{{{parent.inputs.{name}}}}}"
        case FromStep(step, output):
            return f"${{{{parent.jobs.{step}.outputs.{output}}}}}"
    return binding.path


def component_document(component: Component) -> Document:
    return {
        "name": component.name,
        "version": component.version,
        "title": component.title,
        "category": component.category,
        "built_in": component.built_in,
        "description": component.description,
        "inputs": [_port(port) for port in component.inputs],
        "parameters": [_parameter(each) for each in component.parameters],
        "outputs": [_port(port) for port in component.outputs],
        "command": component.command,
        "file": str(component.source) if component.source else None,
        "kind": kind_of(component),
    }


def kind_of(component: Component) -> str:
    """What it is made as: a Python "function", or a "folder" with YAML."""
    source = component.source
    return "function" if source is not None and source.suffix == ".py" else "folder"


def _port(port: Port) -> Document:
    return {
        "name": port.name,
        "type": port.type,
        "optional": port.optional,
        "description": port.description,
    }


def _parameter(parameter: Parameter) -> Document:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "default": parameter.default,
        "optional": parameter.optional,
        "enum": list(parameter.enum),
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "pattern": parameter.pattern,
        "description": parameter.description,
    }


def model_document(model: ModelVersion) -> Document:
    return {
        "name": model.name,
        "version": str(model.version),
        "type": model.type,
        "tags": dict(model.tags),
        "aliases": list(model.aliases),
        "metrics": measures(model.metrics),
        "stage": model.stage,
        "archived": model.archived,
        "created_at": iso(model.created_at),
        "size_bytes": model.size_bytes,
        "used_by": list(model.used_by),
        "description": model.description,
        "properties": dict(model.properties),
        "sha256": model.digest,
        "run": model.run_id,
        "experiment": model.experiment,
        "pipeline": model.pipeline,
        "step": model.step,
        "created_by": model.created_by,
        "trained_here": model.trained_here,
    }


def endpoint_document(endpoint: Endpoint) -> Document:
    return {
        "name": endpoint.name,
        "state": endpoint.state,
        "scoring_uri": endpoint.scoring_uri,
        "traffic": dict(endpoint.traffic),
        "mirror_traffic": dict(endpoint.mirror_traffic),
        "deployments": [deployment_document(d) for d in endpoint.deployments],
        "description": endpoint.description,
        "tags": dict(endpoint.tags),
        "created_at": iso(endpoint.created_at),
        "message": endpoint.message,
        "hint": endpoint.hint,
    }


def deployment_document(deployment: Deployment) -> Document:
    return {
        "name": deployment.name,
        "endpoint": deployment.endpoint,
        "state": deployment.state.value,
        "model": deployment.model,
        "target": deployment.target,
        "instances": deployment.instances,
        "health": deployment.health,
        "message": deployment.message,
        "hint": deployment.hint,
        "restarts": deployment.restarts,
        "environment": deployment.environment,
        "phases": [{"name": p.name, "seconds": p.seconds} for p in deployment.phases],
        "created_at": iso(deployment.created_at),
        "updated_at": iso(deployment.updated_at),
    }


def event_document(event: Event) -> Mapping[str, Any]:
    """An event as it is hashed: `hash` can be computed again from these values."""
    return {
        "seq": event.seq,
        "id": event.id,
        "type": event.type,
        "subject": event.subject,
        "time": iso(event.time),
        "actor": event.actor,
        "data": dict(event.data),
        "hash": event.hash,
    }
