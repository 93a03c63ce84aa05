"""The rows of `studio.db`. They never leave this package.

Times are ISO 8601 UTC text, structured values are canonical JSON text.
"""

from __future__ import annotations

from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from studio.storage.measures import Measure

SCHEMA_VERSION = 4


class EventRow(SQLModel, table=True):
    __tablename__ = "event"

    seq: int | None = Field(default=None, primary_key=True)
    id: str
    type: str = Field(index=True)
    subject: str = Field(index=True)
    time: str
    actor: str
    data: str
    hash: str


class PipelineVersionRow(SQLModel, table=True):
    __tablename__ = "pipeline_version"
    __table_args__ = (UniqueConstraint("pipeline", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    pipeline: str = Field(index=True)
    number: int
    sha256: str
    yaml: str
    layout: str
    created_at: str
    actor: str


class RunRow(SQLModel, table=True):
    __tablename__ = "run"
    __table_args__ = (
        Index("ix_run_pipeline", "pipeline", "created_at"),
        Index("ix_run_experiment", "experiment", "created_at"),
        Index("ix_run_state", "state"),
        Index("ix_run_created_at", "created_at"),
    )

    id: str = Field(primary_key=True)
    pipeline: str
    experiment: str
    state: str
    created_at: str
    started_at: str | None = None
    ended_at: str | None = None
    seconds: float | None = None
    target: str
    options: str
    inputs: str
    yaml: str
    folder: str
    outputs: str = "{}"
    registered: str = "[]"
    snapshot: str = "{}"
    message: str = ""
    hint: str = ""
    pipeline_version: int | None = None
    resumed_from: str = ""
    actor: str
    cancel_requested: bool = False
    runner_pid: int | None = None
    runner_started: float | None = None
    boot_id: str = ""


class StepRow(SQLModel, table=True):
    __tablename__ = "step"
    __table_args__ = (
        Index("ix_step_key", "key", "state"),
        Index("ix_step_node", "pipeline", "node_id", "ended_at"),
    )

    run_id: str = Field(primary_key=True, foreign_key="run.id", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    place: int
    pipeline: str
    node_id: str
    component: str
    state: str
    reused: bool = False
    reason: str = ""
    key: str = ""
    parts: str = "{}"
    seconds: float | None = None
    started_at: str | None = None
    ended_at: str | None = None
    target: str = "local"
    attempt: int = 0
    peak_memory_bytes: int | None = None
    parameters: str = "{}"
    outputs: str = "{}"
    registered: str = "[]"
    error: str = ""
    progress: float | None = None
    progress_message: str = ""


class StepWishRow(SQLModel, table=True):
    """What people ask of a step while its run goes on; the runner reads it."""

    __tablename__ = "step_wish"

    run_id: str = Field(primary_key=True, foreign_key="run.id", ondelete="CASCADE")
    step: str = Field(primary_key=True)
    pause: bool = False
    go_on: bool = False
    values: str = "{}"


class SweepRow(SQLModel, table=True):
    """`runner` is the process that owns the sweep: pid, start time and boot."""

    __tablename__ = "sweep"
    __table_args__ = (Index("ix_sweep_pipeline", "pipeline", "created_at"),)

    id: str = Field(primary_key=True)
    pipeline: str
    pipeline_version: int | None = None
    spec: str
    state: str
    created_at: str
    ended_at: str | None = None
    message: str = ""
    hint: str = ""
    runner: str = ""
    cancel_requested: bool = False
    actor: str


class SweepTrialRow(SQLModel, table=True):
    __tablename__ = "sweep_trial"

    sweep_id: str = Field(primary_key=True, foreign_key="sweep.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    run_id: str
    parameters: str
    state: str
    value: str | None = None


class MetricRow(SQLModel, table=True):
    __tablename__ = "metric"
    __table_args__ = (Index("ix_metric_run", "run_id", "step_name", "key", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: str = Field(foreign_key="run.id", ondelete="CASCADE")
    step_name: str
    key: str
    value: float = Field(sa_type=Measure)
    step: int
    time: float


class FileHashRow(SQLModel, table=True):
    """SHA-256 of files outside the workspace, valid while size and time stay."""

    __tablename__ = "file_hash"

    path: str = Field(primary_key=True)
    size_bytes: int
    modified_ns: int
    sha256: str


class ModelRow(SQLModel, table=True):
    """A name; the last version is kept so that numbers are never used twice."""

    __tablename__ = "model"

    name: str = Field(primary_key=True)
    last_version: int


class ModelVersionRow(SQLModel, table=True):
    __tablename__ = "model_version"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        Index("ix_model_version_archived", "archived", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    version: int
    type: str
    digest: str = Field(index=True)
    size_bytes: int
    created_at: str
    description: str = ""
    archived: bool = False
    properties: str = "{}"
    run_id: str = ""
    experiment: str = ""
    pipeline: str = ""
    step: str = ""
    actor: str
    trained_here: bool = False


class ModelTagRow(SQLModel, table=True):
    __tablename__ = "model_tag"
    __table_args__ = (Index("ix_model_tag_find", "key", "value", "version_id"),)

    version_id: int = Field(
        primary_key=True, foreign_key="model_version.id", ondelete="CASCADE"
    )
    key: str = Field(primary_key=True)
    value: str


class ModelMetricRow(SQLModel, table=True):
    __tablename__ = "model_metric"
    __table_args__ = (Index("ix_model_metric_find", "key", "value", "version_id"),)

    version_id: int = Field(
        primary_key=True, foreign_key="model_version.id", ondelete="CASCADE"
    )
    key: str = Field(primary_key=True)
    value: float = Field(sa_type=Measure)


class ModelAliasRow(SQLModel, table=True):
    __tablename__ = "model_alias"

    name: str = Field(primary_key=True)
    alias: str = Field(primary_key=True)
    version_id: int = Field(
        foreign_key="model_version.id", ondelete="CASCADE", index=True
    )


class EndpointRow(SQLModel, table=True):
    __tablename__ = "endpoint"

    name: str = Field(primary_key=True)
    description: str = ""
    tags: str = "{}"
    traffic: str = "{}"
    mirror_traffic: str = "{}"
    port: int = 0
    stopped: bool = False
    primary_key_sha256: str
    secondary_key_sha256: str
    state: str
    message: str = ""
    hint: str = ""
    supervisor: str = "{}"
    created_at: str
    actor: str


class DeploymentRow(SQLModel, table=True):
    __tablename__ = "deployment"

    endpoint: str = Field(
        primary_key=True, foreign_key="endpoint.name", ondelete="CASCADE"
    )
    name: str = Field(primary_key=True)
    model_version_id: int | None = Field(
        default=None,
        foreign_key="model_version.id",
        ondelete="RESTRICT",
        index=True,
    )
    model: str = ""
    spec: str
    generation: int
    target: str
    instances: int
    state: str
    health: str = ""
    message: str = ""
    hint: str = ""
    pid: int | None = None
    restarts: int = 0
    phases: str = "[]"
    created_at: str
    updated_at: str


class EnvironmentRow(SQLModel, table=True):
    """`declaration` never changes; description, tags and archived may."""

    __tablename__ = "environment"
    __table_args__ = (UniqueConstraint("name", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    number: int
    declaration: str
    key: str = Field(index=True)
    description: str = ""
    tags: str = "{}"
    archived: bool = False
    created_at: str
    actor: str


class EnvironmentLockRow(SQLModel, table=True):
    """Made once for a version and a platform, and never changed."""

    __tablename__ = "environment_lock"

    environment_id: int = Field(
        primary_key=True, foreign_key="environment.id", ondelete="CASCADE"
    )
    platform: str = Field(primary_key=True)
    python: str
    solver: str
    digest: str = Field(index=True)
    packages: str
    text: str
    made_at: str
