"""Verbs of whatever has versions: models and environments have them alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from studio.cli.arguments import pairs
from studio.cli.output import say
from studio.cli.session import of

if TYPE_CHECKING:
    from studio.bootstrap import Studio

RefArgument = Annotated[str, typer.Argument(metavar="REF")]


class Versions(Protocol):
    """The service of a noun; each verb answers with the version as it is then."""

    def tag(self, reference: str, tags: Mapping[str, str], /) -> Any: ...

    def untag(self, reference: str, keys: Sequence[str], /) -> Any: ...

    def describe(self, reference: str, description: str, /) -> Any: ...

    def archive(self, reference: str, /) -> Any: ...

    def restore(self, reference: str, /) -> Any: ...

    def delete(self, reference: str, /) -> str: ...


@dataclass(frozen=True)
class Changing:
    """`document` is how `--json` answers with a version."""

    versions: Callable[[Studio], Versions]
    document: Callable[[Any], dict[str, Any]]

    def change(
        self, context: typer.Context, verb: Callable[[Studio], Any], done: str
    ) -> None:
        session = of(context)
        with session.studio() as studio:
            found = verb(studio)
        document = self.document(found)
        session.answer(document, lambda: say(f"{done} {found.reference}."))


def add_labels(app: typer.Typer, changing: Changing) -> None:
    """What a person writes on a version."""

    @app.command("tag")
    def tag(
        context: typer.Context,
        reference: RefArgument,
        values: Annotated[list[str], typer.Argument(metavar="k=v...")],
    ) -> None:
        """Set tags of a version."""
        given = pairs(values, "k=v")
        changing.change(
            context, lambda s: changing.versions(s).tag(reference, given), "Tagged"
        )

    @app.command("untag")
    def untag(
        context: typer.Context,
        reference: RefArgument,
        keys: Annotated[list[str], typer.Argument(metavar="k...")],
    ) -> None:
        """Take tags away from a version."""
        changing.change(
            context, lambda s: changing.versions(s).untag(reference, keys), "Untagged"
        )

    @app.command("describe")
    def describe(
        context: typer.Context,
        reference: RefArgument,
        text: Annotated[str, typer.Argument(metavar="TEXT")],
    ) -> None:
        """Set the description of a version."""
        changing.change(
            context, lambda s: changing.versions(s).describe(reference, text), "Changed"
        )


def add_life(app: typer.Typer, changing: Changing) -> None:
    """Out of sight, back again, and gone."""

    @app.command("archive")
    def archive(context: typer.Context, reference: RefArgument) -> None:
        """Hide a version from lists; it stays usable by its number."""
        changing.change(
            context, lambda s: changing.versions(s).archive(reference), "Archived"
        )

    @app.command("restore")
    def restore(context: typer.Context, reference: RefArgument) -> None:
        """Show an archived version in lists again."""
        changing.change(
            context, lambda s: changing.versions(s).restore(reference), "Restored"
        )

    @app.command("delete")
    def delete(context: typer.Context, reference: RefArgument) -> None:
        """Delete one version for good; refused while it is deployed."""
        session = of(context)
        with session.studio() as studio:
            deleted = changing.versions(studio).delete(reference)
        session.answer({"deleted": deleted}, lambda: say(f"Deleted {deleted}."))
