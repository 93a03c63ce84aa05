"""What stands in for the outputs of a step that is bypassed."""

from __future__ import annotations

from dataclasses import replace

from studio.domain.component import Component, why_incompatible
from studio.domain.node import Node
from studio.gui.designer.inspector.specs import words
from studio.gui.widgets.field import FieldSpec
from studio.gui.widgets.form import Form

NOTHING = "nothing"


def bypass_form(node: Node, component: Component | None) -> Form:
    """One choice for each output, among the inputs that could stand in for it."""
    outputs = component.outputs if component and node.bypass is not None else ()
    inputs = component.inputs if component else ()
    return Form(
        [
            FieldSpec(
                output.name,
                f"In place of {words(output.name).lower()}",
                kind="choice",
                choices=(
                    NOTHING,
                    *(p.name for p in inputs if not why_incompatible(p, output)),
                ),
                default=NOTHING,
                help="Steps that need what nothing stands in for don't run",
            )
            for output in outputs
        ]
    )


def bypass_values(node: Node, component: Component) -> dict[str, str]:
    chosen = node.bypass or {}
    return {port.name: chosen.get(port.name, NOTHING) for port in component.outputs}


def with_bypass(node: Node, output: str, value: object) -> Node:
    """The step with another stand-in for one of its outputs."""
    ways = {k: v for k, v in (node.bypass or {}).items() if k != output}
    if value and value != NOTHING:
        ways[output] = str(value)
    return replace(node, bypass=ways)
