"""The activity page reads the event log in words and proves it whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from studio.domain.events import EVENT_TYPES, Event

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.activity.page import ActivityPage
    from studio.gui.main_window import MainWindow


def activity_of(window: MainWindow, qtbot: QtBot) -> ActivityPage:
    from studio.gui.activity.page import ActivityPage

    window.open_page("activity")
    qtbot.waitUntil(lambda: isinstance(window.page, ActivityPage))
    page = window.page
    assert isinstance(page, ActivityPage)
    qtbot.waitUntil(lambda: page.model.rowCount() > 0)
    return page


def said(page: ActivityPage) -> list[str]:
    return [page.model.index(row, 2).data() for row in range(page.model.rowCount())]


def register(studio: Studio, folder: Path, name: str) -> None:
    file = folder / f"{name}.bin"
    file.write_text(name)
    studio.models.register(name, file)


def test_that_what_happens_appears_at_the_top_by_itself(
    window: MainWindow, qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    page = activity_of(window, qtbot)
    register(studio, tmp_path, "churn")
    studio.models.tag("churn:1", {"stage": "prod"})
    qtbot.waitUntil(lambda: said(page)[:1] == ["Tagged stage=prod"])
    assert said(page)[1] == "Model registered"
    assert said(page)[-1] == "Workspace made"


def test_that_search_and_kind_narrow_the_list(
    window: MainWindow, qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    for name in ("churn", "fraud"):
        register(studio, tmp_path, name)
    page = activity_of(window, qtbot)
    QTest.keyClicks(page.search, "fraud registered")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert page.model.row(0).subject == "fraud:1"
    page.search.clear()
    QTest.keyClicks(page.group, "Workspace")
    qtbot.waitUntil(lambda: said(page) == ["Workspace made"])


def test_that_verify_says_that_nothing_was_altered_or_where_it_was(
    window: MainWindow, qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    register(studio, tmp_path, "churn")
    page = activity_of(window, qtbot)
    verify = next(f for f in window.findChildren(QPushButton) if f.text() == "Verify")
    QTest.mouseClick(verify, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "are as they were written" in page.result.text)
    from studio.storage.database import connect_raw

    raw = connect_raw(studio.workspace.database)
    for trigger in raw.execute(
        "select name from sqlite_master where type='trigger' and tbl_name='event'"
    ).fetchall():
        raw.execute(f"drop trigger {trigger[0]}")
    raw.execute("update event set subject = 'other' where seq = 2")
    raw.close()
    QTest.mouseClick(verify, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "changed at event 2" in page.result.text)


def test_that_an_event_leads_to_its_subject(
    window: MainWindow, qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    register(studio, tmp_path, "churn")
    page = activity_of(window, qtbot)
    page.table.select_key(page.model.row(0).seq)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert window.page is not None
    assert window.page.id == "models"


def test_that_every_type_of_event_is_said_in_words(studio: Studio) -> None:
    from studio.gui.activity.words import kind_of, sentence, tone_of

    for name in EVENT_TYPES:
        event = Event(1, "x", name, "s", studio.events.list()[0].time, "me", {})
        assert " " in sentence(event), name
        assert "{" not in sentence(event)
        assert kind_of(event), name
        assert tone_of(event).word


def test_that_an_end_is_told_with_the_reason_that_belongs_to_it() -> None:
    from studio.gui.activity.words import sentence

    reason = "n_estimators changed: 100 -> 20"

    def told(event_type: str, **data: Any) -> str:
        now = datetime.now(UTC)
        return sentence(Event(1, "x", event_type, "r1", now, "me", data))

    step = {"step": "train", "reason": reason}
    assert told("StepEnded", state="CANCELLED", **step) == "Step train was cancelled"
    assert told("StepEnded", state="FAILED", **step) == "Step train failed"
    assert told("StepEnded", state="SUCCEEDED", **step).endswith(f"because {reason}")
    skipped = {"step": "score", "reason": "train failed", "state": "SKIPPED"}
    assert told("StepEnded", **skipped) == "Step score was skipped: train failed"
    cancelled = {"state": "CANCELLED", "message": "it was cancelled"}
    assert told("RunEnded", **cancelled) == "Run was cancelled"


def test_that_steps_are_called_by_their_titles_while_their_run_is_known(
    studio: Studio,
) -> None:
    from studio.bootstrap import open_workspace
    from studio.domain.run import (
        Run,
        RunOptions,
        RunState,
        StepChange,
        StepRun,
        StepState,
    )
    from studio.gui.activity.page import fetch_newest
    from studio.gui.activity.words import sentence
    from studio.storage.runs import RunRepository

    def told(by: Studio) -> list[str]:
        return [sentence(each) for each in fetch_newest(by, "", "Step", 0, 10)]

    repository = RunRepository(studio.database)
    run = Run("20260101-000000-abcdef", "p", "p", RunState.QUEUED, datetime.now(UTC))
    yaml = (
        "type: pipeline\njobs:\n  fit:\n    type: command\n"
        "    display_name: Fit the curve\n    component: azureml:fit@latest\n"
    )
    ended = StepRun("fit", "id", "fit", StepState.SUCCEEDED)
    repository.create(run, RunOptions(), yaml, "", [StepChange(ended)])
    with studio.database.write() as tx:
        repository.write_within(tx, run.id, "p", [StepChange(ended)], [])
    assert told(studio) == ["Step Fit the curve succeeded"]
    repository.end(run.id, RunState.SUCCEEDED)
    repository.delete(run.id)
    later = open_workspace(studio.workspace.root)
    assert told(later) == ["Step fit succeeded"]
    later.close()
