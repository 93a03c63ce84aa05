"""What a person does with runs: follow, cancel, resume, repeat, delete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pages_hand import keys, press
from workspaces import chain, run_to_end, step, write_component, write_copy_components

from studio.domain.node import Value
from studio.domain.pipeline import Pipeline
from studio.domain.run import Run, RunOptions
from studio.gui.runs.metrics_tab import best_series, series_of
from studio.gui.runs.run_list import RunSource, columns

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.runs.page import RunsPage

SECONDS = 30_000
SLOW = """
    import pathlib, sys, time
    print("first line", flush=True)
    gate = pathlib.Path(sys.argv[1])
    while not gate.exists():
        time.sleep(0.02)
    print("last line", flush=True)
    pathlib.Path(sys.argv[2]).write_text("done")
"""


def slow_pipeline(studio: Studio, gate: Path) -> Pipeline:
    """A step that prints a line, waits for a file, and prints another."""
    write_component(
        studio.workspace.root,
        "slow",
        SLOW,
        inputs={"gate": {"type": "string"}},
        outputs={"out": {"type": "uri_file"}},
    )
    pipeline = Pipeline("slow", (step("wait", "slow", gate=str(gate)),))
    studio.pipelines.save(pipeline)
    return pipeline


@pytest.fixture
def slow(
    studio: Studio, tmp_path: Path, page_on: Callable[[Studio], RunsPage]
) -> RunsPage:
    """The page while a run waits for the file `gate`."""
    studio.runs.start(slow_pipeline(studio, tmp_path / "gate"))
    return page_on(studio)


def state(page: RunsPage) -> str:
    """What the header says of the run that is wanted; "" until it has been read."""
    run = page.details.run
    return page.details.header.chip.text if run is not None else ""


def test_that_a_run_is_followed_live_from_its_first_line_to_its_end(
    slow: RunsPage, qtbot: QtBot, tmp_path: Path
) -> None:
    log = slow.details.log
    slow.details.show_tab("log")
    qtbot.waitUntil(lambda: "first line" in log.view.shown_text(), timeout=SECONDS)
    qtbot.waitUntil(lambda: state(slow) == "Running", timeout=SECONDS)
    assert log.step == "wait"
    assert "last line" not in log.view.shown_text()
    assert slow.services.actions.get("runs.cancel").isEnabled()
    assert not slow.services.actions.get("runs.delete").isEnabled()
    (tmp_path / "gate").touch()
    qtbot.waitUntil(lambda: "last line" in log.view.shown_text(), timeout=SECONDS)
    qtbot.waitUntil(lambda: state(slow) == "Succeeded", timeout=SECONDS)
    qtbot.waitUntil(
        lambda: slow.table.rows_model.rows[0].state.value == "SUCCEEDED",
        timeout=SECONDS,
    )


def test_that_a_running_run_can_be_cancelled_and_resumed(
    slow: RunsPage, qtbot: QtBot, tmp_path: Path, studio: Studio
) -> None:
    qtbot.waitUntil(lambda: state(slow) == "Running", timeout=SECONDS)
    cancelled = slow.details.run_id
    press(slow.window(), "Cancel run")
    qtbot.waitUntil(lambda: state(slow) == "Cancelled", timeout=SECONDS)
    (tmp_path / "gate").touch()
    press(slow.window(), "Resume")
    qtbot.waitUntil(lambda: slow.details.run_id != cancelled, timeout=SECONDS)
    qtbot.waitUntil(lambda: state(slow) == "Succeeded", timeout=SECONDS)
    assert studio.runs.get(slow.details.run_id).resumed_from == cancelled
    assert slow.table.current().id == slow.details.run_id


def test_that_a_run_started_elsewhere_appears_by_itself(
    page_on: Callable[[Studio], RunsPage], studio: Studio, qtbot: QtBot
) -> None:
    write_copy_components(studio.workspace.root)
    run_to_end(studio, chain(2))
    page = page_on(studio)
    assert len(keys(page.table)) == 1
    other = run_to_end(studio, chain(3, "other"))
    qtbot.waitUntil(lambda: other.id in keys(page.table), timeout=SECONDS)
    qtbot.waitUntil(lambda: page.experiments.findData("other") > 0, timeout=SECONDS)


def test_that_running_again_leaves_the_newer_file_of_the_pipeline_alone(
    page_on: Callable[[Studio], RunsPage], studio: Studio, qtbot: QtBot
) -> None:
    write_copy_components(studio.workspace.root)
    studio.pipelines.save(chain(2))
    first = run_to_end(studio, "chain")
    edited = studio.pipelines.get("chain").bind("s0", "text", Value("edited"))
    studio.pipelines.save(edited)
    page = page_on(studio)
    press(page.window(), "Run again")
    qtbot.waitUntil(lambda: page.details.run_id != first.id, timeout=SECONDS)
    qtbot.waitUntil(lambda: state(page) == "Succeeded", timeout=SECONDS)
    again = studio.runs.get(page.details.run_id)
    assert all(each.reused for each in again.steps)
    assert again.pipeline_version == first.pipeline_version
    kept = studio.pipelines.get("chain").by_name["s0"].inputs["text"]
    assert kept == Value("edited")


def test_that_deleting_asks_first_and_then_deletes_for_good(
    page_on: Callable[[Studio], RunsPage], studio: Studio, qtbot: QtBot
) -> None:
    write_copy_components(studio.workspace.root)
    old, new = run_to_end(studio, chain(1)), run_to_end(studio, chain(2))
    page = page_on(studio)
    assert page.details.run_id == new.id
    press(page.window(), "Delete run…")
    press(page.question, "Keep run")
    assert studio.runs.get(new.id)
    press(page.window(), "Delete run…")
    press(page.question, "Delete run")
    qtbot.waitUntil(lambda: keys(page.table) == [old.id], timeout=SECONDS)
    qtbot.waitUntil(lambda: page.details.run_id == old.id, timeout=SECONDS)
    assert not studio.runs.folder(new.id).exists()


def test_that_further_pages_are_fetched_when_the_list_is_scrolled(
    page_on: Callable[[Studio], RunsPage], studio: Studio, qtbot: QtBot
) -> None:
    write_copy_components(studio.workspace.root)
    done = run_to_end(studio, chain(1))
    copy_runs(studio, done, 260)
    page = page_on(studio)
    qtbot.waitUntil(lambda: len(keys(page.table)) == 200, timeout=SECONDS)
    assert page.caption.startswith("200+ runs")
    bar = page.table.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: len(keys(page.table)) == 261, timeout=SECONDS)


def test_that_a_filter_finds_a_run_far_down_the_list(studio: Studio) -> None:
    write_copy_components(studio.workspace.root)
    done = run_to_end(studio, chain(1, "needle"))
    copy_runs(studio, done, 230)
    found = RunSource(studio, "pipeline=needle")(0, 10)
    assert [run.id for run in found] == [done.id]
    by_name = columns()[1]
    names = [r.pipeline for r in RunSource(studio, sorted_by=by_name)(0, 300)]
    assert names == sorted(names)
    assert len(names) == 231


def test_that_curves_are_preferred_to_single_values() -> None:
    from studio.domain.run import MetricPoint

    points = [MetricPoint("r", "train", "loss", 1 / n, n, 0.0) for n in (1, 2, 3)]
    points += [MetricPoint("r", "test", "accuracy", 0.9, 0, 0.0)]
    series = series_of(points)
    assert [one.key for one in best_series(series)] == ["loss"]
    assert best_series(series)[0].ys == (1.0, 0.5, 1 / 3)
    assert [one.key for one in best_series(series[1:])] == ["accuracy"]


def copy_runs(studio: Studio, run: Run, count: int) -> None:
    """More runs of the same steps, written as a runner would write them."""
    from dataclasses import replace

    from studio.storage.runs import RunRepository

    repository = RunRepository(studio.database)
    for number in range(count):
        made = replace(run, id=f"{run.id}-{number:04}", pipeline="copy", steps=())
        repository.create(made, RunOptions(), "jobs: {}", "", [])


def test_that_a_failed_step_opens_the_line_of_its_error(
    studio: Studio, page_on: Callable[[Studio], RunsPage], qtbot: QtBot
) -> None:
    write_component(
        studio.workspace.root, "fails", "1 / 0", outputs={"out": {"type": "uri_file"}}
    )
    run_to_end(studio, Pipeline("p", (step("fails"),)))
    page = page_on(studio)
    page.details.show_tab("steps")
    press(page.details.steps.panel, "Open script.py, line 1")
    qtbot.waitUntil(lambda: page.code.is_open, timeout=SECONDS)
    place = page.code.place
    assert page.details.tabs.currentWidget() is place
    assert place.title.text() == "script.py, line 1"
    assert place.code.text().strip() == "1 / 0"
    press(place, "Close the code")
    assert not page.code.is_open
    assert page.details.tabs.currentWidget() is page.details.steps
