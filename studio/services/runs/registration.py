"""From a step's wish to a new version in the registry."""

from __future__ import annotations

from studio.domain.registration import Registration
from studio.storage.models import NewVersion


def new_version(
    wish: Registration, run_id: str, pipeline: str, experiment: str, size_bytes: int
) -> NewVersion:
    return NewVersion(
        name=wish.name,
        type=wish.type,
        digest=wish.digest,
        size_bytes=size_bytes,
        tags=wish.tags,
        properties=wish.properties,
        metrics=wish.metrics,
        description=wish.description,
        run_id=run_id,
        experiment=experiment,
        pipeline=pipeline,
        step=wish.step,
        trained_here=True,
    )
