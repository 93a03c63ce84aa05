"""The one place that builds everything: open a workspace, make its services."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from studio.services.backups import BackupService
from studio.services.components.own import OwnComponents
from studio.services.components.service import ComponentService, plugins
from studio.services.endpoints.service import EndpointService
from studio.services.endpoints.serving_environments import ServingEnvironments
from studio.services.environments.bundles import EnvironmentBundles
from studio.services.environments.images import ImageService
from studio.services.environments.local import LocalEnvironments
from studio.services.environments.of_steps import StepEnvironments
from studio.services.environments.package_settings import PackageSettingsService
from studio.services.environments.packaging import PackagingService
from studio.services.environments.service import EnvironmentService
from studio.services.environments.trial_memory import TrialMemory
from studio.services.environments.twin import TwinService
from studio.services.environments.work_logs import WorkLogService
from studio.services.event_log import EventService
from studio.services.models import ModelService
from studio.services.pipelines.service import PipelineService
from studio.services.pipelines.versions import VersionService
from studio.services.recent import data_folder, remember
from studio.services.runs.best_models import BestModels
from studio.services.runs.control import RunControl
from studio.services.runs.execution import RunExecution
from studio.services.runs.putting_back import PuttingBack
from studio.services.runs.reopening import ReopeningService
from studio.services.runs.service import RunService
from studio.services.runs.snapshot import environment_digest
from studio.services.runs.sweeps import SweepService
from studio.services.samples import Sample, copy_sample
from studio.services.tables.columns import ColumnService
from studio.services.tables.service import TableService
from studio.storage import workspace as folders
from studio.storage.artifacts import ArtifactStore
from studio.storage.content import ContentStore
from studio.storage.database import Database
from studio.storage.endpoints import EndpointRepository
from studio.storage.environments import EnvironmentRepository
from studio.storage.events import EventRepository
from studio.storage.kept_wishes import KeptWishes
from studio.storage.migrate import migrate
from studio.storage.models import ModelRepository
from studio.storage.passed_trials import PassedTrials
from studio.storage.pipelines import PipelineRepository
from studio.storage.profiles import ProfileStore
from studio.storage.run_history import RunHistory
from studio.storage.run_wishes import RunWishes
from studio.storage.runs import RunRepository
from studio.storage.secrets import SecretStore
from studio.storage.sweeps import SweepRepository
from studio.storage.work_logs import WorkLogs
from studio.storage.workspace import Workspace
from studio.targets.process import ProcessTarget


@dataclass(frozen=True)
class Studio:
    """An open workspace and everything one can do with it."""

    workspace: Workspace
    pipelines: PipelineService
    components: ComponentService
    own_components: OwnComponents
    runs: RunService
    sweeps: SweepService
    best_models: BestModels
    control: RunControl
    reopening: ReopeningService
    putting_back: PuttingBack
    models: ModelService
    environments: EnvironmentService
    work_logs: WorkLogService
    bundles: EnvironmentBundles
    images: ImageService
    packaging: PackagingService
    twin: TwinService
    endpoints: EndpointService
    events: EventService
    backups: BackupService
    versions: VersionService
    tables: TableService
    columns: ColumnService
    database: Database

    @property
    def package_settings(self) -> PackageSettingsService:
        """Where packages come from: of this computer, not of the workspace."""
        return self.environments.settings

    def close(self) -> None:
        self.tables.close()
        self.runs.close()
        self.database.close()


def create_workspace(root: Path, sample: Sample | None = None) -> Studio:
    """Make a workspace (or complete a half-made one), with a sample if wanted."""
    workspace = folders.prepare_folders(root)
    if sample is not None:
        copy_sample(sample, workspace.root)
    migrate(workspace.database, workspace.backups)
    studio = open_workspace(workspace.root)
    if sample is not None:
        studio.pipelines.keep(sample.pipeline)
    return studio


def open_workspace(root: Path) -> Studio:
    """Open a workspace, upgrading its database first if it is older."""
    workspace = folders.find(root)
    migrate(workspace.database, workspace.backups)
    database = Database(workspace.database)
    studio = _build(workspace, database, _workspace_id(database))
    remember(workspace.root)
    return studio


def execute_run(root: Path, run_id: str, target: ProcessTarget) -> bool:
    """What a runner process does: one run from start to end; whether it succeeded."""
    workspace = folders.find(root)
    database = Database(workspace.database)
    artifacts = ArtifactStore(workspace.artifacts)
    studio = _build(workspace, database, "")
    execution = RunExecution(
        run_id,
        studio.runs,
        RunRepository(database),
        ModelRepository(database),
        ContentStore(artifacts, database),
        database,
        target,
    )
    try:
        return execution.execute().value == "SUCCEEDED"
    finally:
        database.close()


def read_ahead() -> None:
    """What a process needs of the computer, read while it waits for its run."""
    plugins()
    environment_digest()


def execute_sweep(root: Path, sweep_id: str) -> bool:
    """What a sweep's process does: its trials to the end; whether it succeeded."""
    workspace = folders.find(root)
    database = Database(workspace.database)
    studio = _build(workspace, database, "")
    try:
        return studio.sweeps.execute(sweep_id).value == "SUCCEEDED"
    finally:
        studio.close()


