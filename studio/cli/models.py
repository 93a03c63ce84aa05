"""`studio models`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.arguments import pairs
from studio.cli.documents import model_document
from studio.cli.images import package
from studio.cli.noun import noun
from studio.cli.output import note, say
from studio.cli.session import of
from studio.cli.tables import fields, local_time, metrics, note_rest, size, table, tags
from studio.cli.version_verbs import Changing, RefArgument, add_labels, add_life

if TYPE_CHECKING:
    from studio.domain.model import ModelFile, ModelVersion

app = noun("The model registry. REF is NAME, NAME:VERSION, NAME@latest or NAME@ALIAS.")

_HEAD = ("Model", "Type", "Stage", "Tags", "Metrics", "Size", "Registered", "Used by")


@app.command()
def register(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file or folder.")],
    type: Annotated[
        str,
        typer.Option(
            help="custom_model, mlflow_model or triton_model. Default: by content."
        ),
    ] = "",
    tag: Annotated[
        list[str] | None, typer.Option(metavar="k=v", help="Can be repeated.")
    ] = None,
    property: Annotated[
        list[str] | None, typer.Option(metavar="k=v", help="Can be repeated.")
    ] = None,
    description: Annotated[str, typer.Option("-d", "--description")] = "",
) -> None:
    """Register a file or folder as the next version of a model.

    \b
    Example:
      studio models register churn model.pkl --tag stage=dev
    """
    session = of(context)
    given_tags = pairs(tag, "--tag k=v")
    properties = pairs(property, "--property k=v")
    with session.studio() as studio:
        model = studio.models.register(
            name,
            path.expanduser().absolute(),
            type=type,
            tags=given_tags,
            properties=properties,
            description=description,
        )
    session.answer(model_document(model), lambda: say(f"Registered {model.reference}."))


@app.command("list")
def list_models(
    context: typer.Context,
    filter: Annotated[
        str, typer.Option(help="For example: stage=prod framework=onnx f1>0.9")
    ] = "",
    include_archived: Annotated[
        bool, typer.Option("--include-archived", help="Show archived versions too.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    offset: Annotated[int, typer.Option(min=0, help="Leave out the first ones.")] = 0,
) -> None:
    """List model versions, newest first.

    Filters: Tag=Value without spaces, several are AND; also !=, k=a|b and
    metric>0.9; bare words match the name.

    \b
    Examples:
      studio models list --filter "sample=penguins accuracy>0.9"
      studio models list --filter "stage!=archived framework=onnx|sklearn"
    """
    session = of(context)
    with session.studio() as studio:
        page = studio.models.list(
            filter, include_archived=include_archived, limit=limit, offset=offset
        )
    if page.corrected:
        note(f"Note: the filter was read as: {page.corrected}")
    document = {
        "models": [model_document(model) for model in page.models],
        "total": page.total,
        **({"corrected": page.corrected} if page.corrected else {}),
    }
    session.answer(document, lambda: _table(page.models, filter))
    note_rest(min(page.total, offset + len(page.models)), page.total)


def _table(models: tuple[ModelVersion, ...], filter: str) -> None:
    rows = [
        (
            model.reference + (" (archived)" if model.archived else ""),
            model.type,
            model.stage,
            tags({k: v for k, v in model.tags.items() if k != "stage"}),
            metrics(model.metrics, at_most=3),
            size(model.size_bytes),
            local_time(model.created_at),
            ", ".join(model.used_by),
        )
        for model in models
    ]
    nothing = "No model matches." if filter else "No models yet. Train one: studio run"
    table(_HEAD, rows, nothing)


@app.command()
def show(context: typer.Context, reference: RefArgument) -> None:
    """Show a version: tags, metrics, files, signature, and where it is used."""
    session = of(context)
    with session.studio() as studio:
        model = studio.models.get(reference)
        files = studio.models.files(model.reference)
        signature = studio.models.signature(model.reference)
    document = {
        **model_document(model),
        "files": [
            {"path": f.path, "sha256": f.sha256, "size_bytes": f.size_bytes}
            for f in files
        ],
        "signature": signature,
    }
    session.answer(document, lambda: _show(model, files))


def _show(model: ModelVersion, files: tuple[ModelFile, ...]) -> None:
    origin = f"run {model.run_id}, step {model.step}" if model.run_id else "registered"
    fields(
        [
            ("Model", model.reference),
            ("Description", model.description),
            ("Type", model.type),
            ("Aliases", ", ".join(model.aliases)),
            ("Tags", tags(model.tags)),
            ("Properties", tags(model.properties)),
            ("Metrics", metrics(model.metrics)),
            ("From", origin),
            ("Experiment", model.experiment),
            ("Registered", f"{local_time(model.created_at)} by {model.created_by}"),
            ("Archived", "yes" if model.archived else ""),
            ("Used by", ", ".join(model.used_by)),
            ("SHA-256", model.digest),
        ]
    )
    say()
    rows = [(file.path, size(file.size_bytes), file.sha256[:16]) for file in files]
    table(("File", "Size", "SHA-256"), rows)


_CHANGING = Changing(lambda studio: studio.models, model_document)
add_labels(app, _CHANGING)


@app.command()
def alias(
    context: typer.Context,
    reference: RefArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="For example: champion")],
) -> None:
    """Let NAME@ALIAS mean this version; the alias is moved if another has it."""
    _CHANGING.change(context, lambda s: s.models.alias(reference, name), "Named")


@app.command()
def verify(context: typer.Context, reference: RefArgument) -> None:
    """Read every byte of a version again and compare it with its hashes."""
    _CHANGING.change(context, lambda s: s.models.verify(reference), "Verified")


@app.command()
def download(
    context: typer.Context,
    reference: RefArgument,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New or empty.")],
) -> None:
    """Copy a version's files out, every hash checked."""
    session = of(context)
    with session.studio() as studio:
        model = studio.models.get(reference)
        path = studio.models.download(model.reference, folder.expanduser().absolute())
    document = {**model_document(model), "path": str(path)}
    session.answer(document, lambda: say(f"Copied {model.reference} to {path}"))


add_life(app, _CHANGING)
app.command("package")(package)
