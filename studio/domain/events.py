"""What has happened: one row a change, in the past tense, ids only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

GENESIS = "0" * 64

EVENT_TYPES = (
    "WorkspaceCreated",
    "PipelineSaved",
    "PipelineDeleted",
    "ComponentImported",
    "ComponentEdited",
    "RunCreated",
    "RunStarted",
    "RunCancelRequested",
    "RunEnded",
    "RunDeleted",
    "SweepCreated",
    "SweepCancelRequested",
    "SweepEnded",
    "StepStarted",
    "StepEnded",
    "StepPauseWanted",
    "StepPaused",
    "StepContinued",
    "ModelRegistered",
    "ModelTagged",
    "ModelAliased",
    "ModelArchived",
    "ModelRestored",
    "ModelDeleted",
    "ModelTrusted",
    "EnvironmentCreated",
    "EnvironmentLocked",
    "EnvironmentTagged",
    "EnvironmentArchived",
    "EnvironmentRestored",
    "EnvironmentDeleted",
    "EndpointCreated",
    "EndpointChanged",
    "EndpointDeleted",
    "DeploymentChanged",
    "DeploymentDeleted",
    "KeyRegenerated",
    "BackupCreated",
    "BackupRestored",
)


@dataclass(frozen=True)
class Event:
    """One row of the log; `hash` covers the row and the hash before it."""

    seq: int
    id: str
    type: str
    subject: str
    time: datetime
    actor: str
    data: Mapping[str, Any] = field(default_factory=dict)
    hash: str = ""


def event_hash(
    previous: str,
    *,
    id: str,
    type: str,
    subject: str,
    time: str,
    actor: str,
    data: Mapping[str, Any],
) -> str:
    """SHA-256 over the previous row's hash and this row's canonical JSON."""
    row = [id, type, subject, time, actor, data]
    canonical = json.dumps(row, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + canonical).encode()).hexdigest()
