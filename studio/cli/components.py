"""`studio components`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.documents import component_document, kind_of
from studio.cli.noun import noun
from studio.cli.output import note, say
from studio.cli.session import of
from studio.cli.tables import fields, table

if TYPE_CHECKING:
    from studio.domain.component import Component

_KINDS = {"function": "Python function", "folder": "folder with component.yml"}

app = noun("Components: kinds of steps, the built-in ones and your own.")


@app.command("list")
def list_components(context: typer.Context) -> None:
    """List the components that pipelines of this workspace can use."""
    session = of(context)
    with session.studio() as studio:
        found = studio.components.list()
        broken = studio.components.broken()
    for each in broken:
        note(f"Warning: {each.title} can't be used: {each.message}. {each.hint}")
    document = {
        "components": [component_document(each) for each in found],
        "broken": [
            {"source": each.source, "message": each.message, "hint": each.hint}
            for each in broken
        ],
    }
    rows = [(c.name, c.category, c.title, c.description) for c in found]
    head = ("Name", "Category", "Title", "What it does")
    session.answer(document, lambda: table(head, rows, "No components."))


@app.command()
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
) -> None:
    """Show a component's inputs, parameters and outputs."""
    session = of(context)
    with session.studio() as studio:
        component = studio.components.get(name)
    session.answer(component_document(component), lambda: _show(component))


def _show(component: Component) -> None:
    fields(
        [
            ("Name", component.name),
            ("Version", component.version),
            ("Title", component.title),
            ("Description", component.description),
            ("Reference", f"azureml:{component.name}@latest"),
            ("Made as", _KINDS[kind_of(component)]),
            ("File", str(component.source or "")),
        ]
    )
    ports = [("input", p.name, p.type, p.description) for p in component.inputs]
    ports += [("output", p.name, p.type, p.description) for p in component.outputs]
    if ports:
        say()
        table(("", "Name", "Type", "Description"), ports)
    parameters = [
        (
            each.name,
            each.type,
            "required" if each.required else _text(each.default),
            ", ".join(map(str, each.enum)),
            each.description,
        )
        for each in component.parameters
    ]
    if parameters:
        say()
        head = ("Parameter", "Type", "Default", "Choices", "Description")
        table(head, parameters)


def _text(default: object) -> str:
    return "" if default is None else str(default)


@app.command()
def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    folder: Annotated[
        bool, typer.Option("--folder", help="With component.yml and a script.")
    ] = False,
) -> None:
    """Make a component of your own: a Python function that is a step."""
    _check_name(name)
    session = of(context)
    with session.studio() as studio:
        own = studio.own_components
        place = own.new_folder(name) if folder else own.new_function(name)
        component = studio.components.get(f"azureml:{place.stem}@latest")
    session.answer(
        component_document(component),
        lambda: say(f"Made {component.name}: edit {component.source}"),
    )


def _check_name(name: str) -> None:
    from studio.domain.errors import InvalidError

    if "/" in name or "\\" in name:
        raise InvalidError(
            f"'{name}' is a path, and a component needs a name",
            hint="Give a name only: its file is made in the workspace's components",
        )


@app.command("import")
def import_folder(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="With a component's YAML in it.")
    ],
) -> None:
    """Copy a component's folder into the workspace."""
    session = of(context)
    with session.studio() as studio:
        component = studio.components.import_folder(folder.expanduser().absolute())
    session.answer(
        component_document(component),
        lambda: say(f"Imported {component.name}: azureml:{component.name}@latest"),
    )
