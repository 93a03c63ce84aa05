"""Images of environments: the engine, what they cost, building and cleaning up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pages_hand import keys, unnamed

from studio.domain.container_engine import (
    LABEL,
    DiskUse,
    EngineContext,
    EngineImage,
    EngineState,
    ImageLayer,
)
from studio.domain.errors import NotFoundError, StudioError
from studio.domain.packaging import PackageWish
from studio.environments.images import CleanUp

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.gui.environments.page import EnvironmentsPage

SECONDS = 60_000
NOW = datetime(2026, 1, 2, tzinfo=UTC)
KIND = {f"{LABEL}kind": "environment"}
STATE = EngineState(EngineContext("tests", ""), True, version="27.0")
USED = EngineImage("sha256:1", ("used:1",), 2_000, NOW, KIND, ("container busy",))
FREE = EngineImage("sha256:2", ("free:1",), 1_000, NOW, KIND)
LAYERS = {
    "sha256:1": (
        ImageLayer("FROM base", 1_500, NOW, from_base=True),
        ImageLayer("RUN", 500, NOW),
    ),
    "sha256:2": (),
}


def do(page: EnvironmentsPage, verb: str) -> None:
    page.services.actions.refresh()
    action = page.services.actions.get(f"environments.{verb}")
    assert action.isEnabled(), verb
    action.trigger()


def test_that_where_no_engine_answers_the_page_says_how_to_start_one(
    page: EnvironmentsPage,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    do(page, "images")
    qtbot.waitUntil(lambda: page.images.facts is not None, timeout=SECONDS)
    assert page.images.chip.text == "No engine"
    assert not page.images.table.isVisible()
    state = page.images.facts.state if page.images.facts else None
    assert state is not None and state.hint
    assert not page.services.actions.get("environments.clean_up").isEnabled()
    assert not page.services.actions.get("environments.build").isEnabled()
    assert unnamed(page.window()) == []


def test_that_images_are_listed_with_their_users_and_the_cost_of_each_line(
    page: EnvironmentsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = page.studio.images
    monkeypatch.setattr(images, "engine", lambda name="": STATE)
    monkeypatch.setattr(images, "list", lambda context=None: (USED, FREE))
    use = DiskUse(3_000, 0, 0, 0, 1_000)
    monkeypatch.setattr(images, "disk_use", lambda context=None: use)
    monkeypatch.setattr(images, "layers", lambda name, context=None: LAYERS[name])
    monkeypatch.setattr(
        images, "clean_up", lambda **_: CleanUp((FREE,), (USED,), 1_000)
    )
    do(page, "images")
    tab = page.images
    qtbot.waitUntil(lambda: keys(tab.table) == ["sha256:1", "sha256:2"])
    qtbot.waitUntil(lambda: len(keys(tab.layers)) == 2, timeout=SECONDS)
    assert [each.line for each in tab.layers.rows_model.rows] == ["FROM base", "RUN"]
    assert "used by no container" in tab.about.text()
    assert tab.image is USED
    do(page, "clean_up")
    commands = page.image_commands
    qtbot.waitUntil(lambda: commands.question is not None, timeout=SECONDS)
    assert commands.question is not None
    assert commands.question.go.text() == "Remove 1 image"
    assert "free:1" in commands.question.text and "used:1" not in commands.question.text


def test_that_the_engine_chosen_for_images_is_that_of_packaged_models_too(
    page: EnvironmentsPage,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    lab = tmp_path / "docker/contexts/meta/lab/meta.json"
    lab.parent.mkdir(parents=True)
    host = f"unix://{tmp_path}/lab.sock"
    told = {"Name": "lab", "Endpoints": {"docker": {"Host": host}}}
    lab.write_text(json.dumps(told))
    images, contexts = page.studio.images, page.images.contexts
    own = next(each.name for each in images.contexts() if each.current)

    def choose(name: str) -> None:
        contexts.setCurrentIndex(contexts.findData(name))
        contexts.activated.emit(contexts.currentIndex())

    def refused() -> StudioError:
        with pytest.raises(StudioError) as told:
            page.studio.packaging.to_image(PackageWish("nothing:1"))
        return told.value

    do(page, "images")
    qtbot.waitUntil(lambda: contexts.findData("lab") >= 0, timeout=SECONDS)
    choose("lab")
    qtbot.waitUntil(lambda: images.chosen == "lab", timeout=SECONDS)
    assert images.engine().context.host == host
    assert host in f"{refused().message} {refused().hint}"
    choose(own)
    qtbot.waitUntil(lambda: images.chosen == "", timeout=SECONDS)
    images.choose("lab")
    lab.unlink()
    gone = refused()
    assert isinstance(gone, NotFoundError)
    assert "'lab'" in gone.message and "--docker-context" in gone.hint
    page.images.reload()
    qtbot.waitUntil(lambda: contexts.findData("lab") >= 0, timeout=SECONDS)
    with pytest.raises(NotFoundError, match="no Docker context 'attic'"):
        page.studio.environments.settings.change(docker_context="attic")
