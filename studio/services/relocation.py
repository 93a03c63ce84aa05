"""A pipeline put into another folder, its relative paths meaning the same files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from studio.domain.component import Component
from studio.domain.pipeline import Binding, FromPath, Node, Pipeline, PipelineInput


def relocated(pipeline: Pipeline, old: Path, new: Path) -> Pipeline:
    """The pipeline of folder `old`, to be written into folder `new`."""

    def node(each: Node) -> Node:
        inputs = {name: _binding(b, old, new) for name, b in each.inputs.items()}
        component = _reference(each.component, old, new)
        return replace(each, inputs=inputs, component=component)

    return replace(
        pipeline,
        nodes=tuple(node(each) for each in pipeline.nodes),
        inputs={n: _input(each, old, new) for n, each in pipeline.inputs.items()},
    )


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
