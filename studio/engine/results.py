"""What a step that succeeded leaves behind: outputs, and wishes to register."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from studio.domain.component import Port
from studio.domain.errors import InvalidError
from studio.domain.metrics import from_word
from studio.domain.model import MODEL_TYPES, check_asset_name, check_model_type
from studio.domain.registration import Registration
from studio.engine.planner import Planner
from studio.engine.ports import Content
from studio.engine.resolve import ResolvedStep
from studio.engine.step_folder import StepFolder

LOGGED = "logged_artifacts"


def take_outputs(
    step: ResolvedStep, folder: StepFolder, content: Content
) -> dict[str, str]:
    """Digest by output name. InvalidError if the step left a required one out."""
    outputs: dict[str, str] = {}
    for port in step.component.outputs:
        path = folder.outputs / port.name
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            if port.optional:
                continue
            raise _nothing_written(step, port)
        outputs[port.name] = content.take(path)
    if logged := folder.logged_artifacts():
        outputs[LOGGED] = content.take(logged)
    return outputs


def registrations_of(
    step: ResolvedStep,
    folder: StepFolder,
    outputs: Mapping[str, str],
    metrics_so_far: Callable[[], Mapping[str, float]],
) -> list[Registration]:
    """What the step asked to register, and outputs that are named in the YAML."""
    found = [
        _from_action(step, action, outputs, metrics_so_far)
        for action in folder.read_actions()
        if action.get("action") == "register_model"
    ]
    for name, declared in step.node.outputs.items():
        port = step.component.ports_out.get(name)
        kind = declared.type or (port.type if port else "")
        if declared.register and kind in MODEL_TYPES and name in outputs:
            found.append(
                Registration(
                    declared.register,
                    kind,
                    outputs[name],
                    metrics=metrics_so_far(),
                    step=step.name,
                )
            )
    return found


def about_model(planner: Planner, name: str) -> list[str]:
    """Steps before `name`, in order, from the one that made the model on: what
    they logged says something of the model, what came earlier of the data."""
    pipeline = planner.pipeline
    before = pipeline.upstream([name])
    makers = [
        step.name
        for step in planner.steps
        if step.name in before - {name}
        and any(port.type in MODEL_TYPES for port in step.component.outputs)
    ]
    told = before & pipeline.downstream(makers[-1:]) if makers else before
    return [step.name for step in planner.steps if step.name in told]


def _from_action(
    step: ResolvedStep,
    action: Mapping[str, Any],
    outputs: Mapping[str, str],
    metrics_so_far: Callable[[], Mapping[str, float]],
) -> Registration:
    output = str(action.get("output") or "")
    if output not in outputs:
        raise InvalidError(
            f"Step '{step.name}' asked to register '{output}', which isn't its output",
            hint="Name one of its outputs",
        )
    name = str(action.get("name") or "")
    kind = str(action.get("type") or "custom_model")
    check_asset_name(name)
    check_model_type(kind)
    return Registration(
        name=name,
        type=kind,
        digest=outputs[output],
        tags=_texts(action.get("tags")),
        properties=_texts(action.get("properties")),
        metrics=_numbers(action.get("metrics")) or metrics_so_far(),
        description=str(action.get("description") or ""),
        step=step.name,
    )


def _texts(value: Any) -> dict[str, str]:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}


def _numbers(value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        return {}
    found = {}
    for name, number in value.items():
        try:
            found[str(name)] = from_word(number)
        except (TypeError, ValueError, OverflowError):
            continue
    return found


def _nothing_written(step: ResolvedStep, port: Port) -> InvalidError:
    return InvalidError(
        f"it ended well, but wrote nothing to its output '{port.name}'",
        hint=f"Write to the path given as ${{{{outputs.{port.name}}}}}",
    )
