"""Images: `studio environments images|export|import` and `studio models package`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.arguments import pairs
from studio.cli.documents import iso
from studio.cli.output import say
from studio.cli.session import of
from studio.cli.tables import local_time, size, table
from studio.cli.working import Work

if TYPE_CHECKING:
    from studio.domain.container_engine import EngineImage
    from studio.domain.packaging import PackageWish

ImageRefArgument = Annotated[str, typer.Argument(metavar="REF")]
BaseOption = Annotated[str, typer.Option(help="The image it is built on.")]


def list_images(
    context: typer.Context,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove those that nothing uses.")
    ] = False,
    layers: Annotated[
        str, typer.Option(metavar="IMAGE", help="What each line of one has cost.")
    ] = "",
    remove: Annotated[
        str, typer.Option(metavar="IMAGE", help="Remove one that nothing uses.")
    ] = "",
) -> None:
    """List the images that were made here, with who uses them."""
    session = of(context)
    with session.studio() as studio:
        if layers:
            _show_layers(context, studio.images.layers(layers), layers)
            return
        gone = studio.images.remove(remove) if remove else None
        cleaned = studio.images.clean_up() if prune else None
        found = studio.images.list()
    document: dict[str, Any] = {"images": [_image(each) for each in found]}
    if gone is not None:
        document["removed"] = [gone.name]
    if cleaned is not None:
        names = [each.name for each in cleaned.removed]
        document["removed"] = [*document.get("removed", ()), *names]
        document["freed_bytes"] = cleaned.freed_bytes

    def show() -> None:
        if gone is not None:
            say(f"Removed {gone.name}.")
        if cleaned is not None:
            count, freed = len(cleaned.removed), size(cleaned.freed_bytes)
            say(f"Removed {count} images, {freed} freed.")
        _table(found)

    session.answer(document, show)


def _table(found: Sequence[EngineImage]) -> None:
    rows = [
        (
            each.name,
            each.made_of,
            size(each.size_bytes),
            local_time(each.created_at),
            ", ".join(each.used_by),
        )
        for each in found
    ]
    nothing = "No images yet. Make one: studio environments build REF --image"
    table(("Image", "Made of", "Size", "Created", "Used by"), rows, nothing)


def _image(image: EngineImage) -> dict[str, Any]:
    return {
        "id": image.id,
        "tags": list(image.tags),
        "made_of": image.made_of,
        "size_bytes": image.size_bytes,
        "created_at": iso(image.created_at),
        "labels": dict(image.labels),
        "used_by": list(image.used_by),
    }


def _show_layers(context: typer.Context, found: Sequence[Any], image: str) -> None:
    document = {
        "image": image,
        "layers": [
            {"line": e.line, "size_bytes": e.size_bytes, "from_base": e.from_base}
            for e in found
        ],
    }
    rows = [(size(e.size_bytes), "base" if e.from_base else "", e.line) for e in found]
    of(context).answer(document, lambda: table(("Size", "", "Line"), rows))


def export(
    context: typer.Context,
    reference: ImageRefArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    image: Annotated[
        bool, typer.Option("--image", help="Its Docker image instead of its packages.")
    ] = False,
    platform: Annotated[
        str, typer.Option(help="Of the packages. Default: this computer's.")
    ] = "",
    base: BaseOption = "",
) -> None:
    """Write an environment as one file, for a computer without a network.

    The file holds what is declared, the lock and every package by its hash; 'import'
    reads it, and 'build' then needs no network. An environment that is an image, or
    any with --image, is written as that image.

    \b
    Examples:
      studio environments export churn:2 churn.zip
      studio environments export churn:2 churn.tar --image
    """
    session = of(context)
    place = file.expanduser().absolute()
    with session.studio() as studio, Work() as work:
        version = studio.environments.get(reference)
        if not (image or base) and version.declaration.is_locked:
            written = studio.bundles.export(
                reference,
                place,
                platform=platform,
                progress=work.tell,
                cancel=work.cancelled,
            )
            document: dict[str, Any] = {
                "environment": written.environment,
                "file": str(written.file),
                "packages": written.packages,
                "size_bytes": written.size_bytes,
            }
            told = f"{written.environment} with {written.packages} packages"
        else:
            built = studio.images.build(
                reference, base=base, progress=work.tell, cancel=work.cancelled
            )
            studio.images.export(
                built.tag, place, progress=work.tell, cancel=work.cancelled
            )
            document = {"image": built.tag, "file": str(place)}
            told = built.tag
    session.answer(document, lambda: say(f"Wrote {told} to {place}"))


def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
) -> None:
    """Read an environment, or load an image, from a file that `export` has written."""
    session = of(context)
    place = file.expanduser().absolute()
    with session.studio() as studio, Work() as work:
        if studio.bundles.is_bundle(place):
            read = studio.bundles.import_from(
                place, progress=work.tell, cancel=work.cancelled
            )
            document: dict[str, Any] = {
                "environment": read.environment.reference,
                "packages": read.packages,
                "note": read.note,
            }
            told = f"Imported {read.environment.reference}: {read.packages} packages."
            note = read.note
        else:
            tags = studio.images.import_from(
                place, progress=work.tell, cancel=work.cancelled
            )
            document, note = {"images": list(tags)}, ""
            told = f"Loaded {', '.join(tags)}."

    def show() -> None:
        say(told)
        if note:
            say(f"Note: {note}.")

    session.answer(document, show)


def package(
    context: typer.Context,
    reference: ImageRefArgument,
    image: Annotated[str, typer.Option(help="The image's name, like churn:1.")] = "",
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder instead of an image.")
    ] = None,
    environment: Annotated[
        str, typer.Option(metavar="REF", help="Default: what the model needs.")
    ] = "",
    code: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Scoring code, copied whole.")
    ] = None,
    scoring_script: Annotated[
        str, typer.Option(metavar="FILE", help="Relative to --code: init() and run().")
    ] = "",
    also: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=REF", help="A further model for the script."),
    ] = None,
    asset: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=PATH", help="A further file or folder."),
    ] = None,
    base: BaseOption = "",
) -> None:
    """Package a model as an image that runs anywhere with `docker run`, or a folder.

    \b
    Examples:
      studio models package churn:3
      studio models package churn:3 --folder churn-server
      docker run --publish 127.0.0.1:8080:8080 --env STUDIO_KEY churn:3
    """
    session = of(context)
    wish = _wish(reference, environment, code, scoring_script, also, asset)
    with session.studio() as studio, Work() as work:
        if folder is not None:
            made = studio.packaging.to_folder(
                wish,
                folder.expanduser().absolute(),
                progress=work.tell,
                cancel=work.cancelled,
            )
        else:
            made = studio.packaging.to_image(
                wish, image, base=base, progress=work.tell, cancel=work.cancelled
            )
    document = {
        "model": made.model,
        "environment": made.environment,
        "folder" if folder else "image": made.place,
        "size_bytes": made.size_bytes,
        "seconds": made.seconds,
        "digest": made.digest,
    }
    told = f"{made.model} is packaged as {made.place} ({size(made.size_bytes)})."
    session.answer(document, lambda: say(told))


def _wish(
    reference: str,
    environment: str,
    code: Path | None,
    script: str,
    also: list[str] | None,
    asset: list[str] | None,
) -> PackageWish:
    from studio.domain.packaging import PackageWish

    return PackageWish(
        reference,
        environment,
        code.expanduser().absolute() if code else None,
        script,
        pairs(also, "--also NAME=REF"),
        {
            name: Path(path).expanduser().absolute()
            for name, path in pairs(asset, "--asset NAME=PATH").items()
        },
    )
