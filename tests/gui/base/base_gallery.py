"""Pages that use every widget, laid out as in the design's pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QGraphicsScene,
    QGraphicsView,
    QSplitter,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.domain.events import Event
from studio.gui.actions import Action
from studio.gui.page import Page, PageSpec
from studio.gui.theme import fonts
from studio.gui.theme.icons import icon
from studio.gui.theme.theme import tokens
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import button, column, label, row, search_edit, wrap_in
from studio.gui.widgets.chip import Chip, StateLook
from studio.gui.widgets.code_view import CodeEdit, JsonView
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.field import FieldSpec
from studio.gui.widgets.filter_bar import FilterBar, Suggestion
from studio.gui.widgets.form import Form
from studio.gui.widgets.log_view import LogView
from studio.gui.widgets.metric_plot import Curve, MetricPlot
from studio.gui.widgets.panel import Panel, scrolled
from studio.gui.widgets.progress import ProgressRow
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable


@dataclass(frozen=True)
class Row:
    state: str | StateLook
    name: str
    version: int
    tags: Mapping[str, str]
    auc: float
    registered: str


ROWS = (
    Row(
        "SERVING",
        "churn-lgbm",
        7,
        {"stage": "prod", "team": "growth"},
        0.908,
        "Today 09:12",
    ),
    Row("DRIFT", "churn-lgbm", 6, {"stage": "shadow"}, 0.899, "21 Nov"),
    Row("ARCHIVED", "churn-logit", 2, {"baseline": "true"}, 0.841, "14 Nov"),
    Row(
        StateLook("Failed gate", "err", "x-circle"),
        "churn-mlp",
        1,
        {"framework": "torch"},
        0.802,
        "12 Nov",
    ),
)
COLUMNS: list[Column[Row]] = [
    Column("Status", lambda one: one.state, kind="chip"),
    Column("Model", lambda one: one.name),
    Column("Version", lambda one: one.version, kind="number"),
    Column("Tags", lambda one: one.tags, kind="tags"),
    Column("AUC", lambda one: one.auc, kind="number"),
    Column("Registered", lambda one: one.registered, kind="muted"),
]
GROUPS = {
    "Data": (("Read CSV", "file-csv"), ("Read SQL", "database"), ("Table", "table")),
    "Prepare": (("Split", "arrows-split"), ("Clean missing", "broom")),
    "Train": (("LightGBM", "brain"), ("Tune", "sliders")),
    "Evaluate": (("Metrics", "chart-bar"), ("Gate", "seal-check")),
}


def rows_model(rows: Sequence[Row] = ROWS) -> RowsModel[Row]:
    model = RowsModel(COLUMNS, key=lambda one: (one.name, one.version))
    model.set_rows(rows)
    return model


class DesignerLike(Page):
    """The picture: palette, canvas, inspector, tables below."""

    id, title, icon = "pipelines", "Pipelines", "flow-arrow"

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.ran = 0
        self.seen: list[Sequence[Event]] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        across = QSplitter()
        across.addWidget(components())
        down = QSplitter(Qt.Orientation.Vertical)
        down.addWidget(canvas())
        down.addWidget(self._tables())
        down.setSizes([580, 210])
        across.addWidget(down)
        across.addWidget(inspector())
        across.setStretchFactor(1, 1)
        layout.addWidget(across)

    @property
    def heading(self) -> str:
        return "Churn pipeline"

    @property
    def caption(self) -> str:
        return "Draft 4 · saved 10:42"

    def page_actions(self) -> Sequence[Action]:
        return [
            Action("edit.undo", "Undo", "arrow-u-up-left", "Ctrl+Z", "Edit"),
            Action("edit.redo", "Redo", "arrow-u-up-right", "Ctrl+Shift+Z", "Edit"),
            Action("pipeline.clone", "Clone", "copy", category="File"),
            Action("pipeline.validate", "Validate", "check", category="Run"),
            Action("pipeline.stop", "Stop", "stop", category="Run"),
            Action(
                "pipeline.run", "Run", "play", "Ctrl+Return", "Run", callback=self._run
            ),
        ]

    def top_bar_widgets(self) -> Sequence[QWidget]:
        get = self.services.actions.button
        return [
            get("edit.undo", icon_only=True),
            get("edit.redo", icon_only=True),
            get("pipeline.clone"),
            get("pipeline.validate"),
            get("pipeline.stop"),
            get("pipeline.run", kind="primary"),
        ]

    def refresh(self, events: Sequence[Event]) -> None:
        self.seen.append(events)

    def _run(self) -> None:
        self.ran += 1

    def _tables(self) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(DataTable(rows_model()), "Models")
        tabs.addTab(label("Problems"), "Problems  2")
        log = LogView()
        log.set_text("INFO started\nWARNING 3 unseen categories\nERROR it failed\n")
        tabs.addTab(log, "Run log")
        tabs.addTab(label("Events"), "Events")
        return tabs


class WidgetsPage(Page):
    """Everything else, at once."""

    id, title, icon = "models", "Models", "stack"

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.filter = FilterBar()
        self.filter.set_suggestions([Suggestion("stage=prod", 12)])
        self.filter.set_text("stage=prod framework=onnx")
        wrong = FilterBar()
        wrong.set_text("stage=")
        self.progress = ProgressRow("Importing penguins.csv", cancel=print)
        self.progress.set_progress(0.37, "37 of 100 rows")
        code = CodeEdit("python")
        code.set_text("import json\n\n# Why\ndef run(data):\n    return '1', 2.5\n")
        code.mark_line(5)
        shown = JsonView()
        shown.set_value({"predictions": ["Adelie", None], "seconds": 0.01})
        left = column(
            label("Filters", "section"),
            self.filter,
            wrong,
            self.progress,
            Banner("info", "The environment is locked.", closable=True),
            Banner("err", "Train failed: column “sex” is missing.", hint="Add it."),
            Banner("ok", "All checks pass."),
            *buttons(),
            code,
            shown,
            gap=12,
        )
        scrolling = scrolled(wrap_in(left))
        self.setLayout(row(scrolling, plots(), gap=16, margins=(16, 16, 16, 16)))


class EmptyPage(Page):
    id, title, icon = "endpoints", "Endpoints", "rocket-launch"

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        state = EmptyState(
            "rocket-launch",
            "No endpoints yet",
            "Deploy a registered model to this computer and send it a request.",
            primary=("Deploy a model", self._go),
            secondary=("Read how", self._go),
        )
        self.setLayout(column(state))

    def _go(self) -> None:
        self.services.toast("Deployed churn-lgbm:7", undo=print)


class BrokenPage(Page):
    id, title, icon = "monitoring", "Monitoring", "pulse"

    def __init__(self, *given: object) -> None:
        raise RuntimeError("This page is broken")


def spec(page: type[Page], group: int) -> PageSpec:
    place = f"base_gallery:{page.__name__}"
    return PageSpec(page.id, page.title, page.icon, group, place)


PAGES = (
    spec(DesignerLike, 0),
    spec(WidgetsPage, 1),
    spec(EmptyPage, 2),
    spec(BrokenPage, 2),
    PageSpec("absent", "Absent", "cube", 3, "studio.gui.absent.page:Absent"),
)


def buttons() -> list[QWidget]:
    kinds = row(
        button("Run", kind="primary", icon="play"),
        button("Deploy", icon="rocket-launch"),
        button("Clone", kind="text", icon="copy"),
        button("Delete", kind="danger", icon="trash"),
        button("Read more", kind="link"),
        None,
    )
    greyed = [button("Run", kind="primary"), button("Deploy"), button("Delete")]
    for one in greyed:
        one.setEnabled(False)
    chips = row(*(Chip(state) for state in ("SUCCEEDED", "RUNNING", "FAILED")))
    more = row(*(Chip(state) for state in ("UNHEALTHY", "DRIFT", "SKIPPED")), None)
    chips.addLayout(more)
    return [wrap_in(kinds), wrap_in(row(*greyed, None)), wrap_in(chips)]


def plots() -> QWidget:
    steps = list(range(40))
    curves = MetricPlot("Loss")
    curves.show_curves(
        [
            Curve("train", steps, [1 / (1 + step) for step in steps]),
            Curve("valid", steps, [1 / (1 + step) + 0.08 for step in steps]),
        ],
        y="loss",
    )
    matrix = MetricPlot("Confusion matrix")
    matrix.show_matrix(
        [[48, 2, 0], [1, 21, 3], [0, 1, 44]], ["Adelie", "Chinstrap", "Gentoo"]
    )
    roc = MetricPlot("ROC")
    roc.show_roc([Curve("Adelie", [0, 0.02, 0.1, 1], [0, 0.9, 0.98, 1])])
    residuals = MetricPlot("Residuals")
    residuals.show_residuals(steps, [((step * 37) % 11) / 5 - 1 for step in steps])
    bars = MetricPlot("Accuracy by run")
    bars.show_bars(["run 1", "run 2", "run 3"], [0.91, 0.97, 0.94], y="accuracy")
    return wrap_in(column(row(curves, matrix), row(roc, residuals), row(bars), gap=12))


def components() -> Panel:
    panel = Panel("Components", side="plain", width=232)
    search = search_edit("Search 86 components")
    tree = QTreeWidget()
    tree.setHeaderHidden(True)
    tree.setIndentation(16)
    tree.setIconSize(QSize(18, 18))
    for group, items in GROUPS.items():
        head = QTreeWidgetItem([group])
        head.setFont(0, fonts.font(12, fonts.SEMIBOLD))
        tree.addTopLevelItem(head)
        for name, picture in items:
            item = QTreeWidgetItem([name])
            item.setIcon(0, icon(picture, "text2", 18))
            head.addChild(item)
        head.setExpanded(True)
    panel.set_content(wrap_in(column(search, tree, margins=(12, 12, 12, 0))))
    return panel


def canvas() -> QGraphicsView:
    class Dots(QGraphicsView):
        def drawBackground(self, painter: QPainter, rect: object) -> None:
            painter.fillRect(self.sceneRect(), QColor(tokens().canvas))

    view = Dots()
    scene = QGraphicsScene(view)
    scene.setSceneRect(0, 0, 800, 560)
    view.setScene(scene)
    return view


def inspector() -> Panel:
    panel = Panel("Inspector", side="plain", width=300)
    form = Form(
        [
            FieldSpec("target", "Target column", "column", choices=["churned", "plan"]),
            FieldSpec("rate", "Learning rate", "number", default=0.1, help="0 to 1"),
            FieldSpec("trials", "Trials", "integer", maximum=10),
            FieldSpec("env", "Environment", "choice", choices=["python-3.11 · locked"]),
            FieldSpec("stratify", "Stratify by target", "boolean", default=True),
            FieldSpec("file", "Data file", "file", advanced=True),
        ]
    )
    form.set_values({"target": "churned", "rate": 0.05, "trials": 100})
    form.set_values({"env": "python-3.11 · locked"})
    form.check()
    chips = row(Chip("RUNNING", "Running 37 %"), Chip.of("CPU · 8 cores"), None)
    warning = Banner(
        "warn",
        "Column “plan_type” has 3 unseen categories.",
        hint="Fix: add Encode before this step.",
        fixes=[("Insert Encode", print), ("Ignore", print)],
    )
    title = label("Train LightGBM", "panel-title")
    content = column(title, chips, form, warning, gap=12, margins=(16, 16, 16, 16))
    panel.set_content(wrap_in(content), scroll=True)
    return panel
