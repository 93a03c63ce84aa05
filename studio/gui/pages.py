"""The pages of the window, in the rail's order; only those installed are shown."""

from __future__ import annotations

from studio.gui.page import PageSpec

PAGES = (
    PageSpec("home", "Home", "house", 0, "studio.gui.home.page:HomePage"),
    PageSpec(
        "pipelines",
        "Pipelines",
        "flow-arrow",
        0,
        "studio.gui.designer.page:DesignerPage",
    ),
    PageSpec("runs", "Runs", "play-circle", 0, "studio.gui.runs.page:RunsPage"),
    PageSpec("data", "Data", "database", 1, "studio.gui.data.page:DataPage"),
    PageSpec("models", "Models", "stack", 1, "studio.gui.models.page:ModelsPage"),
    PageSpec(
        "environments",
        "Environments",
        "cube",
        1,
        "studio.gui.environments.page:EnvironmentsPage",
    ),
    PageSpec(
        "endpoints",
        "Endpoints",
        "rocket-launch",
        2,
        "studio.gui.endpoints.page:EndpointsPage",
    ),
    PageSpec(
        "monitoring",
        "Monitoring",
        "pulse",
        2,
        "studio.gui.monitoring.page:MonitoringPage",
    ),
    PageSpec(
        "activity",
        "Activity",
        "clock-counter-clockwise",
        3,
        "studio.gui.activity.page:ActivityPage",
    ),
    PageSpec(
        "targets", "Targets", "hard-drives", 3, "studio.gui.targets.page:TargetsPage"
    ),
)
