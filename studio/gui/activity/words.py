"""What an event says in words, and where its subject can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from studio.domain.events import Event
from studio.gui.widgets.chip import StateLook, look

Data: TypeAlias = Mapping[str, Any]

GROUPS = (
    ("Everything", ""),
    ("Runs", "Run|Step|Sweep"),
    ("Pipelines", "Pipeline|Component"),
    ("Models", "Model"),
    ("Environments", "Environment"),
    ("Endpoints", "Endpoint|Deployment|Key"),
    ("Workspace", "Workspace|Backup"),
)
"""Names of groups and the beginnings of their events' types."""


@dataclass(frozen=True)
class Place:
    """A page of the window and what to show there; page "" is nowhere."""

    page: str = ""
    target: Mapping[str, Any] = field(default_factory=dict)


def sentence(event: Event) -> str:
    """What happened, without its subject, which stands in a column of its own."""
    say = _SENTENCES.get(event.type)
    return say(event.data) if say is not None else _spaced(event.type)


def place_of(event: Event) -> Place:
    """Where the subject is shown; nowhere for what has been deleted."""
    if event.type.endswith("Deleted"):
        return Place()
    match kind_of(event):
        case "run":
            return Place("runs", {"run_id": event.subject})
        case "sweep":
            return Place("runs", {"sweeps": True})
        case "pipeline":
            return Place("pipelines", {"name": event.subject})
        case "model":
            return Place("models", {"reference": event.subject})
        case "environment":
            return Place("environments", {"reference": event.subject})
        case "endpoint":
            name = event.subject.partition("/")[0]
            return Place("endpoints", {"endpoint": name})
    return Place()


def kind_of(event: Event) -> str:
    """run, pipeline, model, environment, endpoint, component or workspace."""
    for beginning, kind in _KINDS:
        if event.type.startswith(beginning):
            return kind
    return ""


def subject_of(event: Event) -> str:
    """The subject as it is shown; a workspace's id says nothing to people."""
    return "workspace" if kind_of(event) == "workspace" else event.subject


def tone_of(event: Event) -> StateLook:
    """A chip for the kind of thing, in the colour of how it went."""
    kind = kind_of(event)
    state = str(event.data.get("state", ""))
    if event.type in _ENDS and state:
        known = look(state, serving=kind == "endpoint")
        return StateLook(known.word, known.tone, known.icon)
    word, icon = _KIND_LOOKS.get(kind, ("Event", "info"))
    return StateLook(word, "idle", icon)


def matches(event: Event, words: str, beginnings: str = "") -> bool:
    """Whether an event is of a group and holds every word, case ignored."""
    if beginnings and not event.type.startswith(tuple(beginnings.split("|"))):
        return False
    text = f"{sentence(event)} {event.subject} {event.actor} {event.type}".casefold()
    return all(word in text for word in words.casefold().split())


_ENDS = ("RunEnded", "StepEnded", "SweepEnded", "DeploymentChanged")
_KINDS = (
    ("Sweep", "sweep"),
    ("Run", "run"),
    ("Step", "run"),
    ("Pipeline", "pipeline"),
    ("Component", "component"),
    ("Model", "model"),
    ("Environment", "environment"),
    ("Endpoint", "endpoint"),
    ("Deployment", "endpoint"),
    ("Key", "endpoint"),
    ("Workspace", "workspace"),
    ("Backup", "workspace"),
)
_KIND_LOOKS = {
    "sweep": ("Sweep", "sliders-horizontal"),
    "run": ("Run", "play-circle"),
    "pipeline": ("Pipeline", "flow-arrow"),
    "component": ("Component", "puzzle-piece"),
    "model": ("Model", "stack"),
    "environment": ("Environment", "cube"),
    "endpoint": ("Endpoint", "rocket-launch"),
    "workspace": ("Workspace", "folder"),
}
_STATES = {
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "CANCELLED": "was cancelled",
    "SKIPPED": "was skipped",
    "RUNNING": "is serving",
    "STARTING": "is starting",
    "STOPPED": "has stopped",
    "STOPPING": "is stopping",
    "UNHEALTHY": "doesn't answer its probes",
}


def _run_ended(data: Data) -> str:
    # That it was cancelled is all that a cancelled run's message says.
    cancelled = data.get("state") == "CANCELLED"
    return _with(f"Run {_state(data)}", "" if cancelled else data.get("message"))