def _build(workspace: Workspace, database: Database, workspace_id: str) -> Studio:
    artifacts = ArtifactStore(workspace.artifacts)
    components = ComponentService(workspace.components)
    pipelines = PipelineService(
        PipelineRepository(database, workspace.pipelines), components
    )
    models = ModelService(ModelRepository(database), artifacts)
    content = ContentStore(artifacts, database)
    logs = WorkLogs(workspace.environments)
    environments = _environments(database, artifacts, logs)
    images = ImageService(environments, artifacts)
    runs = RunService(
        workspace,
        RunRepository(database),
        RunHistory(database),
        content,
        pipelines,
        RunWishes(database),
        StepEnvironments(environments),
    )
    trials = TrialMemory(models, PassedTrials(workspace.environments / "trials"))
    twin = TwinService(environments, models, artifacts, images)
    sweeps = SweepService(workspace, SweepRepository(database), pipelines, runs)
    endpoints = EndpointService(
        workspace,
        EndpointRepository(database),
        models,
        artifacts,
        SecretStore(workspace_id),
        ServingEnvironments(environments, twin, trials),
    )
    wishes = KeptWishes(database, ModelRepository(database))
    tables = TableService(ProfileStore(workspace.artifacts / "profiles"))
    return Studio(
        workspace=workspace,
        pipelines=pipelines,
        components=components,
        own_components=OwnComponents(workspace.components, components, database),
        runs=runs,
        sweeps=sweeps,
        best_models=BestModels(sweeps, runs, models, content, wishes),
        control=RunControl(runs, RunWishes(database)),
        reopening=ReopeningService(workspace, runs, RunHistory(database), content),
        putting_back=PuttingBack(workspace, components, content, database),
        models=models,
        environments=environments,
        work_logs=WorkLogService(logs, lambda: environments.indexes.hide),
        bundles=EnvironmentBundles(environments),
        images=images,
        packaging=PackagingService(models, environments, images, artifacts),
        twin=twin,
        endpoints=endpoints,
        events=EventService(EventRepository(database)),
        backups=BackupService(workspace, database, runs, endpoints),
        versions=VersionService(pipelines, runs),
        tables=tables,
        columns=ColumnService(tables, runs, pipelines),
        database=database,
    )


def _environments(
    database: Database, artifacts: ArtifactStore, logs: WorkLogs
) -> EnvironmentService:
    folders_of_all = LocalEnvironments(data_folder() / "environments")
    return EnvironmentService(
        EnvironmentRepository(database), artifacts, folders_of_all, logs=logs
    )


def _workspace_id(database: Database) -> str:
    """The id given when the workspace was made; it moves and copies along."""
    events = EventRepository(database)
    made = events.list(kind="WorkspaceCreated", limit=1)
    if not made:
        with database.write() as tx:
            tx.record("WorkspaceCreated", uuid4().hex)
        made = events.list(kind="WorkspaceCreated", limit=1)
    return made[0].subject
