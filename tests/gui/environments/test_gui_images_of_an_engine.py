"""Images in the window over a real engine: built, watched, cancelled, removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from docker_engine import TestEngine
from pages_hand import keys, press
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from studio.services.environments.drafts import Draft
from studio.targets.docker_engine import DockerEngine
from tests.engine_proxy import EngineProxy

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.environments.page import EnvironmentsPage

SECONDS = 90_000
BASE = "studio-test-base:1"
# docker-py leaves a socket that was refused to the collector of garbage
pytestmark = [
    pytest.mark.docker,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def rootless(
    docker_engine: TestEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EngineProxy]:
    """The engine where a rootless one has its socket; nothing else names it."""
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    with EngineProxy(docker_engine, tmp_path / "run" / "docker.sock") as proxy:
        yield proxy


@pytest.fixture
def folder_of(studio: Studio, tmp_path: Path) -> Callable[..., str]:
    """A version of a kind with a Dockerfile; its lines follow FROM."""

    def make(name: str, *lines: str) -> str:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "Dockerfile").write_text("\n".join([f"FROM {BASE}", *lines]) + "\n")
        draft = Draft(kind="docker", name=name, folder=folder)
        return studio.environments.create_draft(draft).reference

    return make


def build(page: EnvironmentsPage, qtbot: QtBot, reference: str) -> None:
    """Choose it in the list and press the keys."""
    page.open_target(reference=reference)
    qtbot.waitUntil(lambda: page.details.reference == reference, timeout=SECONDS)
    page.services.actions.refresh()
    QTest.keyClick(
        page.window(),
        Qt.Key.Key_B,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert page.works.running(f"Build the image of {reference}") is not None


def ended(page: EnvironmentsPage) -> bool:
    return bool(page.works.all) and not any(w.goes_on for w in page.works.all)


def do(page: EnvironmentsPage, verb: str) -> None:
    page.services.actions.refresh()
    action = page.services.actions.get(f"environments.{verb}")
    assert action.isEnabled(), verb
    action.trigger()


def test_that_an_image_is_built_watched_listed_and_removed_only_when_nothing_uses_it(
    page_on: Callable[[Studio], EnvironmentsPage],
    studio: Studio,
    rootless: EngineProxy,
    engine: DockerEngine,
    folder_of: Callable[..., str],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    name = f"watched-{tmp_path.name}".lower().replace("_", "-")
    tag = f"mlops-studio/{name}:1"
    folder_of(name, f"RUN echo {tmp_path}", "RUN head -c 300000 /dev/zero > /filled")
    page = page_on(studio)
    build(page, qtbot, f"{name}:1")
    (work,) = page.works.all
    phases: set[str] = set()
    page.works.changed.connect(lambda each: phases.add(each.progress.phase))
    qtbot.waitUntil(lambda: ended(page), timeout=SECONDS)
    assert work.state == "SUCCEEDED", work.lines
    assert {"sending", "building"} <= phases
    assert page.details.tabs.currentWidget() is page.details.log
    told = page.details.log.view.text()
    assert ": RUN head" in told and told.rstrip().endswith("Done")

    do(page, "images")
    images = page.images
    named: Callable[[], Any] = lambda: {i.name: i for i in images.table.rows_model.rows}  # noqa: E731
    qtbot.waitUntil(lambda: tag in named(), timeout=SECONDS)
    assert images.engine.value("Context") == "rootless"
    assert images.engine.value("GPU") and images.engine.value("Images")
    images.table.select_key(named()[tag].id)
    qtbot.waitUntil(lambda: len(keys(images.layers)) >= 3, timeout=SECONDS)
    cost = {each.line: each.size_bytes for each in images.layers.rows_model.rows}
    assert [size for line, size in cost.items() if "head -c" in line] == [300_000]

    busy = engine.api.create_container(tag, ["true"], labels={"studio-test": name})
    press(images, "Look again")
    qtbot.waitUntil(lambda: bool(named()[tag].used_by), timeout=SECONDS)
    do(page, "remove_image")
    commands = page.image_commands
    assert commands.question is None
    toast = page.window().toasts.shown[-1]
    assert "container" in toast.text and tag in toast.text
    engine.api.remove_container(busy["Id"])
    press(images, "Look again")
    qtbot.waitUntil(lambda: not named()[tag].used_by, timeout=SECONDS)
    do(page, "remove_image")
    assert commands.question is not None and tag in commands.question.text
    commands.question.go.click()
    qtbot.waitUntil(lambda: tag not in named(), timeout=SECONDS)
    assert not engine.api.images(tag)


def test_that_a_cancelled_build_leaves_nothing_and_a_failed_one_marks_its_line(
    page_on: Callable[[Studio], EnvironmentsPage],
    studio: Studio,
    rootless: EngineProxy,
    engine: DockerEngine,
    folder_of: Callable[..., str],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    name = f"broken-{tmp_path.name}".lower().replace("_", "-")
    label = f"LABEL studio-test={name}"
    folder_of(name, label, f"RUN echo {tmp_path}", "RUN sleep 300")
    page = page_on(studio)
    build(page, qtbot, f"{name}:1")
    log = page.details.log
    qtbot.waitUntil(lambda: "Running in" in log.view.text(), timeout=SECONDS)
    qtbot.waitUntil(lambda: "Step 4/" in log.view.text(), timeout=SECONDS)
    press(page.works_panel, "Cancel")
    qtbot.waitUntil(lambda: ended(page), timeout=SECONDS)
    assert page.works.all[0].state == "CANCELLED"
    ours = {"label": f"studio-test={name}"}
    assert engine.api.images(filters=ours, all=True) == []
    assert engine.api.containers(filters=ours, all=True) == []

    pip = "RUN pip3 install --break-system-packages --no-index nosuchpackage"
    folder_of(name, label, "# a comment", pip)
    build(page, qtbot, f"{name}:2")
    qtbot.waitUntil(lambda: ended(page), timeout=SECONDS)
    text, banner = page.details.declared.text, page.details.declared.banner
    assert banner.text.startswith("Line 4 of the Dockerfile:")
    assert "nosuchpackage" in banner.text
    marked = [each.cursor.block().text() for each in text.extraSelections()]
    assert marked == [pip]
    _click_line(log.view.edit, 'File "Dockerfile", line 4', qtbot)
    assert page.details.tabs.currentWidget() is page.details.declared
    assert text.textCursor().blockNumber() == 3
    page.details.show_version(f"{name}:1")
    assert not banner.isVisible()

    page.put_away()  # the window is closed, and another one opened
    again = page_on(studio)
    again.open_target(reference=f"{name}:2", tab="log")
    kept = again.details.log
    qtbot.waitUntil(lambda: len(keys(kept.table)) == 2, timeout=SECONDS)
    rows = kept.table.rows_model.rows
    assert [row.state for row in rows] == ["FAILED", "CANCELLED"]
    assert all(row.seconds for row in rows)
    qtbot.waitUntil(lambda: "nosuchpackage" in kept.view.text(), timeout=SECONDS)
    qtbot.waitUntil(lambda: bool(again.details.declared.text.extraSelections()))


def test_that_an_engine_that_stops_is_told_and_found_again_when_it_is_back(
    page_on: Callable[[Studio], EnvironmentsPage],
    studio: Studio,
    rootless: EngineProxy,
    docker_engine: TestEngine,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    from studio.gui.environments import images_tab

    monkeypatch.setattr(images_tab, "LOOK_MS", 50)
    page = page_on(studio)
    do(page, "images")
    images = page.images
    qtbot.waitUntil(lambda: images.chip.text == "Engine found", timeout=SECONDS)
    rootless.stop()
    qtbot.waitUntil(lambda: images.chip.text == "No engine", timeout=SECONDS)
    assert not page.services.actions.get("environments.clean_up").isEnabled()
    rootless.start()
    qtbot.waitUntil(lambda: images.chip.text == "Engine found", timeout=SECONDS)

    monkeypatch.setenv("DOCKER_HOST", docker_engine.host)  # now there are two
    press(images, "Look again")
    qtbot.waitUntil(lambda: images.contexts.count() == 2, timeout=SECONDS)
    facts = lambda: images.facts.state.context.name if images.facts else ""  # noqa: E731
    for name in ("rootless", "default"):
        images.contexts.setCurrentIndex(images.contexts.findData(name))
        images.contexts.activated.emit(images.contexts.currentIndex())
        qtbot.waitUntil(lambda wanted=name: facts() == wanted, timeout=SECONDS)  # type: ignore[misc]
    images.contexts.setCurrentIndex(images.contexts.findData("rootless"))
    images.contexts.activated.emit(images.contexts.currentIndex())
    rootless.stop()
    gone = lambda: images.facts.state.message if images.facts else ""  # noqa: E731
    qtbot.waitUntil(lambda: "'rootless' isn't there" in gone(), timeout=SECONDS)
    rootless.start()
    qtbot.waitUntil(lambda: images.chip.text == "Engine found", timeout=SECONDS)
    assert facts() == "rootless"


def _click_line(edit: Any, words: str, qtbot: QtBot) -> None:
    """Click on the place that a line of the log names."""
    qtbot.waitUntil(lambda: words in edit.toPlainText(), timeout=SECONDS)
    found = edit.document().find(words)
    edit.setTextCursor(found)
    edit.ensureCursorVisible()
    found.setPosition(found.selectionStart() + 2)
    edit.setTextCursor(found)
    place: QPoint = edit.cursorRect(found).center()
    qtbot.mouseClick(edit.viewport(), Qt.MouseButton.LeftButton, pos=place)
