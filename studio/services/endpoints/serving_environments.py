"""The environments that models are served in: proven first, then named exactly."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from studio.domain.endpoint import DeploymentSpec
from studio.domain.errors import RefusedError, StudioError
from studio.environments.tool import Progress, Report, silent
from studio.services.environments.service import EnvironmentService
from studio.services.environments.trial_memory import TrialMemory
from studio.services.environments.twin import TwinService, refusal


class ServingEnvironments:
    """A deployment that names no environment is served with the studio's packages."""

    def __init__(
        self,
        environments: EnvironmentService,
        twin: TwinService,
        memory: TrialMemory,
    ) -> None:
        self._environments = environments
        self._twin = twin
        self._memory = memory
        self._pythons: dict[str, str] = {}

    def proven(
        self,
        spec: DeploymentSpec,
        *,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> DeploymentSpec:
        """The version it means from now on, built. RefusedError if the model doesn't
        run there as it was saved, unless that isn't to be checked; what was tried and
        passed before isn't tried again, unless that is asked for."""
        again, spec = spec.check_again, replace(spec, check_again=False)
        if not spec.environment:
            return spec
        version = self._environments.get(spec.environment.removeprefix("azureml:"))
        if not version.declaration.is_locked:
            raise RefusedError(
                f"{version.reference} is an image, and this computer's processes are "
                "served from packages",
                hint="Name an environment of pip or conda packages",
            )
        spec = replace(spec, environment=version.reference)
        built = self._environments.build(
            spec.environment, progress=progress, cancel=cancel
        )
        if spec.unchecked:
            return spec
        passed = None if again else self._memory.passed_at(spec, built)
        if passed is not None:
            progress(Progress("tried", _told(spec, passed)))
            return spec
        report = self._twin.check_deployment(spec, progress=progress, cancel=cancel)
        if not report.passed:
            self._memory.forget(spec, built)
            raise refusal(report)
        self._memory.keep(spec, built)
        return spec

    def make_ready(self, spec: DeploymentSpec) -> None:
        """Its folder, where it was removed since."""
        if spec.environment:
            self._environments.build(spec.environment)

    def python(self, spec: DeploymentSpec) -> str:
        """The interpreter to serve with, "" for the studio's own; a path that isn't
        there where the environment isn't, so that starting it says so."""
        reference = spec.environment
        if not reference:
            return ""
        if reference not in self._pythons:
            try:
                built = self._environments.built(reference)
            except StudioError:  # it was deleted, or its Python is gone
                built = None
            if built is None:
                return f"the interpreter of {reference}"
            self._pythons[reference] = str(built.local.python)
        return self._pythons[reference]


def _told(spec: DeploymentSpec, passed: datetime) -> str:
    what = spec.model or Path(spec.scoring_script).name
    when = passed.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{what} was tried in {spec.environment} on {when} and isn't tried again"
