"""`studio pipelines`"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli import pipeline_versions, selection
from studio.cli.documents import (
    binding_text,
    iso,
    pipeline_document,
    plan_document,
    problem_document,
)
from studio.cli.noun import noun
from studio.cli.output import (
    REFUSED,
    error_document,
    note,
    say,
)
from studio.cli.session import of
from studio.cli.tables import (
    fields,
    local_time,
    reasons_in_words,
    seconds,
    size,
    step_called,
    table,
)

if TYPE_CHECKING:
    from studio.domain.pipeline import Pipeline
    from studio.domain.run import Plan

app = noun("Pipelines: files in the workspace, with a version kept on each save.")

pipeline_versions.add_to(app)

NameArgument = Annotated[str, typer.Argument(metavar="NAME")]
VersionArgument = Annotated[
    str, typer.Argument(metavar="NAME[:VERSION]", help="A pipeline, or how it was.")
]


class Format(StrEnum):
    AZUREML = "azureml"
    PYTHON = "python"
    SVG = "svg"


@app.command("list")
def list_pipelines(context: typer.Context) -> None:
    """List the pipelines of the workspace."""
    session = of(context)
    with session.studio() as studio:
        found = studio.pipelines.list()
    document = {
        "pipelines": [
            {
                "name": each.name,
                "title": each.title,
                "steps": each.steps,
                "version": each.version,
                "modified_at": iso(each.modified_at),
                "message": each.message,
            }
            for each in found
        ]
    }
    rows = [
        (e.name, e.message or e.title, str(e.steps), local_time(e.modified_at))
        for e in found
    ]
    session.answer(
        document,
        lambda: table(
            ("Name", "Title", "Steps", "Modified"),
            rows,
            "No pipelines yet. Bring one in: studio pipelines import FILE",
        ),
    )


@app.command()
def show(context: typer.Context, name: VersionArgument) -> None:
    """Show a pipeline's inputs, steps and versions."""
    from studio.storage.pipelines import PIPELINE_FILE

    session = of(context)
    name, number = selection.name_and_version(name)
    with session.studio() as studio:
        pipelines = studio.pipelines
        pipeline = pipelines.version(name, number) if number else pipelines.get(name)
        file = studio.pipelines.folder(name) / PIPELINE_FILE
        versions = studio.pipelines.versions(name)
    listed = [
        {
            "version": each.number,
            "created_at": iso(each.created_at),
            "created_by": each.created_by,
            "sha256": each.sha256,
        }
        for each in versions
    ]
    document = {**pipeline_document(pipeline), "file": str(file), "versions": listed}
    document["version"] = number or (versions[0].number if versions else None)
    session.answer(document, lambda: _show(pipeline, file))


def _show(pipeline: Pipeline, file: Path) -> None:
    fields(
        [
            ("Name", pipeline.name),
            ("Title", pipeline.display_name),
            ("Description", pipeline.description),
            ("Experiment", pipeline.experiment),
            ("File", str(file)),
        ]
    )
    inputs = [
        (i.name, i.type, str(getattr(i.value, "path", i.value)), i.description)
        for i in pipeline.inputs.values()
    ]
    if inputs:
        say()
        table(("Input", "Type", "Value", "Description"), inputs)
    say()
    rows = [
        (
            node.name,
            str(getattr(node.component, "name", node.component)),
            ", ".join(f"{n}={binding_text(b)}" for n, b in node.inputs.items()),
        )
        for node in pipeline.order()
    ]
    table(("Step", "Component", "Inputs"), rows, "It has no steps.")


@app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML or Python.")],
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Give it another name.")
    ] = "",
    instead: Annotated[
        bool,
        typer.Option(
            "--replace", help="In place of the one of that name; its versions stay."
        ),
    ] = False,
) -> None:
    """Bring a pipeline's file into the workspace."""
    session = of(context)
    with session.studio() as studio:
        path = file.expanduser().absolute()
        pipeline = studio.pipelines.import_file(path, name, instead=instead)
        path = studio.pipelines.file(pipeline.name)
    document = {**pipeline_document(pipeline), "file": str(path)}
    session.answer(document, lambda: say(f"Imported {pipeline.name} as {path}"))