def _step_ended(data: Data) -> str:
    step, reason = data.get("step", ""), data.get("reason")
    if data.get("reused"):
        return _with(f"Step {step} was reused", reason)
    if data.get("state") == "SUCCEEDED" and reason:
        return f"Step {step} succeeded; it ran because {reason}"
    return _with(f"Step {step} {_state(data)}", _unless_planned(data, reason))


def _unless_planned(data: Data, reason: object) -> object:
    """Why a step was skipped; why it began to run says nothing of how it ended."""
    return reason if data.get("state") == "SKIPPED" else ""


def _model_registered(data: Data) -> str:
    run = data.get("run")
    return f"Model registered by run {run}" if run else "Model registered"


def _model_tagged(data: Data) -> str:
    if tags := data.get("tags"):
        listed = " ".join(f"{key}={value}" for key, value in tags.items())
        return f"Tagged {listed}"
    if removed := data.get("removed"):
        return f"Removed the tags {', '.join(removed)}"
    return "Description changed"


def _endpoint_changed(data: Data) -> str:
    if "traffic" in data:
        shares = [f"{name} {share} %" for name, share in data["traffic"].items()]
        return f"Traffic set to {', '.join(shares) or 'none'}"
    if "stopped" in data:
        return "Asked to stop" if data["stopped"] else "Asked to start"
    return _with(f"Endpoint {_state(data)}", data.get("message"))


def _deployment_changed(data: Data) -> str:
    model = f" with {data['model']}" if data.get("model") else ""
    return _with(f"Deployment {_state(data)}{model}", data.get("message"))


_SENTENCES: dict[str, Callable[[Data], str]] = {
    "WorkspaceCreated": lambda data: "Workspace made",
    "BackupCreated": lambda data: "Database backed up",
    "PipelineSaved": lambda data: f"Version {data.get('version', '?')} saved",
    "PipelineDeleted": lambda data: "Pipeline deleted",
    "ComponentImported": lambda data: "Component imported",
    "ComponentEdited": lambda data: f"Component's code {data.get('how', 'edited')}",
    "RunCreated": lambda data: f"Run of {data.get('pipeline', '?')} asked for",
    "RunStarted": lambda data: "Run started",
    "RunCancelRequested": lambda data: "Asked to cancel the run",
    "StepPauseWanted": lambda data: f"Asked to pause before {data.get('step', '?')}",
    "StepPaused": lambda data: f"Paused before step {data.get('step', '?')}",
    "StepContinued": lambda data: f"Step {data.get('step', '?')} let go on",
    "RunEnded": _run_ended,
    "RunDeleted": lambda data: f"Run of {data.get('pipeline', '?')} deleted",
    "SweepCreated": lambda data: f"Sweep of {data.get('pipeline', '?')} asked for",
    "SweepCancelRequested": lambda data: "Asked to cancel the sweep",
    "SweepEnded": lambda data: f"Sweep {_state(data)}",
    "StepStarted": lambda data: f"Step {data.get('step', '?')} started",
    "StepEnded": _step_ended,
    "ModelRegistered": _model_registered,
    "ModelTagged": _model_tagged,
    "ModelAliased": lambda data: f"Got the alias {data.get('alias', '?')}",
    "ModelArchived": lambda data: "Model archived",
    "ModelRestored": lambda data: "Model restored",
    "ModelDeleted": lambda data: "Model deleted",
    "ModelTrusted": lambda data: "Model trusted",
    "EnvironmentCreated": lambda data: "Environment declared",
    "EnvironmentLocked": lambda data: f"Locked for {data.get('platform', '?')}",
    "EnvironmentTagged": lambda data: "Description or tags changed",
    "EnvironmentArchived": lambda data: "Environment archived",
    "EnvironmentRestored": lambda data: "Environment restored",
    "EnvironmentDeleted": lambda data: "Environment deleted",
    "EndpointCreated": lambda data: "Endpoint made",
    "EndpointChanged": _endpoint_changed,
    "EndpointDeleted": lambda data: "Endpoint deleted",
    "DeploymentChanged": _deployment_changed,
    "DeploymentDeleted": lambda data: "Deployment deleted",
    "KeyRegenerated": lambda data: f"New {data.get('key', '')} key",
}


def _state(data: Data) -> str:
    state = str(data.get("state", ""))
    return _STATES.get(state, state.replace("_", " ").lower() or "changed")


def _with(text: str, more: object) -> str:
    return f"{text}: {more}" if more else text


def _spaced(name: str) -> str:
    words = "".join(f" {char.lower()}" if char.isupper() else char for char in name)
    return words.strip().capitalize()
