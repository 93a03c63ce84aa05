"""Whether what a component's command and tags name is declared."""

from __future__ import annotations

from studio.domain.command import placeholders, unknown_expressions
from studio.domain.component import Component
from studio.domain.errors import InvalidError
from studio.domain.schema import parse_effect
from studio.interchange.located import Document, Key


def check_command(
    document: Document, at: tuple[Key, ...], component: Component
) -> None:
    where = (*at, "command")
    if not component.command:
        raise document.error("there is no 'command'", "Say what to run", *where)
    if unknown := unknown_expressions(component.command):
        raise document.error(
            f"the command uses {unknown[0]}, which isn't known here",
            "Use ${{inputs.NAME}} and ${{outputs.NAME}}",
            *where,
        )
    optional = {port.name for port in component.inputs if port.optional}
    optional |= {each.name for each in component.parameters if each.optional}
    known = {
        "inputs": {*component.ports_in, *component.parameters_by_name},
        "outputs": set(component.ports_out),
    }
    for side, name, inside in placeholders(component.command):
        if name not in known[side]:
            raise document.error(
                f"the command uses ${{{{{side}.{name}}}}}, but there is no such "
                f"{side[:-1]}",
                f"Declare '{name}' under '{side}'",
                *where,
            )
        if side == "inputs" and inside and name not in optional:
            raise document.error(
                f"only optional inputs can be in $[[ ]], and '{name}' isn't",
                f"Add 'optional: true' to '{name}', or remove the brackets",
                *where,
            )
        if side == "inputs" and not inside and name in optional:
            raise document.error(
                f"the optional input '{name}' must be in $[[ ]]",
                f"Write $[[--{name} ${{{{inputs.{name}}}}}]]",
                *where,
            )


def check_columns(
    document: Document, at: tuple[Key, ...], component: Component
) -> None:
    """Tags `columns.OUTPUT` say what a step does to columns; slips in them are told."""
    for tag, text in component.tags.items():
        output = tag.removeprefix("columns.")
        if output == tag:
            continue
        if output not in component.ports_out:
            raise document.error(
                f"'{tag}' names no output",
                f"Use one of: {', '.join(component.ports_out)}",
                *(*at, "tags", tag),
            )
        try:
            effect = parse_effect(text)
        except InvalidError as error:
            raise document.error(error.message, error.hint, *at, "tags", tag) from error
        for source in effect.sources:
            if source != "none" and source not in component.ports_in:
                raise document.error(
                    f"'{tag}' begins with '{source}', which is no input",
                    f"Use one of: {', '.join(component.ports_in)}, or none",
                    *(*at, "tags", tag),
                )
