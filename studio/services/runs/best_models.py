"""The model of a sweep's best trial, put into the registry when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from studio.domain.errors import RefusedError
from studio.domain.model import ModelVersion
from studio.domain.run import Registered, Run
from studio.domain.sweep import Sweep, Trial
from studio.services.models import ModelService
from studio.services.runs.registration import new_version
from studio.services.runs.service import RunService
from studio.services.runs.sweeps import SweepService
from studio.storage.content import ContentStore
from studio.storage.kept_wishes import KeptWish, KeptWishes
from studio.storage.models import NewVersion


class BestModels:
    """Trials register nothing themselves: the newest version of a model would be what
    was tried last, not what is best."""

    def __init__(
        self,
        sweeps: SweepService,
        runs: RunService,
        models: ModelService,
        content: ContentStore,
        kept: KeptWishes,
    ) -> None:
        self._sweeps, self._runs, self._models = sweeps, runs, models
        self._content, self._kept = content, kept

    def register(self, sweep_id: str) -> tuple[ModelVersion, ...]:
        """What the best trial's pipeline registers, with tags that name both.

        Once: asked again, it is the same versions. RefusedError if there are none.
        """
        sweep = self._sweeps.get(sweep_id)
        best = _best(sweep)
        run = self._runs.get(best.run_id)
        tags = {"sweep": sweep.id, "trial": str(best.number)}
        made = self._registered(run, tags)
        if not made:
            raise RefusedError(
                f"The best trial, {best.number}, has asked to register no model",
                "Give the pipeline a step that registers its model, and run it with "
                "the values of that trial",
            )
        return tuple(self._tagged(each, tags) for each in made)

    def _registered(self, run: Run, tags: Mapping[str, str]) -> list[Registered]:
        kept = self._kept.of_run(run.id)
        if not kept:
            return self._kept.registered_by(run.id)
        versions = [(self._version(one, run, tags), one.key) for one in kept]
        return self._kept.carry_out(run.id, versions)

    def _version(self, kept: KeptWish, run: Run, tags: Mapping[str, str]) -> NewVersion:
        size = self._content.secure(kept.wish.digest)
        wish = replace(kept.wish, tags={**kept.wish.tags, **tags})
        return new_version(wish, run.id, run.pipeline, run.experiment, size)

    def _tagged(self, made: Registered, tags: Mapping[str, str]) -> ModelVersion:
        """Also one that an ordinary run has registered meanwhile tells of the sweep."""
        reference = f"{made.name}:{made.version}"
        model = self._models.get(reference)
        if tags.items() <= model.tags.items():
            return model
        return self._models.tag(reference, tags)


def _best(sweep: Sweep) -> Trial:
    if not sweep.state.ended:
        raise RefusedError(
            f"Sweep {sweep.id} still goes on", "Wait for its end, or stop it"
        )
    if sweep.best is None:
        raise RefusedError(
            f"No trial of sweep {sweep.id} has succeeded", "See why in their runs"
        )
    return sweep.best
