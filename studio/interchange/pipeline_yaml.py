"""Azure ML's pipeline job YAML, read as a `Pipeline`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from studio.domain.component import DATA_TYPES, PARAMETER_TYPES, Component
from studio.domain.node import (
    Binding,
    FromInput,
    FromPath,
    FromStep,
    Node,
    StepOutput,
    Value,
)
from studio.domain.pipeline import (
    STEP_NAME,
    Pipeline,
    PipelineInput,
    PipelineOutput,
    PipelineSettings,
    new_id,
)
from studio.interchange import located
from studio.interchange.component_yaml import component_from
from studio.interchange.located import Document, Key
from studio.interchange.pipeline_layout import arranged

_PARENT_INPUT = re.compile(r"^\$\{\{\s*parent\.inputs\.(\w+)\s*\}\}$")
_PARENT_STEP = re.compile(r"^\$\{\{\s*parent\.jobs\.(\w+)\.outputs\.(\w+)\s*\}\}$")
_PARENT_OUTPUT = re.compile(r"^\$\{\{\s*parent\.outputs\.(\w+)\s*\}\}$")
_TOP_KEYS = {
    "$schema",
    "type",
    "name",
    "display_name",
    "description",
    "experiment_name",
    "tags",
    "settings",
    "inputs",
    "outputs",
    "jobs",
}
_STEP_KEYS = {"component", "inputs", "outputs", "display_name", "comment"}
_STEP_KEYS |= {"environment_variables", "limits", "retry_settings", "studio"}
_INLINE_KEYS = {"command", "code", "environment", "is_deterministic", "description"}


def read_pipeline(path: Path, name: str = "") -> Pipeline:
    """The pipeline in a file; every problem names file, line and fix.

    `name` defaults to the YAML's own, else to the folder's (or file's) name.
    """
    document = located.read(path)
    return pipeline_from(document, path.parent, name or _default_name(document, path))


def pipeline_from(document: Document, folder: Path, name: str) -> Pipeline:
    """The pipeline in a parsed document; relative paths are from `folder`."""
    document.refuse_slips(_TOP_KEYS)
    kind = document.text("type", default="pipeline")
    if kind != "pipeline":
        raise document.error(
            f"this is a '{kind}', not a pipeline", "Write 'type: pipeline'", "type"
        )
    if not document.mapping("jobs") and "jobs" not in document.data:
        raise document.error("there are no 'jobs'", "Add at least one step")
    steps = [_step(document, folder, step) for step in document.mapping("jobs")]
    return Pipeline(
        name=name,
        nodes=tuple(arranged(steps)),
        inputs={i: _input(document, i) for i in document.mapping("inputs")},
        outputs={o: _output(document, o) for o in document.mapping("outputs")},
        display_name=document.text("display_name"),
        description=document.text("description"),
        experiment=document.text("experiment_name"),
        tags={str(k): str(v) for k, v in document.mapping("tags").items()},
        settings=_settings(document),
        extra={k: v for k, v in document.data.items() if k not in _TOP_KEYS},
    )


def _default_name(document: Document, path: Path) -> str:
    written = document.text("name")
    if written:
        return written
    folder = path.parent.name if path.stem == "pipeline" else path.stem
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", folder).strip("-.") or "pipeline"


def _settings(document: Document) -> PipelineSettings:
    declared = document.mapping("settings")
    known = {"continue_on_step_failure", "force_rerun"}
    return PipelineSettings(
        bool(declared.get("continue_on_step_failure", False)),
        bool(declared.get("force_rerun", False)),
        {k: v for k, v in declared.items() if k not in known},
    )


def _input(document: Document, name: str) -> PipelineInput:
    where = ("inputs", name)
    declared = document.get(*where)
    if not isinstance(declared, dict):
        if isinstance(declared, list):
            raise document.error(f"'{name}' can't be a list", "Give one value", *where)
        return PipelineInput(name, _type_of(declared), declared)
    kind = document.text(*where, "type", default="uri_folder").lower()
    about = document.text(*where, "description")
    optional = bool(declared.get("optional", False))
    if kind in PARAMETER_TYPES:
        value = declared.get("value", declared.get("default"))
        return PipelineInput(name, kind, value, optional, about)
    if kind not in DATA_TYPES:
        known = ", ".join((*PARAMETER_TYPES, *DATA_TYPES))
        raise document.error(
            f"type '{kind}' of '{name}' isn't known", f"Use one of: {known}", *where
        )
    path = document.text(*where, "path")
    source = FromPath(path, kind, document.text(*where, "mode")) if path else None
    return PipelineInput(name, kind, source, optional, about)


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "number" if isinstance(value, float) else "string"


def _output(document: Document, name: str) -> PipelineOutput:
    declared = document.get("outputs", name)
    if not isinstance(declared, dict):
        return PipelineOutput(name)
    return PipelineOutput(
        name,
        document.text("outputs", name, "type", default="uri_folder").lower(),
        document.text("outputs", name, "name"),
        {k: v for k, v in declared.items() if k not in ("type", "name")},
    )


def _step(document: Document, folder: Path, name: str) -> Node:
    where = ("jobs", name)
    if not STEP_NAME.match(name):
        raise document.error(
            f"'{name}' can't be the name of a step",
            "Use letters, digits and '_'; start with a letter",
            *where,
        )
    declared = document.mapping(*where)
    inputs = {
        key: _binding(document, (*where, "inputs", key))
        for key, value in document.mapping(*where, "inputs").items()
        if value is not None
    }
    document.refuse_slips(_STEP_KEYS | _INLINE_KEYS | {"type"}, *where)
    _check_type(document, where)
    component = _component(document, folder, where)
    inline = isinstance(component, Component)
    known = _STEP_KEYS - {"component"} if inline else _STEP_KEYS
    return Node(
        id=new_id(),
        name=name,
        component=component,
        inputs=inputs,
        outputs={
            key: _step_output(document, (*where, "outputs", key))
            for key in document.mapping(*where, "outputs")
        },
        display_name=document.text(*where, "display_name"),
        comment=document.text(*where, "comment"),
        timeout_seconds=_number(document, (*where, "limits", "timeout")),
        max_retries=int(
            _number(document, (*where, "retry_settings", "max_retries")) or 0
        ),
        environment_variables={
            key: document.text(*where, "environment_variables", key)
            for key in document.mapping(*where, "environment_variables")
        },
        muted=bool(document.get(*where, "studio", "mute")),
        bypass=_bypass(document, (*where, "studio")),
        # "type: command" is what a step is anyway; kept, a saved file would differ.
        extra={
            key: value
            for key, value in declared.items()
            if key not in known and (key, value) != ("type", "command")
        },
    )


def _bypass(document: Document, where: tuple[Key, ...]) -> dict[str, str] | None:
    """`studio: {bypass: {OUTPUT: INPUT}}`: what stands in for the step's outputs."""
    if "bypass" not in document.mapping(*where):
        return None
    return {
        output: document.text(*where, "bypass", output)
        for output in document.mapping(*where, "bypass")
    }


def _check_type(document: Document, where: tuple[Key, ...]) -> None:
    kind = document.text(*where, "type", default="command")
    if kind not in ("command", "pipeline"):
        raise document.error(
            f"step '{where[-1]}' is of type '{kind}', which can't run here",
            "Make it a step with a 'command', a 'component' or a pipeline",
            *where,
            "type",
        )


def _number(document: Document, where: tuple[Key, ...]) -> float | None:
    document.mapping(*where[:-1])
    value = document.get(*where)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise document.error(
            f"'{where[-1]}' must be a number of 0 or more", "Write a number", *where
        )
    return float(value)


def _component(
    document: Document, folder: Path, where: tuple[Key, ...]
) -> str | Component:
    declared = document.get(*where, "component")
    if isinstance(declared, dict):
        return component_from(
            document, *where, "component", folder=folder, name=str(where[-1]).lower()
        )
    if declared is not None:
        return document.text(*where, "component").removeprefix("file:")
    if document.get(*where, "command"):
        return _inline(document, folder, where)
    raise document.error(
        f"step '{where[-1]}' says neither 'component' nor 'command'",
        "Name a component, e.g. 'component: azureml:split@latest'",
        *where,
    )


def _inline(document: Document, folder: Path, where: tuple[Key, ...]) -> Component:
    """A step with its own command: its inputs hold values, so types are inferred."""
    step = dict(document.mapping(*where))
    inputs: dict[str, Any] = {}
    for name, value in document.mapping(*where, "inputs").items():
        inputs[name] = {"type": _inline_type(document, value)}
    outputs = {
        name: {"type": (value or {}).get("type", "uri_folder")}
        if isinstance(value, dict) or value is None
        else {"type": "uri_folder"}
        for name, value in document.mapping(*where, "outputs").items()
    }
    kept = {k: v for k, v in step.items() if k in _INLINE_KEYS}
    inner = Document(
        {"type": "command", **kept, "inputs": inputs, "outputs": outputs},
        document.file,
        document.lines_under(*where),
    )
    return component_from(inner, folder=folder, name=str(where[-1]).lower())


def _inline_type(document: Document, value: Any) -> str:
    """The type of an inline step's input, from what it is bound to."""
    if isinstance(value, dict):
        return str(value.get("type", "uri_folder")).lower()
    if not isinstance(value, str):
        return "string"
    if _PARENT_STEP.match(value.strip()):
        return "uri_folder"
    bound = _PARENT_INPUT.match(value.strip())
    if bound and bound[1] in document.mapping("inputs"):
        declared = _input(document, bound[1]).type
        return declared if declared in DATA_TYPES else "string"
    return "string"


def _step_output(document: Document, where: tuple[Key, ...]) -> StepOutput:
    declared = document.get(*where)
    if declared is None:
        return StepOutput()
    if isinstance(declared, dict):
        known = ("type", "name")
        return StepOutput(
            register=document.text(*where, "name"),
            type=document.text(*where, "type"),
            extra={k: v for k, v in declared.items() if k not in known},
        )
    match = _PARENT_OUTPUT.match(str(declared))
    if not match:
        raise document.error(
            f"'{declared}' isn't understood as an output",
            "Write ${{parent.outputs.NAME}}, or settings such as 'type: uri_folder'",
            *where,
        )
    return StepOutput(to=match[1])


def _binding(document: Document, where: tuple[Key, ...]) -> Binding:
    declared = document.get(*where)
    if isinstance(declared, dict):
        return _path_binding(document, where)
    if isinstance(declared, list):
        raise document.error(f"'{where[-1]}' can't be a list", "Give one value", *where)
    if isinstance(declared, str) and "${{" in declared:
        return _expression(document, declared, where)
    return Value(declared)


def _path_binding(document: Document, where: tuple[Key, ...]) -> Binding:
    path = document.text(*where, "path")
    if "${{" in path:
        return _expression(document, path, where)
    if not path:
        value = document.get(*where, "value")
        if isinstance(value, (str, int, float, bool)):
            return Value(value)
        raise document.error(
            f"'{where[-1]}' has no 'path'", "Add 'path: FILE_OR_FOLDER'", *where
        )
    kind = document.text(*where, "type", default="uri_folder").lower()
    return FromPath(path, kind, document.text(*where, "mode"))


def _expression(document: Document, text: str, where: tuple[Key, ...]) -> Binding:
    if match := _PARENT_INPUT.match(text.strip()):
        return FromInput(match[1])
    if match := _PARENT_STEP.match(text.strip()):
        return FromStep(match[1], match[2])
    raise document.error(
        f"the expression '{text}' isn't understood",
        "Write ${{parent.inputs.NAME}} or ${{parent.jobs.STEP.outputs.OUTPUT}}, alone",
        *where,
    )
