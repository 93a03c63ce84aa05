"""One cause of a rerun taken back: a parameter or variable as it was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from studio.domain.component import Component
from studio.domain.node import FromInput, Node, Value
from studio.domain.parameters import coerce
from studio.domain.pipeline import Pipeline
from studio.domain.run import Cause


def reverted(
    pipeline: Pipeline, node_id: str, cause: Cause, component: Component
) -> Pipeline | None:
    """The pipeline without that difference; None if the pipeline can't undo it.

    A value that is an input of the pipeline is changed there, for all who share it.
    """
    node = pipeline.by_id.get(node_id)
    if node is None:
        return None
    if cause.kind == "variable":
        return _variable(pipeline, node, cause, component)
    if cause.kind != "parameter" or cause.name not in component.parameters_by_name:
        return None
    parameter = component.parameters_by_name[cause.name]
    if cause.before is None:
        after = pipeline.bind(node.name, cause.name, None)
        return after if parameter.default is None else None
    try:
        value = coerce(parameter, cause.before)
    except ValueError:  # the component no longer takes what it took then
        return None
    binding = node.inputs.get(cause.name)
    if isinstance(binding, FromInput) and binding.name in pipeline.inputs:
        declared = replace(pipeline.inputs[binding.name], value=value)
        return replace(pipeline, inputs={**pipeline.inputs, binding.name: declared})
    default = parameter.default is not None and value == coerce(
        parameter, parameter.default
    )
    return pipeline.bind(node.name, cause.name, None if default else Value(value))


def _variable(
    pipeline: Pipeline, node: Node, cause: Cause, component: Component
) -> Pipeline | None:
    own: Mapping[str, str] = node.environment_variables
    if cause.before is not None:
        own = {**own, cause.name: cause.before}
    elif cause.name in component.environment_variables:
        return None
    else:
        own = {name: value for name, value in own.items() if name != cause.name}
    return pipeline.update(replace(node, environment_variables=own))
