"""What is out of date is marked as soon as a pipeline is open."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot
from workspaces import chain, run_to_end, write_copy_components

from studio.bootstrap import Studio
from studio.domain.node import Value
from studio.gui.designer.page import DesignerPage
from studio.gui.main_window import MainWindow

SECONDS = 60_000


def test_that_an_edit_of_earlier_is_marked_when_its_pipeline_is_opened_from_the_menu(
    empty_studio: Studio, open_window: Callable[[Studio], MainWindow], qtbot: QtBot
) -> None:
    write_copy_components(empty_studio.workspace.root)
    for pipeline in (chain(3), chain(2, "other")):
        empty_studio.pipelines.save(pipeline)
        run_to_end(empty_studio, pipeline.name)
    edited = empty_studio.pipelines.get("chain").bind("s1", "text", Value("new"))
    empty_studio.pipelines.save(edited)
    page = open_window(empty_studio).page
    assert isinstance(page, DesignerPage)
    page.open("other")
    qtbot.waitUntil(lambda: page.bench.follower.run is not None, timeout=SECONDS)
    page.open("chain")
    qtbot.waitUntil(lambda: set(_states(page)) >= {"s1"}, timeout=SECONDS)
    want = {"s0": "SUCCEEDED", "s1": "STALE", "s2": "STALE"}
    qtbot.waitUntil(lambda: _states(page) == want, timeout=10_000)


def _states(page: DesignerPage) -> dict[str, str]:
    by_id = page.editor.pipeline.by_id
    nodes = page.bench.scene.nodes
    return {by_id[i].name: item.card.state for i, item in nodes.items() if i in by_id}
