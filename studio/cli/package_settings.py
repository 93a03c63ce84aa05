"""`studio settings packages`"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.noun import noun
from studio.cli.output import error_document, note, say
from studio.cli.session import of
from studio.cli.tables import fields, seconds, table
from studio.cli.working import Work
from studio.domain.errors import InvalidError

if TYPE_CHECKING:
    from studio.domain.package_settings import PackageSettings
    from studio.services.environments.connection_test import Answer
    from studio.services.environments.package_settings import PackageSettingsService

app = noun("Where packages come from: indexes, certificates, proxy, log-ins.")

REFUSED = 1
AddressArgument = Annotated[str, typer.Argument(metavar="ADDRESS")]
Texts = list[str] | None

IndexOption = Annotated[
    str | None, typer.Option(metavar="URL", help="The package index.")
]
ExtraOption = Annotated[
    Texts, typer.Option(metavar="URL", help="Asked first; can be repeated.")
]
ChannelOption = Annotated[
    Texts,
    typer.Option(
        metavar="NAME|URL", help="For environments that name none; can be repeated."
    ),
]
MirrorOption = Annotated[
    str | None, typer.Option(metavar="URL", help="Conda's channels are below it.")
]
BundleOption = Annotated[
    str | None, typer.Option(metavar="FILE", help="Trusted certificates, PEM.")
]
InImagesOption = Annotated[
    bool | None,
    typer.Option("--ca-in-images/--no-ca-in-images", help="Put them into images too."),
]
ProxyOption = Annotated[str | None, typer.Option(metavar="URL")]
OfflineOption = Annotated[
    bool | None, typer.Option("--offline/--online", help="Never use the network.")
]
VulnerabilitiesOption = Annotated[
    str | None, typer.Option(metavar="PATH", help="A folder or .zip of OSV records.")
]


DockerOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="The engine that images are made on.")
]


def _service() -> PackageSettingsService:
    from studio.services.environments.package_settings import PackageSettingsService

    return PackageSettingsService()


@app.command()
def show(context: typer.Context) -> None:
    """Show what is set, and where packages come from because of that."""
    _answer(context, _service())


@app.command("set")
def set_settings(
    context: typer.Context,
    index: IndexOption = None,
    extra_index: ExtraOption = None,
    conda_channel: ChannelOption = None,
    conda_mirror: MirrorOption = None,
    ca_bundle: BundleOption = None,
    ca_in_images: InImagesOption = None,
    proxy: ProxyOption = None,
    offline: OfflineOption = None,
    vulnerabilities: VulnerabilitiesOption = None,
    docker_context: DockerOption = None,
) -> None:
    """Set some of them; the others stay. They count at once, in the window too.

    Give an empty text to go back to what pip's, uv's and Docker's settings say.
    Passwords aren't settings: see 'login'.

    \b
    Examples:
      studio settings packages set --index https://packages.example.com/simple
      studio settings packages set --ca-bundle company.pem --proxy http://proxy:3128
      studio settings packages set --index ""
    """
    given = {
        "index": index,
        "extra_indexes": _texts(extra_index),
        "conda_channels": _texts(conda_channel),
        "conda_mirror": conda_mirror,
        "certificates": _path(ca_bundle),
        "certificates_in_images": ca_in_images,
        "proxy": proxy,
        "offline": offline,
        "vulnerabilities": _path(vulnerabilities),
        "docker_context": docker_context,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise typer.BadParameter("Nothing to set was given")
    service = _service()
    service.change(**changes)
    _answer(context, service)


@app.command()
def login(
    context: typer.Context,
    address: AddressArgument,
    user: Annotated[
        str, typer.Option(help="Not needed for a token.", show_default=False)
    ] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read it from stdin, no prompt.")
    ] = False,
) -> None:
    """Keep a user and password, or a token, of a server in the system's keyring.

    It is asked for, never given as an argument, which others could see.

    \b
    Example:
      studio settings packages login https://packages.example.com --user me
    """
    from studio.services.environments.package_settings import Login

    secret = _secret(user, password_stdin)
    server = _service().keep_login(address, Login(user.strip(), secret))
    of(context).answer(
        {"login": server, "kept": True},
        lambda: say(f"The keyring holds the log-in of {server}."),
    )


@app.command()
def logout(context: typer.Context, address: AddressArgument) -> None:
    """Take the log-in of a server out of the keyring."""
    server = _service().forget_login(address)
    of(context).answer(
        {"login": server, "kept": False},
        lambda: say(f"The log-in of {server} is forgotten."),
    )


@app.command("test")
def test_connections(
    context: typer.Context,
    index: Annotated[
        str, typer.Option(metavar="URL", help="Ask this one, before it is set.")
    ] = "",
) -> None:
    """Ask every index and channel whether it answers. Exit code 1 if one doesn't."""
    from dataclasses import replace

    from studio.services.environments.connection_test import test_connection

    session = of(context)
    service = _service()
    settings = service.get()
    tried = replace(settings, index=index, extra_indexes=(), offline=False)
    with Work() as work:
        answers = test_connection(
            service.indexes(tried if index else settings),
            progress=work.tell,
            cancel=work.cancelled,
        )
    failed = [each for each in answers if each.outcome == "failed"]
    document = {"passed": not failed, "places": [_told(each) for each in answers]}
    if failed:
        first = failed[0]
        document["error"] = error_document(first.message, first.hint, "unavailable")
    session.answer(document, lambda: _show_answers(answers))
    if failed:
        raise typer.Exit(REFUSED)


