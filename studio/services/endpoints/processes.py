"""What the process of each endpoint is told, and what it says."""

from __future__ import annotations

import time
from typing import Any

from studio.domain import ways
from studio.domain.endpoint import Deployment
from studio.domain.errors import UnavailableError
from studio.services.endpoints.keys import EndpointKeys
from studio.services.endpoints.serving import server_command
from studio.services.endpoints.serving_environments import ServingEnvironments
from studio.services.endpoints.supervision import (
    EndpointFolder,
    observed,
    served_elsewhere,
    supervisor_of,
)
from studio.services.processes import start_detached
from studio.storage.artifacts import ArtifactStore
from studio.storage.endpoints import DeploymentRecord, EndpointRepository
from studio.storage.workspace import Workspace

POLL_SECONDS = 0.05
_SUPERVISOR_START_SECONDS = 5.0


class EndpointProcesses:
    """Supervisors: started where one is missing, told by files in their folders."""

    def __init__(
        self,
        workspace: Workspace,
        repository: EndpointRepository,
        keys: EndpointKeys,
        artifacts: ArtifactStore,
        environments: ServingEnvironments,
    ) -> None:
        self._workspace = workspace
        self._repository = repository
        self._keys = keys
        self._artifacts = artifacts
        self._environments = environments
        self._not_before: dict[str, float] = {}

    def folder(self, name: str) -> EndpointFolder:
        return EndpointFolder(self._workspace.endpoints / name)

    def apply(self, name: str) -> None:
        """Tell the endpoint's process what is wanted, starting it if need be."""
        endpoint = self._repository.get(name)
        port, stopped, records = self._repository.wanted(name)
        folder = self.folder(name)
        folder.write_wanted(
            {
                "name": name,
                "port": port,
                "key_hashes": self._keys.hashes(name, folder.session_hashes()),
                "traffic": dict(endpoint.traffic),
                "stop": stopped or not records,
                "deployments": {}
                if stopped
                else {r.spec.deployment: self._server(r) for r in records},
            }
        )
        missing = records and not stopped and supervisor_of(folder) is None
        if missing and time.monotonic() > self._not_before.get(name, 0.0):
            self._not_before[name] = time.monotonic() + _SUPERVISOR_START_SECONDS
            folder.become_own()
            start_detached(
                ["studio.supervisor", str(folder.root)],
                folder.root / "supervisor.log",
                self._workspace.root,
            )

    def _server(self, record: DeploymentRecord) -> dict[str, Any]:
        python = self._environments.python(record.spec)
        command = server_command(record.spec, record.digest, self._artifacts, python)
        return {"generation": record.generation, **command}

    def observe(self, name: str) -> bool:
        """Take what it says; whether anything was new. One that is gone although it
        is wanted is started again."""
        folder = self.folder(name)
        _, stopped, records = self._repository.wanted(name)
        alive = supervisor_of(folder) is not None
        if not alive and records and not stopped and folder.was_started():
            if served_elsewhere(folder):
                self._repository.rest(name)
                stopped = True
            else:
                self.apply(name)  # it was killed, or the computer was restarted
        if not alive and not stopped and self._is_starting(name):
            return False
        names = [record.spec.deployment for record in records]
        view = observed(folder, alive, stopped, names)
        if view is None:
            return False
        return self._repository.observe(
            name,
            state=view.state,
            port=view.port or self._repository.wanted(name)[0],
            message=view.message,
            hint=view.hint,
            deployments=view.deployments,
        )

    def _is_starting(self, name: str) -> bool:
        return time.monotonic() < self._not_before.get(name, 0.0)

    def is_updating(self, deployment: Deployment) -> bool:
        """Whether a newer version is starting beside the one that serves."""
        said = self.folder(deployment.endpoint).state().get("deployments", {})
        return bool(said.get(deployment.name, {}).get("updating"))

    def wait_until_gone(self, name: str, timeout_seconds: float = 20.0) -> None:
        """Until it has ended, so that it can be started again at once."""
        deadline = time.monotonic() + timeout_seconds
        while supervisor_of(self.folder(name)) is not None:
            if time.monotonic() > deadline:
                raise UnavailableError(
                    f"Endpoint '{name}' doesn't stop",
                    hint=f"See {self.folder(name).root / 'supervisor.log'}",
                )
            time.sleep(POLL_SECONDS)
        self._not_before.pop(name, None)

    def wait_for_generation(self, name: str, timeout_seconds: float = 5.0) -> None:
        """Until it has taken what it was told last."""
        folder = self.folder(name)
        deadline = time.monotonic() + timeout_seconds
        while folder.state().get("generation") != folder.generation():
            if time.monotonic() > deadline:
                raise UnavailableError(
                    f"Endpoint '{name}' doesn't answer its own workspace",
                    hint=ways.RESTART(name),
                )
            time.sleep(POLL_SECONDS)
