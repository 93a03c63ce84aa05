"""Environments made of what is there already: an interpreter, a registered model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.domain.environment import EnvironmentVersion
from studio.domain.errors import InvalidError, StudioError
from studio.domain.model import parse_reference
from studio.services.environments.drafts import Draft, draft_of_interpreter, read_draft
from studio.services.environments.service import EnvironmentService
from studio.services.models import ModelService


@dataclass(frozen=True)
class Asked:
    """What a person says of it; empty fields are as its origin has them."""

    name: str = ""
    python: str = ""
    image: str = ""
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Imported:
    """The version, and what could not be taken over."""

    version: EnvironmentVersion
    notes: Sequence[str]


def create_from_path(
    environments: EnvironmentService, path: Path, asked: Asked
) -> Imported:
    """What a file or folder declares, in any format that is known."""
    version = environments.create_from(
        path.parent if path.name == "MLmodel" else path,
        name=asked.name,
        python=asked.python,
        image=asked.image,
        description=asked.description,
        tags=asked.tags,
    )
    folder = path.absolute() if path.is_dir() else path.absolute().parent
    guessed = not asked.name and version.name == folder.name
    told = "It is named after its folder; --name gives it another name"
    return Imported(version, (told,) if guessed else ())


def create_from_interpreter(
    environments: EnvironmentService, python: str, asked: Asked, *, only: bool = False
) -> Imported:
    """Every package an interpreter has; with `only` those installed by name."""
    return _create(environments, draft_of_interpreter(python, asked_only=only), asked)


def create_from_model(
    environments: EnvironmentService,
    models: ModelService,
    reference: str,
    asked: Asked,
) -> Imported:
    """What the files of a registered model say it needs."""
    name = parse_reference(models.get(reference).reference).name
    try:
        draft = read_draft(models.folder(reference))
    except StudioError as error:
        raise InvalidError(
            f"The files of {reference} name no packages", error.hint
        ) from error
    return _create(environments, replace(draft, name=name), asked)


def _create(environments: EnvironmentService, draft: Draft, asked: Asked) -> Imported:
    named = asked.name or draft.name
    if not named:
        raise InvalidError("The environment has no name", "Give it one: --name NAME")
    whole = replace(
        draft,
        name=named,
        python=asked.python or draft.python,
        image=asked.image or draft.image,
        description=asked.description or draft.description,
        tags={**draft.tags, **asked.tags},
    )
    return Imported(environments.create_draft(whole), draft.notes)
