"""Samples with real data, opened as copies in a workspace of their own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from studio.domain.errors import NotFoundError
from studio.interchange import located
from studio.resources import resource_path
from studio.services.recent import data_folder


@dataclass(frozen=True)
class Sample:
    """A sample as it comes with the program; `pipeline` is the one to run."""

    name: str
    title: str
    description: str
    source: str
    pipeline: str
    seconds: int
    request: Path
    folder: Path


def sample_folder(name: str) -> Path:
    """Where the user's own copy of a sample stands."""
    return data_folder() / "samples" / name


def list_samples() -> tuple[Sample, ...]:
    root = resource_path("samples")
    folders = sorted(f for f in root.iterdir() if (f / "sample.yml").is_file())
    return tuple(_read(folder) for folder in folders)


def get_sample(name: str) -> Sample:
    """NotFoundError names the samples there are."""
    for sample in list_samples():
        if sample.name == name:
            return sample
    known = ", ".join(sample.name for sample in list_samples())
    raise NotFoundError(f"There is no sample '{name}'", f"Samples are: {known}")


def copy_sample(sample: Sample, root: Path) -> None:
    """Put the sample's files into a workspace; files already there are kept."""
    for source in sorted(sample.folder.rglob("*")):
        relative = source.relative_to(sample.folder)
        target = root / relative
        if source.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def _read(folder: Path) -> Sample:
    document = located.read(folder / "sample.yml")
    return Sample(
        name=document.text("name"),
        title=document.text("title"),
        description=document.text("description"),
        source=document.text("source"),
        pipeline=document.text("pipeline"),
        seconds=int(document.text("seconds", default="20")),
        request=folder / document.text("request", default="request.json"),
        folder=folder,
    )
