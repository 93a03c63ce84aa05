"""Online endpoints: wishes are written here, an own process fulfils them.

Each endpoint has a detached supervisor. We write `wanted.json` into the
endpoint's folder; it writes `state.json`, which is taken into the database by
whoever looks next.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from studio.domain import ways
from studio.domain.endpoint import (
    Deployment,
    DeploymentSpec,
    DeploymentState,
    Endpoint,
    ScoringAnswer,
    check_endpoint_name,
    check_traffic,
)
from studio.domain.errors import RefusedError
from studio.domain.model import ModelVersion
from studio.environments.tool import Report, silent
from studio.services.endpoints import scoring
from studio.services.endpoints.keys import EndpointKeys
from studio.services.endpoints.processes import POLL_SECONDS, EndpointProcesses
from studio.services.endpoints.refusals import no_deployment, no_target, no_traffic
from studio.services.endpoints.serving import server_command, with_stored_code
from studio.services.endpoints.serving_environments import ServingEnvironments
from studio.services.log_files import read_log
from studio.services.models import ModelService
from studio.storage.artifacts import ArtifactStore
from studio.storage.endpoints import EndpointRepository
from studio.storage.secrets import SecretStore
from studio.storage.workspace import Workspace

_SETTLED = {DeploymentState.RUNNING, DeploymentState.FAILED, DeploymentState.STOPPED}


class EndpointService:
    def __init__(
        self,
        workspace: Workspace,
        repository: EndpointRepository,
        models: ModelService,
        artifacts: ArtifactStore,
        secret_store: SecretStore,
        environments: ServingEnvironments,
    ) -> None:
        self._artifacts = artifacts
        self._repository = repository
        self._models = models
        self._keys = EndpointKeys(repository, secret_store)
        self._processes = EndpointProcesses(
            workspace, repository, self._keys, artifacts, environments
        )
        self._environments = environments

    # -- looking ----------------------------------------------------------------

    def list(self) -> tuple[Endpoint, ...]:
        self.refresh()
        return tuple(self._repository.get(name) for name in self._repository.names())

    def get(self, name: str) -> Endpoint:
        self._processes.observe(name)
        return self._repository.get(name)

    def refresh(self) -> bool:
        """Take what the endpoints' processes say; whether anything was new.

        A supervisor that is gone although its endpoint is wanted is started again.
        """
        news = [self._processes.observe(name) for name in self._repository.names()]
        return any(news)

    def spec(self, endpoint: str, deployment: str) -> DeploymentSpec:
        """What a deployment was asked to be, to deploy it again as it is."""
        self._repository.get(endpoint)
        for record in self._repository.wanted(endpoint)[2]:
            if record.spec.deployment == deployment:
                return record.spec
        raise no_deployment(endpoint, deployment)

    def log(self, endpoint: str, deployment: str, offset: int = 0) -> tuple[str, int]:
        """A deployment's log from a byte offset on, and the offset to read on from."""
        part = read_log(
            self._processes.folder(endpoint).root / deployment / "log.txt", offset
        )
        return part.text, part.offset

    def keys(self, name: str) -> dict[str, str | None]:
        """{"primary": ..., "secondary": ...}; None where the keyring has none."""
        return self._keys.get(name)

    def key(self, name: str) -> str | None:
        """The primary key, if this user's keyring (or this session) has it."""
        return self._keys.get(name)["primary"]

    def keys_are_kept(self) -> bool:
        """Whether keys outlive this process (a system keyring is there)."""
        return self._keys.are_kept()

    # -- changing ---------------------------------------------------------------

    def create(
        self, name: str, description: str = "", tags: Mapping[str, str] | None = None
    ) -> Endpoint:
        """A new endpoint with two fresh keys; it serves once something is deployed."""
        check_endpoint_name(name)
        keys, hashes = self._keys.make()
        self._repository.create(name, description, tags or {}, hashes)
        self._keys.keep(name, keys)
        return self._repository.get(name)

    def regenerate_key(self, name: str, which: str) -> str:
        """A new primary or secondary key; the old one stops working at once."""
        key = self._keys.regenerate(name, which)
        self._processes.apply(name)
        return key

    def deploy(
        self,
        spec: DeploymentSpec,
        *,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> Deployment:
        """Start a model behind an endpoint (made if need be) without waiting for it.

        The first deployment gets all traffic. RefusedError for a model that
        wasn't trained by this workspace unless `spec.trust` is set, and for one that
        doesn't run in its environment as it was saved: that is tried first, unless
        `spec.unchecked`.
        """
        check_endpoint_name(spec.endpoint)
        check_endpoint_name(spec.deployment)
        model = self._models.get(spec.model) if spec.model else None
        self._check(spec, model)
        spec = with_stored_code(spec, self._artifacts)
        server_command(spec, model.digest if model else "", self._artifacts)
        spec = self._environments.proven(spec, progress=progress, cancel=cancel)
        if spec.endpoint not in self._repository.names():
            self.create(spec.endpoint)
        if spec.port:
            self._repository.set_port(spec.endpoint, spec.port)
        self._repository.save_deployment(spec, model)
        if not any(self._repository.get(spec.endpoint).traffic.values()):
            self._repository.set_traffic(spec.endpoint, {spec.deployment: 100})
        self._processes.apply(spec.endpoint)
        deployment = self._repository.get(spec.endpoint).deployment(spec.deployment)
        assert deployment is not None
        return deployment

    def wait(
        self,
        endpoint: str,
        deployment: str,
        on_change: Callable[[Deployment], None] | None = None,
        timeout_seconds: float = 120.0,
    ) -> Deployment:
        """Follow a deployment until it serves, its newest version that is, or has
        failed. Where the version before goes on serving, `message` says why."""
        deadline = time.monotonic() + timeout_seconds
        last: Deployment | None = None
        while True:
            whole = self.get(endpoint)
            found = whole.deployment(deployment)
            if found is None:
                raise no_deployment(endpoint, deployment)
            if whole.state == "FAILED" and whole.message:  # such as a port in use
                failed = DeploymentState.FAILED
                return replace(
                    found, state=failed, message=whole.message, hint=whole.hint
                )
            if found != last and on_change:
                on_change(found)
            settled = found.state in _SETTLED and not self._processes.is_updating(found)
            if settled or time.monotonic() > deadline:
                return found
            last = found
            time.sleep(POLL_SECONDS)

    def set_traffic(self, name: str, traffic: Mapping[str, int]) -> Endpoint:
        """Share requests between deployments, in per cent (0 or 100 in all).

        Until requests can be split, one deployment gets all of them.
        """
        endpoint = self.get(name)
        check_traffic(traffic, {d.name for d in endpoint.deployments})
        if sum(1 for share in traffic.values() if share) > 1:
            raise RefusedError(
                "Traffic can't be split between deployments yet",
                hint="Give one deployment 100",
            )
        self._repository.set_traffic(name, traffic)
        self._processes.apply(name)
        return self._repository.get(name)

    def stop(self, name: str) -> Endpoint:
        """Stop serving; deployments and the address are kept."""
        self._repository.get(name)
        self._repository.set_stopped(name, True)
        self._processes.apply(name)
        self._processes.wait_until_gone(name)
        return self.get(name)

    def start(self, name: str) -> Endpoint:
        self._repository.get(name)
        for record in self._repository.wanted(name)[2]:
            self._environments.make_ready(record.spec)
        self._repository.set_stopped(name, False)
        self._processes.apply(name)
        return self.get(name)

    def delete_deployment(self, endpoint: str, deployment: str) -> None:
        """Refused while it gets traffic and others could take it over."""
        found = self.get(endpoint)
        if found.deployment(deployment) is None:
            raise no_deployment(endpoint, deployment)
        share = found.traffic.get(deployment, 0)
        if share and len(found.deployments) > 1:
            raise RefusedError(
                f"Deployment '{deployment}' gets {share} % of the traffic",
                hint=ways.MOVE_TRAFFIC(endpoint),
            )
        self._repository.delete_deployment(endpoint, deployment)
        rest = {n: s for n, s in found.traffic.items() if n != deployment}
        self._repository.set_traffic(endpoint, rest)
        self._processes.apply(endpoint)

    def delete(self, name: str) -> None:
        """Stop and forget an endpoint with all its deployments and keys."""
        self._repository.get(name)
        self._repository.set_stopped(name, True)
        self._processes.apply(name)
        self._processes.wait_until_gone(name)
        self._repository.delete(name)
        self._keys.forget(name)
        shutil.rmtree(self._processes.folder(name).root, ignore_errors=True)

    def stop_all(self) -> None:
        for name in self._repository.names():
            self.stop(name)

    # -- scoring ----------------------------------------------------------------

    def invoke(
        self,
        name: str,
        body: bytes,
        *,
        deployment: str = "",
        timeout_seconds: float = 60.0,
    ) -> ScoringAnswer:
        """Send a request and return the answer, whatever its status.

        UnavailableError if nobody listens, with the reason.
        """
        endpoint = self.get(name)
        uri = self._uri(endpoint, deployment)
        return scoring.send(uri, body, self._usable_key(name), timeout_seconds)

    def sample_request(self, model: str) -> bytes | None:
        """A request the model would accept, made from its own example or signature."""
        signature = self._models.signature(model)
        return scoring.sample_request(signature)

    def _uri(self, endpoint: Endpoint, deployment: str) -> str:
        state = self._processes.folder(endpoint.name).state()
        if deployment:
            found = endpoint.deployment(deployment)
            if found is None:
                raise no_deployment(endpoint.name, deployment)
            port = state.get("deployments", {}).get(deployment, {}).get("port")
            if found.state is DeploymentState.RUNNING and port:
                return f"http://127.0.0.1:{port}/score"
            raise scoring.not_serving(endpoint, found)
        serving = [n for n, share in endpoint.traffic.items() if share]
        if not serving:
            raise no_traffic(endpoint.name)
        found = endpoint.deployment(serving[0])
        usable = (DeploymentState.RUNNING, DeploymentState.UNHEALTHY)
        if found is None or found.state not in usable or not endpoint.scoring_uri:
            raise scoring.not_serving(endpoint, found)
        return endpoint.scoring_uri

    def _usable_key(self, name: str) -> str:
        """The kept key; else one for this process only, known to the server by its
        hash and valid for an hour."""
        if key := self.key(name):
            return key
        key, is_new = self._keys.session_key(name)
        if not is_new:
            return key
        self._processes.apply(name)
        self._processes.wait_for_generation(name)
        return key

    # -- inside -----------------------------------------------------------------

    def _check(self, spec: DeploymentSpec, model: ModelVersion | None) -> None:
        if spec.target != "local":
            raise no_target(spec.target)
        if model is None and not spec.scoring_script:
            raise RefusedError(
                "There is nothing to deploy", "Name a model or a scoring script"
            )
        if model is not None and not model.trained_here and not spec.trust:
            raise RefusedError(
                f"{model.reference} wasn't trained by a run of this workspace, and "
                "loading a model can run any code it contains",
                hint="If you trust where it comes from, deploy it with --trust",
            )
        if model is not None:
            self._models.verify(model.reference)
