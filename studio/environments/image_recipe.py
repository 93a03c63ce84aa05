"""How our images are made: a Dockerfile whose lines go from what changes seldom to what
changes often, and which runs nothing that needs a network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.domain.container_engine import LABEL
from studio.domain.dockerfile import check_image
from studio.domain.errors import InvalidError
from studio.environments.image_context import BuildContext, Content

DEFAULT_BASE = "python:3.11-slim"
CONDA_BASE = "debian:12-slim"
"""conda's packages bring their own Python."""
HOME = "/opt/env"
USER = 10001
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]*(=[\w.+:~-]+)?\Z")


@dataclass(frozen=True)
class EnvironmentRecipe:
    """The image of an environment: `packages` is a folder filled by `unpack_packages`
    for `python`, `prefix` one of conda's packages laid out for /opt/env.

    `system` are Debian packages: the only thing that needs a network. `certificates`
    are trusted in the image beside those of its base.
    """

    base: str = DEFAULT_BASE
    python: str = ""
    packages: Path | None = None
    prefix: Path | None = None
    system: tuple[str, ...] = ()
    certificates: Path | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs_network(self) -> bool:
        return bool(self.system)


@dataclass(frozen=True)
class CopiedContent:
    """What a model's image gets on top of its environment, at `target`."""

    source: Path
    target: str


@dataclass(frozen=True)
class ModelRecipe:
    """The image of something that runs. Of `contents` what changes most comes last."""

    environment: str
    contents: tuple[CopiedContent, ...]
    command: tuple[str, ...]
    health: tuple[str, ...] = ()
    port: int = 0
    variables: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    health_seconds: int = 5


def environment_context(recipe: EnvironmentRecipe) -> BuildContext:
    lines = [f"FROM {_reference(recipe.base)}"]
    contents: list[Content] = []
    if recipe.system:
        lines.append(_install(recipe.system))
    lines.append(f"RUN {json.dumps(['/bin/sh', '-c', _prepare(recipe)])}")
    if recipe.certificates:
        contents.append(Content(recipe.certificates, "authorities.pem"))
        lines += _trusted()
    if recipe.prefix:
        contents.append(Content(recipe.prefix, "prefix.tar", packed=True))
        lines.append(f"ADD prefix.tar {HOME}/")
    if recipe.packages:
        python = f"{HOME}/bin/python"
        contents.append(Content(recipe.packages, "packages.tar", python, packed=True))
        lines.append(f"ADD packages.tar {_site_packages(recipe.python)}/")
    kind = {("CONDA_PREFIX" if recipe.prefix else "VIRTUAL_ENV"): HOME}
    lines += [
        _variables({**_ENVIRONMENT, **kind}),
        f"USER {USER}:{USER}",
        "WORKDIR /tmp",
    ]
    labels = {LABEL + "kind": "environment", **recipe.labels}
    return BuildContext(_text([*lines, _labels(labels)]), tuple(contents))


def model_context(recipe: ModelRecipe) -> BuildContext:
    """All that only describes comes before the first copy, so that a change of the
    last content builds one layer."""
    lines = [f"FROM {_reference(recipe.environment)}"]
    if recipe.variables:
        lines.append(_variables(recipe.variables))
    lines.append(_labels({LABEL + "kind": "model", **recipe.labels}))
    if recipe.port:
        lines.append(f"EXPOSE {recipe.port}")
    if recipe.health:
        times = f"--interval={recipe.health_seconds}s --timeout=4s --start-period=60s"
        lines.append(f"HEALTHCHECK {times} CMD {json.dumps(recipe.health)}")
    lines.append(f"ENTRYPOINT {json.dumps(recipe.command)}")
    contents = []
    for number, each in enumerate(recipe.contents):
        name = f"content{number}"
        folder = each.source.is_dir()
        contents.append(Content(each.source, name))
        lines.append(f"COPY {name}{'/' * folder} {each.target}{'/' * folder}")
    return BuildContext(_text(lines), tuple(contents))


def _trusted() -> list[str]:
    """One file with the base's authorities, if it has any, and these."""
    every = f"{_AUTHORITIES}/all.pem"
    joined = f"cat /etc/ssl/certs/ca-certificates.crt {_AUTHORITIES}/own.pem > {every}"
    return [
        f"COPY authorities.pem {_AUTHORITIES}/own.pem",
        f"RUN {json.dumps(['/bin/sh', '-c', f'{joined} 2>/dev/null; true'])}",
        _variables(dict.fromkeys(_TRUST, every)),
    ]


_AUTHORITIES = "/opt/authorities"
_TRUST = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT")
_ENVIRONMENT = {
    "PATH": f"{HOME}/bin:/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin",
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    # the one folder that can be written where the root is read-only
    "HOME": "/tmp",
}


def _site_packages(python: str) -> str:
    return f"{HOME}/lib/python{python}/site-packages"


def _prepare(recipe: EnvironmentRecipe) -> str:
    """The user, and (without conda) an environment of the base's own Python."""
    steps = [
        f"echo 'app:x:{USER}:{USER}::/tmp:/bin/false' >> /etc/passwd",
        f"echo 'app:x:{USER}:' >> /etc/group",
    ]
    if recipe.python and not recipe.prefix:
        check = (
            "import sys; have = '%d.%d' % sys.version_info[:2]; "
            f"have == '{recipe.python}' or sys.exit('This base image has Python ' "
            f"+ have + ', the packages are for {recipe.python}')"
        )
        steps.insert(0, f'python3 -c "{check}"')
        steps.append(f"python3 -m venv --without-pip {HOME}")
    return " && ".join(steps)


def _install(packages: tuple[str, ...]) -> str:
    for name in packages:
        if not _PACKAGE.match(name):
            raise InvalidError(
                f"'{name}' can't be the name of a Debian package",
                hint="Write names like libgomp1 or libpq5=15.3-1",
            )
    return (
        "RUN apt-get update && apt-get install --yes --no-install-recommends "
        f"{' '.join(sorted(packages))} && rm -rf /var/lib/apt/lists/*"
    )


def _reference(image: str) -> str:
    check_image(image)
    return image


def _variables(values: Mapping[str, str]) -> str:
    return "ENV " + " ".join(_pair(name, value) for name, value in values.items())


def _labels(values: Mapping[str, str]) -> str:
    return "LABEL " + " ".join(_pair(name, v) for name, v in sorted(values.items()))


def _pair(name: str, value: str) -> str:
    if not re.fullmatch(r"[\w.-]+", name) or "\n" in value or "\r" in value:
        raise InvalidError(
            f"{name!r} can't be a variable or label of an image with this value",
            hint="Names have letters, digits, '_', '-' and '.'; a value has one line",
        )
    quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'{name}="{quoted}"'


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
