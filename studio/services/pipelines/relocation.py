"""A pipeline put into another folder, its relative paths meaning the same files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.domain.component import Component
from studio.domain.node import Binding, FromPath, Node
from studio.domain.pipeline import Pipeline, PipelineInput


def relocated(pipeline: Pipeline, old: Path, new: Path) -> Pipeline:
    """The pipeline of folder `old`, to be written into folder `new`."""

    def node(each: Node) -> Node:
        inputs = {name: _binding(b, old, new) for name, b in each.inputs.items()}
        component = _reference(each.component, old, new)
        extra = _inline(each, old, new)
        return replace(each, inputs=inputs, component=component, extra=extra)

    return replace(
        pipeline,
        nodes=tuple(node(each) for each in pipeline.nodes),
        inputs={n: _input(each, old, new) for n, each in pipeline.inputs.items()},
    )


def _inline(node: Node, old: Path, new: Path) -> Mapping[str, Any]:
    """What an inline component is written as: its code stays where it is."""
    if not isinstance(node.component, Component):
        return node.extra
    written = node.extra.get("component")
    if isinstance(written, dict):
        return {**node.extra, "component": _with_code(written, old, new)}
    return _with_code(node.extra, old, new)


def _with_code(written: Mapping[str, Any], old: Path, new: Path) -> dict[str, Any]:
    code = written.get("code")
    if not isinstance(code, str) or "://" in code or Path(code).is_absolute():
        return dict(written)
    return {**written, "code": _relative(old / code, new)}


def _input(declared: PipelineInput, old: Path, new: Path) -> PipelineInput:
    if not isinstance(declared.value, FromPath):
        return declared
    return replace(declared, value=_path(declared.value, old, new))


def _binding(binding: Binding, old: Path, new: Path) -> Binding:
    return _path(binding, old, new) if isinstance(binding, FromPath) else binding


def _path(source: FromPath, old: Path, new: Path) -> FromPath:
    remote = "://" in source.path or source.path.startswith("azureml:")
    if remote or Path(source.path).is_absolute():
        return source
    return replace(source, path=_relative(old / source.path, new))


def _reference(component: str | Component, old: Path, new: Path) -> str | Component:
    if isinstance(component, str) and component.startswith("."):
        return _relative(old / component, new)
    return component


def _relative(target: Path, folder: Path) -> str:
    """Relative where both are in one workspace (it can be moved), else absolute."""
    target = Path(os.path.normpath(target.absolute()))
    workspace = folder.absolute().parent.parent
    if not target.is_relative_to(workspace):
        return str(target)
    text = os.path.relpath(target, folder.absolute())
    return text if text.startswith(".") else f"./{text}"
