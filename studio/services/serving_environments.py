"""The environments that models are served in: proven first, then named exactly."""

from __future__ import annotations

import threading
from dataclasses import replace

from studio.domain.endpoint import DeploymentSpec
from studio.domain.errors import RefusedError, StudioError
from studio.environments.tool import Report, silent
from studio.services.environments import EnvironmentService
from studio.services.twin import TwinService, refusal


class ServingEnvironments:
    """A deployment that names no environment is served with the studio's packages."""

    def __init__(self, environments: EnvironmentService, twin: TwinService) -> None:
        self._environments = environments
        self._twin = twin
        self._pythons: dict[str, str] = {}

    def proven(
        self,
        spec: DeploymentSpec,
        *,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> DeploymentSpec:
        """The version it means from now on, built. RefusedError if the model doesn't
        run there as it was saved, unless that isn't to be checked."""
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
        if spec.unchecked:
            self._environments.build(spec.environment, progress=progress, cancel=cancel)
            return spec
        report = self._twin.check_deployment(spec, progress=progress, cancel=cancel)
        if not report.passed:
            raise refusal(report)
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
