"""`studio environments`"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli import environment_check, environment_logs, environment_news, images
from studio.cli import environment_origins as origins
from studio.cli.arguments import pairs
from studio.cli.environment_documents import (
    difference_document,
    environment_document,
    lock_document,
)
from studio.cli.noun import noun
from studio.cli.output import note, say
from studio.cli.session import of
from studio.cli.tables import fields, local_time, size, table, tags
from studio.cli.version_verbs import Changing, RefArgument, add_labels, add_life
from studio.cli.working import Work
from studio.environments.interpreters import host_platform

if TYPE_CHECKING:
    from studio.domain.environment import EnvironmentVersion, Lock
    from studio.services.environments.difference import EnvironmentDifference

app = noun(
    "Environments: packages that steps and models run with. REF is NAME:VERSION."
)
environment_check.add_to(app)
environment_news.add_to(app)
environment_logs.add_to(app)

PlatformOption = Annotated[
    str, typer.Option(help="For example linux-64 or osx-arm64. Default: this one.")
]
_HEAD = ("Environment", "Kind", "Python", "Packages", "Tags", "Created")
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


@app.command()
def create(
    context: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A file or folder.")
    ] = None,
    name: Annotated[str, typer.Option(help="Default: what the file says.")] = "",
    python: Annotated[str, typer.Option(help="For pip, for example 3.11.")] = "",
    image: Annotated[str, typer.Option(help="The image to build on.")] = "",
    tag: Annotated[
        list[str] | None, typer.Option(metavar="k=v", help="Can be repeated.")
    ] = None,
    description: Annotated[str, typer.Option("-d", "--description")] = "",
    from_interpreter: origins.InterpreterOption = "",
    asked_only: origins.OnlyOption = False,
    from_model: origins.ModelOption = "",
) -> None:
    """Make the next version of an environment from a file or folder.

    FILE is a requirements.txt, a pyproject.toml, an environment.yml, Azure ML's
    environment YAML, an MLflow model, or a folder with one of them or a Dockerfile. In
    its place a Python or a registered model can be named. What was declared so before
    is not made again.

    \b
    Examples:
      studio environments create requirements.txt --name churn --python 3.11
      studio environments create --from-interpreter ~/venv/bin/python --name mine
    """
    from studio.services.environments.origins import Asked

    asked = Asked(name, python, image, description, pairs(tag, "--tag k=v"))
    given = origins.one_of(path, from_interpreter, from_model)
    session = of(context)
    with session.studio() as studio:
        there = {e.reference for e in studio.environments.list(include_archived=True)}
        made = given(studio, asked, asked_only)
    for each in made.notes:
        note(f"Note: {each}")
    document = {**environment_document(made.version), "notes": list(made.notes)}
    reference = made.version.reference
    told = (
        f"{reference} is it already." if reference in there else f"Created {reference}."
    )
    session.answer(document, lambda: say(told))


@app.command("list")
def list_environments(
    context: typer.Context,
    include_archived: Annotated[
        bool, typer.Option("--include-archived", help="Show archived versions too.")
    ] = False,
) -> None:
    """List environment versions by name, newest first."""
    session = of(context)
    with session.studio() as studio:
        found = studio.environments.list(include_archived=include_archived)
    document = {
        "environments": [environment_document(each) for each in found],
        "total": len(found),
    }
    session.answer(document, lambda: _table(found))


def _table(found: Sequence[EnvironmentVersion]) -> None:
    rows = [
        (
            each.reference + (" (archived)" if each.archived else ""),
            each.declaration.kind,
            _python(each),
            str(len(each.locks[0].packages)) if each.locks else _unlocked(each),
            tags(each.tags),
            local_time(each.created_at),
        )
        for each in found
    ]
    nothing = "No environments yet. Make one: studio environments create FILE"
    table(_HEAD, rows, nothing)


def _python(each: EnvironmentVersion) -> str:
    return each.locks[0].python if each.locks else each.declaration.python


def _unlocked(each: EnvironmentVersion) -> str:
    return "not locked" if each.declaration.is_locked else ""


@app.command()
def show(context: typer.Context, reference: RefArgument) -> None:
    """Show a version: what it declares, and what its lock holds."""
    session = of(context)
    with session.studio() as studio:
        found = studio.environments.get(reference)
    document = {
        **environment_document(found),
        "locks": [lock_document(lock) for lock in found.locks],
    }
    session.answer(document, lambda: _show(found))


def _show(found: EnvironmentVersion) -> None:
    declared = found.declaration
    fields(
        [
            ("Environment", found.reference),
            ("Description", found.description),
            ("Kind", declared.kind),
            ("Python", _python(found)),
            ("Image", declared.image),
            ("Tags", tags(found.tags)),
            ("Locked for", ", ".join(lock.platform for lock in found.locks)),
            ("Created", f"{local_time(found.created_at)} by {found.created_by}"),
            ("Archived", "yes" if found.archived else ""),
            ("Key", found.key),
        ]
    )
    if declared.packages.strip():
        say()
        say(declared.packages.rstrip())
    for lock in found.locks:
        say()
        _show_lock(lock)


def _show_lock(lock: Lock) -> None:
    note(f"Locked for {lock.platform}, Python {lock.python}, by {lock.solver}:")
    if lock.sources:
        note(f"From {', '.join(lock.sources)}")
    rows = [(p.name, p.version, ", ".join(p.needed_by)) for p in lock.packages]
    table(("Package", "Version", "Needed by"), rows)


@app.command("lock")
def lock_environment(
    context: typer.Context,
    reference: RefArgument,
    platform: PlatformOption = "",
    again: Annotated[
        bool, typer.Option("--again", help="Solve anew: a new version if it differs.")
    ] = False,
) -> None:
    """Decide every package of a version; nothing is installed.

    \b
    Example:
      studio environments lock churn:1
    """
    session = of(context)
    with session.studio() as studio, Work() as work:
        version = studio.environments.get(reference).reference
        solve = studio.environments.relock if again else studio.environments.lock
        how = "again" if again else f"for {platform or host_platform()}"
        keep = studio.work_logs.keeping(
            f"Lock {version} {how}", version, partial(solve, version, platform=platform)
        )
        found = keep(progress=work.tell, cancel=work.cancelled)
    locks = [lock for lock in found.locks if platform in ("", lock.platform)]
    document = {
        **environment_document(found),
        "locks": [lock_document(lock) for lock in locks],
    }
    counts = ", ".join(f"{len(k.packages)} packages for {k.platform}" for k in locks)
    sources = sorted({each for lock in locks for each in lock.sources})
    told = f" From {', '.join(sources)}." if sources else ""
    session.answer(document, lambda: say(f"Locked {found.reference}: {counts}.{told}"))


@app.command()
def build(
    context: typer.Context,
    reference: RefArgument,
    image: Annotated[
        bool, typer.Option("--image", help="A Docker image instead of a folder.")
    ] = False,
    base: images.BaseOption = "",
) -> None:
    """Install a version into a folder of this computer, locked first if needed."""
    session = of(context)
    if image:
        _build_image(context, reference, base)
        return
    with session.studio() as studio, Work() as work:
        version = studio.environments.get(reference).reference
        keep = studio.work_logs.keeping(
            f"Build {version}", version, partial(studio.environments.build, version)
        )
        built = keep(progress=work.tell, cancel=work.cancelled)
    document = {
        "environment": built.reference,
        "folder": str(built.local.folder),
        "python": str(built.local.python),
        "sha256": built.digest,
        "reused": built.local.reused,
    }
    how = "is there already" if built.local.reused else "is ready"
    session.answer(
        document, lambda: say(f"{built.reference} {how}: {built.local.python}")
    )


def _build_image(context: typer.Context, reference: str, base: str) -> None:
    session = of(context)
    with session.studio() as studio, Work() as work:
        version = studio.environments.get(reference).reference
        keep = studio.work_logs.keeping(
            f"Build the image of {version}",
            version,
            partial(studio.images.build, version, base=base),
        )
        built = keep(progress=work.tell, cancel=work.cancelled)
    document = {
        "environment": reference,
        "image": built.tag,
        "digest": built.id,
        "size_bytes": built.size_bytes,
        "seconds": built.seconds,
    }
    told = f"{reference} is the image {built.tag} ({size(built.size_bytes)})."
    session.answer(document, lambda: say(told))


@app.command()
def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(metavar="A")],
    after: Annotated[str, typer.Argument(metavar="B")],
) -> None:
    """Compare two versions: what they declare, and what their locks hold."""
    session = of(context)
    with session.studio() as studio:
        found = studio.environments.difference(before, after)
    session.answer(difference_document(found), lambda: _show_difference(found))


def _show_difference(found: EnvironmentDifference) -> None:
    for line in found.declared_lines():
        say(line)
    changed = [each for each in found.packages if each.change != "same"]
    rows = [
        (_SIGNS[each.change], each.name, each.before, each.after) for each in changed
    ]
    if rows:
        table(("", "Package", found.before.reference, found.after.reference), rows)
    elif not found.is_locked:
        say("Not both are locked: studio environments lock REF")
    else:
        say("Their locks hold the same packages.")


_CHANGING = Changing(lambda studio: studio.environments, environment_document)
add_labels(app, _CHANGING)
add_life(app, _CHANGING)
app.command("images")(images.list_images)
app.command("export")(images.export)
app.command("import")(images.import_file)