def _told(each: Answer) -> dict[str, Any]:
    return {
        "address": each.address,
        "outcome": each.outcome,
        "message": each.message,
        "hint": each.hint,
        "seconds": each.seconds,
    }


def _show_answers(answers: Sequence[Answer]) -> None:
    rows = [
        (each.address, each.outcome, seconds(each.seconds), each.message)
        for each in answers
    ]
    table(("Address", "", "Took", "Told"), rows)
    for each in answers:
        if each.hint:
            note(f"Hint: {each.hint}")


def _secret(user: str, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InvalidError(
            "There is no terminal to ask for the password",
            hint="Pipe it in, with --password-stdin",
        )
    prompt = f"Password of {user}" if user else "Token"
    return str(typer.prompt(prompt, hide_input=True, err=True))


def _texts(given: Texts) -> tuple[str, ...] | None:
    """One empty text among them means none."""
    return None if given is None else tuple(each.strip() for each in given if each)


def _path(given: str | None) -> str | None:
    return str(Path(given).expanduser().absolute()) if given else given


def _answer(context: typer.Context, service: PackageSettingsService) -> None:
    settings, sources = service.get(), service.indexes().describe()
    document = {**_document(settings), "file": str(service.path)}
    of(context).answer(
        {**document, "sources": list(sources)}, lambda: _show(settings, sources)
    )


def _document(settings: PackageSettings) -> dict[str, Any]:
    return {
        "index": settings.index,
        "extra_indexes": list(settings.extra_indexes),
        "conda_channels": list(settings.conda_channels),
        "conda_mirror": settings.conda_mirror,
        "ca_bundle": settings.certificates,
        "ca_in_images": settings.certificates_in_images,
        "proxy": settings.proxy,
        "offline": settings.offline,
        "vulnerabilities": settings.vulnerabilities,
        "docker_context": settings.docker_context,
        "logins": list(settings.logins),
    }


def _show(settings: PackageSettings, sources: Sequence[str]) -> None:
    usual = "as pip's and uv's settings say"
    images = " (in images too)" if settings.certificates_in_images else ""
    fields(
        [
            ("Package index", settings.index or usual),
            ("Extra indexes", ", ".join(settings.extra_indexes)),
            ("Conda channels", ", ".join(settings.conda_channels)),
            ("Conda mirror", settings.conda_mirror),
            ("CA bundle", settings.certificates + images * bool(settings.certificates)),
            ("Proxy", settings.proxy),
            ("Network", "never used" if settings.offline else "used"),
            ("Vulnerabilities", settings.vulnerabilities or "no database"),
            ("Docker engine", settings.docker_context or "as Docker chooses"),
            ("Log-ins", ", ".join(settings.logins)),
        ]
    )
    say()
    for line in sources:
        say(line)
