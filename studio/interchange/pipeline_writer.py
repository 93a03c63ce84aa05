"""A `Pipeline` as Azure ML's pipeline job YAML."""

from __future__ import annotations

from typing import Any

from studio.domain.component import DATA_TYPES, Component, Scalar
from studio.domain.node import (
    Binding,
    FromInput,
    FromPath,
    FromStep,
    Node,
    StepOutput,
    Value,
)
from studio.domain.pipeline import Pipeline, PipelineInput, PipelineOutput
from studio.interchange import located

SCHEMA = "https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json"


def write_pipeline(pipeline: Pipeline, old_text: str = "") -> str:
    """The pipeline as YAML; comments of the file it replaces are kept."""
    data = as_mapping(pipeline)
    if old_text and located.has_comments(old_text):
        return located.merge(old_text, data)
    return located.dump(data)


def as_mapping(pipeline: Pipeline) -> dict[str, Any]:
    """The pipeline as plain data, keys in the order Azure ML's samples use."""
    settings = {
        **pipeline.settings.extra,
        **_given(
            continue_on_step_failure=pipeline.settings.continue_on_step_failure,
            force_rerun=pipeline.settings.force_rerun,
        ),
    }
    return {
        "$schema": SCHEMA,
        "type": "pipeline",
        **_given(
            display_name=pipeline.display_name,
            description=pipeline.description,
            experiment_name=pipeline.experiment,
            tags=dict(pipeline.tags),
            settings=settings,
        ),
        **pipeline.extra,
        **_given(
            inputs={n: _input_data(i) for n, i in pipeline.inputs.items()},
            outputs={n: _output_data(o) for n, o in pipeline.outputs.items()},
        ),
        "jobs": {node.name: _step_data(node) for node in pipeline.nodes},
    }


_PYTHON_TYPE = {"boolean": "bool", "integer": "int", "number": "float", "string": "str"}


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _input_data(declared: PipelineInput) -> Any:
    value = declared.value
    about = _given(optional=declared.optional, description=declared.description)
    if isinstance(value, FromPath):
        return {**_path_data(value), **about}
    if declared.type in DATA_TYPES:
        return {"type": declared.type, **about}
    if (
        not about
        and value is not None
        and type(value).__name__ == _PYTHON_TYPE.get(declared.type)
    ):
        return value
    default = {} if value is None else {"default": value}
    return {"type": declared.type, **default, **about}


def _output_data(declared: PipelineOutput) -> dict[str, Any]:
    return {
        "type": declared.type,
        **_given(name=declared.register),
        **declared.extra,
    }


def _step_data(node: Node) -> dict[str, Any]:
    inline = isinstance(node.component, Component)  # then `extra` holds its text
    extra = dict(node.extra)
    kind = extra.pop("type", "command")
    return {
        "type": kind,
        **_given(display_name=node.display_name, comment=node.comment),
        **({} if inline else {"component": node.component}),
        **extra,
        **_given(
            limits={"timeout": _plain(node.timeout_seconds)}
            if node.timeout_seconds
            else {},
            retry_settings=_given(max_retries=node.max_retries),
            environment_variables=dict(node.environment_variables),
            inputs={name: written(b) for name, b in node.inputs.items()},
            outputs={n: _step_output_data(o) for n, o in node.outputs.items()},
            studio=_switches(node),
        ),
    }


def _switches(node: Node) -> dict[str, Any]:
    """What Azure ML has no word for, but changes results."""
    bypass = {} if node.bypass is None else {"bypass": dict(node.bypass)}
    return {**_given(mute=node.muted), **bypass}


def _step_output_data(output: StepOutput) -> Any:
    if output.to:
        return f"${{{{parent.outputs.{output.to}}}}}"
    return {**_given(type=output.type, name=output.register), **output.extra} or None


def written(binding: Binding) -> Scalar | dict[str, str]:
    match binding:
        case Value(value):
            return value
        case FromInput(name):
            return f"${{{{parent.inputs.{name}}}}}"
        case FromStep(step, output):
            return f"${{{{parent.jobs.{step}.outputs.{output}}}}}"
        case FromPath():
            return _path_data(binding)


def _path_data(source: FromPath) -> dict[str, str]:
    return {"type": source.type, "path": source.path, **_given(mode=source.mode)}


def _plain(number: float | None) -> float | int | None:
    return int(number) if number is not None and number == int(number) else number
