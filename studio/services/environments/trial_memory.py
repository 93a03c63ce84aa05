"""Which trials needn't be made again: same lock, interpreter, model and code."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from studio.domain.endpoint import DeploymentSpec
from studio.services.endpoints.serving import stored_code
from studio.services.environments.rehearsing import PROGRAM
from studio.services.environments.service import Built
from studio.services.models import ModelService
from studio.storage.passed_trials import PassedTrials


class TrialMemory:
    def __init__(self, models: ModelService, trials: PassedTrials) -> None:
        self._models = models
        self._trials = trials

    def passed_at(self, spec: DeploymentSpec, built: Built) -> datetime | None:
        """When the same was passed, if ever; the model's files are checked anew."""
        found = self._trials.find(self._key(spec, built))
        if found is not None and spec.model:
            self._models.verify(spec.model)
        return found

    def keep(self, spec: DeploymentSpec, built: Built) -> None:
        self._trials.keep(
            self._key(spec, built), model=spec.model, environment=built.reference
        )

    def forget(self, spec: DeploymentSpec, built: Built) -> None:
        """It was tried again and isn't passed any more."""
        self._trials.forget(self._key(spec, built))

    def _key(self, spec: DeploymentSpec, built: Built) -> str:
        model = self._models.get(spec.model).digest if spec.model else ""
        code = stored_code(spec) or spec.code
        told = [
            built.digest,
            str(
                built.local.python
            ),  # its folder is named by the Python it was made with
            model,
            [code, spec.scoring_script],
            sorted(spec.environment_variables.items()),
            _program(),
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _program() -> str:
    """What tries and serves models: with another, all are tried again."""
    found = hashlib.sha256()
    for file in sorted(PROGRAM.parent.rglob("*.py")):
        found.update(file.read_bytes())
    return found.hexdigest()