@app.command()
def export(
    context: typer.Context,
    name: NameArgument,
    format: Annotated[Format, typer.Option(help="The format.")] = Format.AZUREML,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Default: stdout."),
    ] = None,
) -> None:
    """Write a pipeline out as Azure ML YAML, as Python that runs it, or as a picture.

    Its paths keep meaning the same files.
    """
    session = of(context)
    file = output.expanduser().absolute() if output else None
    with session.studio() as studio:
        write = studio.pipelines.export
        if format is Format.PYTHON:
            write = studio.pipelines.export_python
        elif format is Format.SVG:
            write = studio.pipelines.export_svg
        text = write(name, file.parent if file else None)
    document: dict[str, Any] = {"pipeline": name, "format": format.value}
    if file is None:
        session.answer({**document, "text": text}, lambda: say(text.rstrip("\n")))
        return
    from studio.storage.files import write_atomically

    write_atomically(file, text.encode())
    document["file"] = str(file)
    session.answer(document, lambda: say(f"Wrote {file}"))


@app.command()
def clone(
    context: typer.Context,
    name: NameArgument,
    new: Annotated[
        str, typer.Option("--as", metavar="NEW", help="Default: NAME-copy.")
    ] = "",
) -> None:
    """Copy a pipeline; the original is untouched."""
    session = of(context)
    with session.studio() as studio:
        copy = studio.pipelines.clone(name, new)
        file = studio.pipelines.file(copy.name)
    document = {**pipeline_document(copy), "file": str(file)}
    session.answer(document, lambda: say(f"Cloned {name} as {copy.name}: {file}"))


@app.command()
def validate(context: typer.Context, pipeline: selection.PipelineArgument) -> None:
    """Check a pipeline without running it; says file, line and fix of each problem.

    Parameters that name a column which isn't there are warned of. Exit code 1 if
    something would stop it from running.
    """
    session = of(context)
    with session.studio() as studio:
        if selection.is_file(pipeline):
            file = Path(pipeline).expanduser().absolute()
        else:
            file = studio.pipelines.file(pipeline)
        found = studio.pipelines.validate_file(file, studio.columns.problems)
    problems = [
        {
            **problem_document(each.problem),
            "file": each.file,
            "line": each.line or None,
        }
        for each in found
    ]
    errors = [each for each in found if each.problem.severity == "error"]
    document: dict[str, Any] = {"valid": not errors, "problems": problems}
    for each in found:
        note(f"{each.problem.severity.capitalize()}: {each}")
        if each.problem.hint:
            note(f"Hint: {each.problem.hint}")
    if errors:
        first = errors[0]
        document["error"] = error_document(str(first), first.problem.hint, "invalid")
    warnings = len(found) - len(errors)
    session.answer(document, lambda: say(_verdict(pipeline, len(errors), warnings)))
    if errors:
        raise typer.Exit(REFUSED)


def _verdict(pipeline: str, errors: int, warnings: int) -> str:
    if errors:
        return f"{pipeline} has {errors} problem{'s' if errors > 1 else ''}."
    if warnings:
        return (
            f"{pipeline} can run, with {warnings} warning{'s' if warnings > 1 else ''}."
        )
    return f"{pipeline} is sound."


@app.command()
def plan(
    context: typer.Context,
    pipeline: selection.PipelineArgument,
    set_: selection.SetOption = None,
    to: selection.ToOption = "",
    since: selection.FromOption = "",
    only: selection.OnlyOption = "",
    force: selection.ForceOption = False,
) -> None:
    """Say what a run would do, and why; nothing is run.

    \b
    Example:
      studio pipelines plan penguins --set inputs.max_depth=4
    """
    session = of(context)
    wanted = selection.options(set_, to, since, force, only=only)
    with session.studio() as studio:
        given, folder = selection.pipeline_named(studio, pipeline)
        made = studio.runs.plan(given, wanted, folder)
    session.answer(plan_document(made), lambda: _show_plan(made))


def _show_plan(plan: Plan) -> None:
    rows = [
        (
            step_called(step),
            step.action,
            seconds(step.expected_seconds),
            size(step.expected_memory_bytes) if step.expected_memory_bytes else "",
            step.reason,
        )
        for step in reasons_in_words(plan.steps)
    ]
    table(("Step", "Action", "Expected", "Memory", "Reason"), rows)
    if plan.expected_seconds:
        say(f"Expected in all: {seconds(plan.expected_seconds)}")


@app.command()
def delete(context: typer.Context, name: NameArgument) -> None:
    """Delete a pipeline's folder; its runs and models stay."""
    session = of(context)
    with session.studio() as studio:
        studio.pipelines.delete(name)
    session.answer({"deleted": name}, lambda: say(f"Deleted the pipeline {name}."))
