"""The metric that a pipeline is known to report before it has ever run."""

from __future__ import annotations

from collections.abc import Callable

from studio.domain.column_flow import text_of
from studio.domain.component import Component
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.domain.schema import Schema

_JUDGE = "evaluate_model"


def expected_metrics(
    pipeline: Pipeline,
    component_of: Callable[[Node], Component | None],
    table_of: Callable[[Node, str], Schema | None],
) -> list[str]:
    """What its evaluation of a model measures, where it is sure what is predicted."""
    found: dict[str, None] = {}
    for node in pipeline.nodes:
        component = component_of(node)
        if component is None or component.name != _JUDGE or node.muted:
            continue
        task = text_of(pipeline, node, component, "task")
        target = text_of(pipeline, node, component, "target")
        schema = table_of(node, "data") if task == "auto" else None
        words = schema is not None and schema.columns.get(target) == "text"
        if task == "classification" or words:
            found["accuracy"] = None
        elif task == "regression":
            found["rmse"] = None
    return list(found)
