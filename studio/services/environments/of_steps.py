"""The environments that steps run in, by what their components say of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from studio.domain.component import Component
from studio.domain.environment import EnvironmentVersion
from studio.domain.errors import InvalidError, NotFoundError, RefusedError
from studio.environments.interpreters import host_platform
from studio.environments.tool import Progress
from studio.services.environments import starters
from studio.services.environments.service import EnvironmentService
from studio.services.runs.snapshot import environment_digest

OWN = "studio-default"


class StepEnvironments:
    """Where the workspace has no environment of that name, steps use the studio's own.

    A starter is made in the workspace when the first step needs it. Safe to use from
    any thread.
    """

    def __init__(self, environments: EnvironmentService) -> None:
        self._environments = environments
        self._pythons: dict[str, str] = {}

    def take_in(self, components: Iterable[Component]) -> None:
        """Make environments of those that are written within components, once."""
        for each in components:
            if each.declares is None or not each.declares.is_locked:
                continue
            if not self._environments.declared(each.environment, each.declares):
                self._environments.create(
                    each.environment,
                    each.declares,
                    description=f"Written within the component '{each.name}'",
                )

    def placed(self, components: Mapping[str, Component]) -> Mapping[str, Component]:
        """Those with an environment of their own name the version taken in for it."""
        return {name: self._placed(each) for name, each in components.items()}

    def _placed(self, component: Component) -> Component:
        if component.declares is None or not component.declares.is_locked:
            return component
        found = self._environments.declared(component.environment, component.declares)
        return replace(component, environment=found or f"{component.environment}:0")

    def digest(self, reference: str) -> str:
        version = self._version(reference)
        if version is None:
            return self._starter_key(reference) or environment_digest()
        lock = version.lock_for(host_platform())
        return lock.digest if lock is not None else f"not locked: {version.key}"

    def is_locked(self, reference: str) -> bool:
        version = self._version(reference)
        if version is None:
            return not self._starter_key(reference)
        return version.lock_for(host_platform()) is not None

    def is_ready(self, reference: str) -> bool:
        if self._version(reference) is None:
            return not self._starter_key(reference)
        return self.python(reference) != ""

    def python(self, reference: str) -> str:
        version = self._version(reference)
        if version is None:
            return ""
        if version.reference not in self._pythons:
            built = self._environments.built(version.reference)
            if built is None:
                return ""
            self._pythons[version.reference] = str(built.local.python)
        return self._pythons[version.reference]

    def prepare(
        self, reference: str, tell: Callable[[str], None], cancel: threading.Event
    ) -> None:
        name = _name(reference)

        def progress(told: Progress) -> None:
            tell(f"environment {name}: {told.message or told.phase}")

        version = self._version(reference)
        if version is None:
            version = self._environments.create_starter(name)
        if not version.declaration.is_locked:
            raise RefusedError(
                f"The environment {version.reference} is an image, and steps run as "
                "processes of this computer",
                hint="Name an environment of pip or conda packages in the component",
            )
        self._environments.build(version.reference, progress=progress, cancel=cancel)

    def _starter_key(self, reference: str) -> str:
        name = _name(reference)
        if not name or name == OWN or name not in starters.names():
            return ""
        return f"starter: {name}"

    def _version(self, reference: str) -> EnvironmentVersion | None:
        if _name(reference) in ("", OWN):
            return None
        try:
            return self._environments.get(reference)
        except (InvalidError, NotFoundError):
            return None


def _name(reference: str) -> str:
    return reference.removeprefix("azureml:").partition(":")[0].partition("@")[0]
