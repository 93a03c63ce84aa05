"""What would stop a pipeline from running, its inner pipelines included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from studio.domain.component import Component
from studio.domain.composition import JOINT, rewired, switched_off
from studio.domain.errors import InvalidError
from studio.domain.node import FromInput, FromPath
from studio.domain.pipeline import Pipeline
from studio.domain.validation import Problem, problems
from studio.engine.resolve import why_not_there
from studio.services.pipelines.composition import Components, LookedUp, newer_versions


def problems_of(looked_up: LookedUp) -> tuple[Problem, ...]:
    """Errors and warnings; steps that are switched off have none."""
    pipeline, found = looked_up.pipeline, looked_up.found
    seen = [*problems(rewired(pipeline), found), *_without_code(found)]
    seen += _without_data(pipeline, looked_up.folder)
    off = _off(pipeline, found)
    own = [problem for problem in seen if problem.step not in off]
    own += _newer(pipeline, found)
    if any(node.is_pipeline for node in pipeline.nodes) and not _blocked(own):
        own += _inner(looked_up)
    return tuple(own)


def _blocked(found: list[Problem]) -> bool:
    return any(problem.severity == "error" for problem in found)


def _off(pipeline: Pipeline, found: Components) -> Mapping[str, str]:
    try:
        return switched_off(rewired(pipeline), _sound(found))
    except InvalidError:  # a cycle, which is told by itself
        return {}


def _inner(looked_up: LookedUp) -> Iterator[Problem]:
    """Problems of steps inside, told of the step that a person sees."""
    pipeline, whole, found = looked_up.pipeline, looked_up.whole, looked_up.inside
    off = _off(whole, found)
    seen = [*problems(whole, found), *_without_code(found)]
    seen += _without_data(whole, looked_up.folder)
    for problem in seen:
        told = told_outside(pipeline, problem)
        if told is not None and problem.step not in off:
            yield told


def told_outside(pipeline: Pipeline, problem: Problem) -> Problem | None:
    """A problem of a step inside, told of the step of `pipeline` that holds it; None
    if it is of none inside."""
    outer, joint, inner = problem.step.partition(JOINT)
    if not joint or problem.step in pipeline.by_name:
        return None
    where = inner.replace(JOINT, " › ")
    message = f"inside, step '{where}': {problem.message}"
    return replace(problem, message=message, step=outer, field="component")


def _newer(pipeline: Pipeline, found: Components) -> Iterator[Problem]:
    for node, newest in newer_versions(pipeline, found):
        component = found[node.name]
        assert isinstance(component, Component)
        yield Problem(
            f"Version {newest} of '{component.title}' is there; this step stays with "
            f"version {component.version}",
            "Update the step, or leave it as it is",
            node.name,
            "component",
            "warning",
        )


def _without_code(
    components: Components,
) -> Iterator[Problem]:
    """Steps whose component names code that isn't on this computer."""
    for step, component in components.items():
        if not isinstance(component, Component):
            continue
        for path in (component.code, *component.additional_includes):
            if path is not None and not path.exists():
                yield Problem(
                    f"its code {path} doesn't exist",
                    "Put the code there, or correct 'code'",
                    step,
                    "component",
                )


def _without_data(pipeline: Pipeline, folder: Path) -> Iterator[Problem]:
    """Steps that read a file or folder which isn't there."""
    for node in pipeline.nodes:
        for name, binding in node.inputs.items():
            given: object = binding
            if isinstance(binding, FromInput) and binding.name in pipeline.inputs:
                given = pipeline.inputs[binding.name].value
            if isinstance(given, FromPath) and (
                told := why_not_there(given.path, folder)
            ):
                reason, hint = told
                yield Problem(f"'{name}' points to {reason}", hint, node.name, name)


def _sound(found: Components) -> dict[str, Component]:
    return {n: c for n, c in found.items() if isinstance(c, Component)}
