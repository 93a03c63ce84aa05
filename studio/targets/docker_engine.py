"""A connection to a Docker engine. What docker-py raises doesn't leave this border."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from studio.domain.container_engine import DiskUse, EngineContext, EngineState
from studio.domain.errors import StudioError, UnavailableError
from studio.targets.docker_contexts import context_named
from studio.targets.docker_errors import told

_NEGOTIATED = "1.41"  # replaced once the engine has said what it speaks
_CONNECT_SECONDS = 5
_SECONDS = 60


class DockerEngine:
    """An engine that has answered. `api` is docker-py's client, used inside `told`."""

    def __init__(self, context: EngineContext, api: Any) -> None:
        self.context = context
        self.api = api

    def __enter__(self) -> DockerEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self.api.close()

    def state(self) -> EngineState:
        with told(self.context):
            info = self.api.info()
        root = str(info.get("DockerRootDir") or "")
        security = info.get("SecurityOptions") or ()
        return EngineState(
            self.context,
            found=True,
            version=str(info.get("ServerVersion") or ""),
            platform=f"{info.get('OSType')}/{info.get('Architecture')}",
            rootless=any("rootless" in each for each in security),
            gpu=_gpu(info),
            runtimes=tuple(sorted(info.get("Runtimes") or ())),
            storage=str(info.get("Driver") or ""),
            root=root,
            cpus=int(info.get("NCPU") or 0),
            memory_bytes=int(info.get("MemTotal") or 0),
            free_bytes=None if self.context.remote else _free(root),
        )

    def disk_use(self) -> DiskUse:
        with told(self.context):
            used = self.api.df()
        images = int(used.get("LayersSize") or 0)
        containers = used.get("Containers") or ()
        volumes = [v.get("UsageData") or {} for v in used.get("Volumes") or ()]
        cache = used.get("BuildCache") or ()
        return DiskUse(
            images=images,
            containers=sum(each.get("SizeRw") or 0 for each in containers),
            volumes=sum(max(0, each.get("Size", 0)) for each in volumes),
            build_cache=sum(c.get("Size") or 0 for c in cache if not c.get("Shared")),
            reclaimable=_unused_images(used, images)
            + sum(c.get("Size") or 0 for c in cache if not c.get("InUse")),
        )


def connect(context: EngineContext | None = None) -> DockerEngine:
    """UnavailableError, with how to start it, where no engine answers."""
    context = context or context_named()
    with told(context):
        version = _negotiated(context)
        return DockerEngine(context, _client(context, version, _SECONDS))


def engine_state(name: str = "") -> EngineState:
    """What is known of an engine, also where there is none: it never fails."""
    context = EngineContext(name or "default", "")
    try:
        context = context_named(name)
        with connect(context) as engine:
            return engine.state()
    except StudioError as error:
        return EngineState(context, False, error.message, error.hint)


def _negotiated(context: EngineContext) -> str:
    """The newest API that both speak. docker-py would ask by itself, but before it
    can be told to ignore the certificates in the environment."""
    from docker.constants import DEFAULT_DOCKER_API_VERSION

    _knock(context.host)
    client = _client(context, _NEGOTIATED, _CONNECT_SECONDS)
    try:
        offered = str(client.version(api_version=False)["ApiVersion"])
    finally:
        client.close()
    return str(min(offered, DEFAULT_DOCKER_API_VERSION, key=_ordered))


def _knock(host: str) -> None:
    """OSError where nobody listens: docker-py would leave its socket open then."""
    scheme, _, path = host.partition("://")
    if scheme == "unix" and hasattr(socket, "AF_UNIX"):
        with socket.socket(socket.AF_UNIX) as knocking:
            knocking.settimeout(_CONNECT_SECONDS)
            knocking.connect(path)


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _client(context: EngineContext, version: str, seconds: int) -> Any:
    from docker import APIClient

    client = APIClient(
        base_url=context.host, version=version, timeout=seconds, tls=_tls(context)
    )
    client.trust_env = False  # REQUESTS_CA_BUNDLE would replace the engine's own CA
    return client


def _tls(context: EngineContext) -> Any:
    scheme = context.host.partition("://")[0]
    if scheme == "ssh":
        raise UnavailableError(
            f"The engine at {context.host} is reached by SSH, which isn't supported",
            hint="Forward its socket: ssh -N -L /path/docker.sock:/var/run/docker.sock "
            "HOST, and set DOCKER_HOST=unix:///path/docker.sock",
        )
    if scheme != "tcp":
        return False
    if not context.certificates or not context.verify:
        raise UnavailableError(
            f"The engine at {context.host} is offered without a checked encryption",
            hint="Whoever reaches such an engine owns its machine. Give it TLS with "
            "client certificates and set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH",
        )
    from docker.tls import TLSConfig

    folder = Path(context.certificates)
    return TLSConfig(
        client_cert=(str(folder / "cert.pem"), str(folder / "key.pem")),
        ca_cert=str(folder / "ca.pem"),
        verify=True,
    )


def _gpu(info: Mapping[str, Any]) -> str:
    """How containers get a GPU here; "" if they don't."""
    if "nvidia" in (info.get("Runtimes") or ()):
        return "NVIDIA container runtime"
    devices = info.get("DiscoveredDevices") or ()
    if any("gpu" in str(each.get("ID", "")) for each in devices):
        return "NVIDIA devices by CDI"
    return ""


def _free(root: str) -> int | None:
    """Bytes free where it keeps its images, if that is a folder of this computer."""
    if sys.platform != "linux" or not root or not Path(root).is_dir():
        return None
    return shutil.disk_usage(root).free


def _unused_images(used: Mapping[str, Any], total: int) -> int:
    """As `docker system df` counts: all layers less those that a container needs."""
    listed = used.get("Images") or ()
    needed = sum(
        (each.get("Size") or 0) - max(0, each.get("SharedSize") or 0)
        for each in listed
        if each.get("Containers")
    )
    return max(0, total - needed)
