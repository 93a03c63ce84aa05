"""What a command or another window changes is shown by the designer's features."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from pytestqt.qtbot import QtBot
from workspaces import run_to_end, save_curve

from studio.bootstrap import Studio, open_workspace
from studio.domain.sweep import Space, SweepSpec
from studio.gui.designer.history.feature import History
from studio.gui.designer.own_steps import watching
from studio.gui.designer.own_steps.feature import OwnSteps
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.plan.feature import RunPlan
from studio.gui.designer.sweeping.feature import Sweeping
from studio.gui.main_window import MainWindow

SECONDS = 90_000
F = TypeVar("F")


@pytest.fixture
def page(
    qtbot: QtBot,
    open_window: Callable[[Studio], MainWindow],
    empty_studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
) -> DesignerPage:
    monkeypatch.setattr(watching, "SECONDS", 3600.0)  # only events tell of changes
    save_curve(empty_studio)
    shown = open_window(empty_studio).page
    assert isinstance(shown, DesignerPage)
    qtbot.waitUntil(lambda: shown.document is not None, timeout=SECONDS)
    return shown


@pytest.fixture
def elsewhere(page: DesignerPage) -> Iterator[Studio]:
    """The same workspace, as the command line opens it."""
    made = open_workspace(page.services.workspace)
    yield made
    made.close()


def feature(page: DesignerPage, kind: type[F]) -> F:
    return next(one for one in page.features if isinstance(one, kind))


def test_that_a_sweep_started_elsewhere_appears_in_the_open_tab(
    page: DesignerPage, elsewhere: Studio, qtbot: QtBot
) -> None:
    sweeping = feature(page, Sweeping)
    page.services.actions.get("run.sweeps").trigger()
    assert sweeping.sweep is None
    spec = SweepSpec("curve", {"x": Space("choice", (1, 3))}, "score", sampling="grid")
    made = elsewhere.sweeps.start(spec)
    qtbot.waitUntil(lambda: sweeping.sweep is not None, timeout=SECONDS)
    assert sweeping.sweep.id == made
    qtbot.waitUntil(lambda: sweeping.sweep.state.ended, timeout=SECONDS)
    assert sweeping.tab.progress.text() == "2 of 2, done · best score 0"
    # One that is looked at stays; the new one is only listed.
    elsewhere.sweeps.start(replace(spec, spaces={"x": Space("choice", (2,))}))
    qtbot.waitUntil(lambda: sweeping.tab.list.count() == 2, timeout=SECONDS)
    assert sweeping.sweep.id == made


def test_that_a_clone_made_elsewhere_joins_the_family_that_is_shown(
    page: DesignerPage, elsewhere: Studio, qtbot: QtBot
) -> None:
    family = feature(page, History).family
    page.services.actions.get("history.clones").trigger()
    qtbot.waitUntil(lambda: family.tree.topLevelItemCount() == 1)
    elsewhere.pipelines.clone("curve", "second")
    qtbot.waitUntil(lambda: family.tree.topLevelItem(0).childCount() == 1)
    family.tree.setCurrentItem(family.tree.topLevelItem(0).child(0))
    elsewhere.pipelines.clone("curve", "third")
    qtbot.waitUntil(lambda: family.tree.topLevelItem(0).childCount() == 2)
    assert family.tree.currentItem().text(0).startswith("Copy of")
    assert family.open_button.isEnabled()


def test_that_a_plan_knows_of_results_that_another_pipeline_made(
    page: DesignerPage, elsewhere: Studio, qtbot: QtBot
) -> None:
    plan = feature(page, RunPlan)
    page.services.actions.get("run.plan").trigger()
    qtbot.waitUntil(lambda: [one.step.action for one in plan.tab.lines] == ["run"])
    elsewhere.pipelines.clone("curve", "second")
    run_to_end(elsewhere, "second")
    qtbot.waitUntil(
        lambda: [one.step.action for one in plan.tab.lines] == ["reuse"],
        timeout=SECONDS,
    )


def test_that_a_component_edited_elsewhere_is_loaded_into_editor_and_palette(
    page: DesignerPage, elsewhere: Studio, qtbot: QtBot
) -> None:
    own = feature(page, OwnSteps)
    qtbot.waitUntil(lambda: own.watcher.began)
    place = elsewhere.own_components.folder / "learn"
    own.editing.open(place)
    file = place / "component.yml"
    qtbot.waitUntil(lambda: own.editing.editor.edit_of(file) is not None)
    edit = own.editing.editor.edit_of(file)
    text = elsewhere.own_components.read(file)
    elsewhere.own_components.save(
        file, f"{text}\ndisplay_name: Learn it\n", before=text
    )
    qtbot.waitUntil(lambda: "Learn it" in edit.text())
    assert not edit.dirty
    index = page.bench.palette_panel.index_of
    qtbot.waitUntil(lambda: index("learn").data() == "Learn it")
