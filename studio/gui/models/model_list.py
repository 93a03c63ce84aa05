"""The list of model versions: its columns, and pages of it in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.domain.metrics import main_metrics, warns
from studio.gui.widgets.chip import StateLook, look
from studio.gui.widgets.formats import format_bytes
from studio.gui.widgets.listing import in_order
from studio.gui.widgets.measures import metrics_text
from studio.gui.widgets.rows_model import Column

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.model import ModelPage, ModelVersion

MOST_SORTED = 5_000
LIVE_STATES = ("RUNNING", "UNHEALTHY")
_DEPLOYED = StateLook("Deployed", "idle", "rocket-launch")
_REGISTERED = StateLook("Registered", "idle", "check")


@dataclass(frozen=True)
class ModelRow:
    """A version, and whether a deployment of it answers requests now."""

    model: ModelVersion
    serving: bool = False

    @property
    def reference(self) -> str:
        return self.model.reference

    @property
    def status(self) -> StateLook:
        """Serving, deployed but not serving, archived, else its stage."""
        if self.serving:
            return look("SERVING")
        if self.model.used_by:
            return _DEPLOYED
        if self.model.archived:
            return look("ARCHIVED")
        stage = self.model.stage
        return StateLook(stage, "idle", "tag") if stage else _REGISTERED


def columns() -> list[Column[ModelRow]]:
    """What the list shows of each version."""
    return [
        Column("Status", lambda row: row.status, kind="chip", width=116),
        Column("Model", lambda row: row.model.name, width=132),
        Column("Version", lambda row: row.model.version, kind="number", width=72),
        Column("Tags", lambda row: row.model.tags, kind="tags", width=296),
        Column(
            "Metrics",
            lambda row: metrics_text(row.model.metrics),
            width=176,
            sort_key=_main_value,
            warns=lambda row: warns(row.model.metrics),
        ),
        Column("Registered", lambda row: row.model.created_at, kind="time", width=108),
        Column("Aliases", lambda row: ", ".join(row.model.aliases), width=92),
        Column(
            "Size",
            lambda row: format_bytes(row.model.size_bytes),
            align="right",
            width=84,
            sort_key=lambda row: row.model.size_bytes,
            optional=True,
        ),
        Column(
            "Type",
            lambda row: type_text(row.model.type),
            kind="muted",
            width=76,
            optional=True,
        ),
        Column("Run", lambda row: row.model.run_id, kind="mono", optional=True),
    ]


def type_text(kind: str) -> str:
    """`MLflow` for `mlflow_model`."""
    name = kind.removesuffix("_model")
    return {"mlflow": "MLflow"}.get(name, name.capitalize())


def _main_value(row: ModelRow) -> float | None:
    return next(iter(main_metrics(row.model.metrics).values()), None)


@dataclass(frozen=True)
class ModelSource:
    """A page of rows: `ModelSource(studio, filter)(offset, limit)`.

    `told` is called, in the worker thread, with each page that was read. With a
    column to sort by, the newest 5,000 versions are sorted.
    """

    studio: Studio
    told: Callable[[ModelPage], object]
    filter: str = ""
    include_archived: bool = False
    sorted_by: Column[ModelRow] | None = None
    descending: bool = False

    def __call__(self, offset: int, limit: int) -> list[ModelRow]:
        if self.sorted_by is None:
            return self._page(offset, limit)
        rows = in_order(self._page(0, MOST_SORTED), self.sorted_by, self.descending)
        return rows[offset : offset + limit]

    def _page(self, offset: int, limit: int) -> list[ModelRow]:
        page = self.studio.models.list(
            self.filter,
            include_archived=self.include_archived,
            limit=limit,
            offset=offset,
        )
        self.told(page)
        used = any(model.used_by for model in page.models)
        serving = serving_now(self.studio) if used else frozenset()
        return [ModelRow(m, not serving.isdisjoint(m.used_by)) for m in page.models]


def serving_now(studio: Studio) -> frozenset[str]:
    """`ENDPOINT/DEPLOYMENT` of all that answer requests."""
    return frozenset(
        f"{deployment.endpoint}/{deployment.name}"
        for endpoint in studio.endpoints.list()
        for deployment in endpoint.deployments
        if deployment.state.value in LIVE_STATES
    )
