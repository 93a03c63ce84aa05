"""What a workspace holds at a glance, and the one step to take next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.domain.endpoint import Deployment, DeploymentState, Endpoint
from studio.domain.model import ModelVersion
from studio.domain.run import Run, RunState

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.services.pipelines.service import PipelineSummary

MOST = 4


@dataclass(frozen=True)
class Glance:
    """The newest of everything; `model_count` counts all models."""

    pipelines: tuple[PipelineSummary, ...] = ()
    runs: tuple[Run, ...] = ()
    models: tuple[ModelVersion, ...] = ()
    model_count: int = 0
    endpoints: tuple[Endpoint, ...] = ()
    recent: tuple[Path, ...] = ()

    @property
    def fresh(self) -> bool:
        """Whether nothing has been made here yet."""
        return not (self.pipelines or self.runs or self.models or self.endpoints)


@dataclass(frozen=True)
class NextStep:
    """A step to take: the words, the button, and where the button leads."""

    title: str
    sentence: str
    button: str
    icon: str
    page: str
    target: Mapping[str, Any] = field(default_factory=dict)


def gather(studio: Studio) -> Glance:
    """Read a glance; for a worker thread."""
    from studio.services.recent import recent_workspaces

    models = studio.models.list(limit=MOST)
    return Glance(
        pipelines=studio.pipelines.list(),
        runs=studio.runs.list(limit=MOST),
        models=models.models,
        model_count=models.total,
        endpoints=studio.endpoints.list(),
        recent=tuple(p for p in recent_workspaces() if p != studio.workspace.root),
    )


def next_step(glance: Glance) -> NextStep | None:
    """What to do next, from what is there; None in a fresh workspace."""
    if glance.fresh:
        return None
    return (
        _about_the_last_run(glance)
        or _about_endpoints(glance)
        or _about_models(glance)
        or _about_pipelines(glance)
    )


def ailing(endpoint: Endpoint) -> Deployment | None:
    """The endpoint's first deployment that has failed."""
    failed = (DeploymentState.FAILED, DeploymentState.UNHEALTHY)
    return next((d for d in endpoint.deployments if d.state in failed), None)


def _about_the_last_run(glance: Glance) -> NextStep | None:
    last = glance.runs[0] if glance.runs else None
    if last is not None and not last.state.ended:
        return NextStep(
            f"{last.pipeline} is running",
            "Watch its steps, logs and metrics as they come.",
            "Watch the run",
            "play-circle",
            "runs",
            {"run_id": last.id},
        )
    if last is not None and last.state is RunState.FAILED:
        return NextStep(
            f"The last run of {last.pipeline} failed",
            last.message or "Its steps say what went wrong and how to fix it.",
            "See what failed",
            "warning",
            "runs",
            {"run_id": last.id},
        )
    return None


def _about_endpoints(glance: Glance) -> NextStep | None:
    for endpoint in glance.endpoints:
        if (sick := ailing(endpoint)) is not None:
            return NextStep(
                f"{endpoint.name} has a problem",
                sick.message or "Its log says why it doesn't serve.",
                "See the endpoint",
                "warning",
                "endpoints",
                {"endpoint": endpoint.name},
            )
    serving = [e for e in glance.endpoints if e.state == "RUNNING"]
    if not serving:
        return None
    return NextStep(
        f"{serving[0].name} is serving",
        "Send it a request and read the prediction.",
        "Send a request",
        "paper-plane-tilt",
        "endpoints",
        {"endpoint": serving[0].name, "tab": "test"},
    )


def _about_models(glance: Glance) -> NextStep | None:
    if glance.models and glance.endpoints:
        name = glance.endpoints[0].name
        return NextStep(
            f"{name} is stopped",
            "Start it again to send it requests.",
            "Go to the endpoint",
            "rocket-launch",
            "endpoints",
            {"endpoint": name},
        )
    if glance.models:
        newest = glance.models[0].reference
        return NextStep(
            f"Deploy {newest}",
            "Serve it on this computer; it takes a few seconds and no Docker.",
            "Deploy",
            "rocket-launch",
            "endpoints",
            {"deploy": newest},
        )
    return None


def _about_pipelines(glance: Glance) -> NextStep | None:
    if not glance.pipelines:
        return None
    first = glance.pipelines[0]
    name = first.title or first.name
    if not glance.runs:
        return NextStep(
            f"Run {name}",
            "Open the pipeline and press Run; the steps show how far they are.",
            "Open the pipeline",
            "play-circle",
            "pipelines",
            {"name": first.name},
        )
    return NextStep(
        "Register a model",
        "The last run ended well. Add the step Register model to keep what it trained.",
        "Open the pipeline",
        "stack",
        "pipelines",
        {"name": glance.runs[0].pipeline},
    )
