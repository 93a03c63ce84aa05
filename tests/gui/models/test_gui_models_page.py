"""The Models page over a real registry: list, filter, details."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pages_hand import click_at, click_row, cut_texts, keys, press, type_into, unnamed
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication

from studio.gui.widgets.cells import tag_rects
from studio.gui.widgets.rows_model import VALUE

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow
    from studio.gui.models.page import ModelsPage
    from studio.gui.theme.theme import Mode, Theme

SECONDS = 20_000
ALL = ["mlp:1", "churn:2", "churn:1"]


def choose(page: ModelsPage, qtbot: QtBot, reference: str) -> None:
    """Choose a version with the mouse."""
    click_row(page.table, keys(page.table).index(reference))
    qtbot.waitUntil(lambda: page.details.reference == reference, timeout=SECONDS)


def test_that_the_newest_versions_come_first_and_archived_ones_are_hidden(
    page: ModelsPage, qtbot: QtBot
) -> None:
    assert keys(page.table) == ALL
    qtbot.waitUntil(lambda: page.caption == "3 versions")
    click_at(page.switch, QPoint(10, page.switch.height() // 2))
    qtbot.waitUntil(lambda: keys(page.table) == ["old:1", *ALL], timeout=SECONDS)
    assert page.table.rows_model.rows[0].status.word == "Archived"


def test_that_a_typed_tag_filters_and_more_terms_must_all_hold(
    page: ModelsPage, qtbot: QtBot
) -> None:
    type_into(page.filter.edit, "team=growth")
    qtbot.waitUntil(lambda: keys(page.table) == ["churn:2", "churn:1"])
    type_into(page.filter.edit, "stage!=shadow")
    qtbot.waitUntil(lambda: keys(page.table) == ["churn:1"])
    press(page.filter, "Remove stage!=shadow")
    qtbot.waitUntil(lambda: keys(page.table) == ["churn:2", "churn:1"])
    press(page.filter, "Clear the filter")
    qtbot.waitUntil(lambda: keys(page.table) == ALL)


def test_that_a_loose_filter_is_corrected_and_a_wrong_one_explained(
    page: ModelsPage, qtbot: QtBot
) -> None:
    type_into(page.filter.edit, "stage : prod")
    qtbot.waitUntil(lambda: keys(page.table) == ["churn:1"])
    assert page.filter.terms == ["stage=prod"]
    page.filter.clear()
    type_into(page.filter.edit, "accuracy>high")
    assert "isn't a number" in page.filter.error
    assert "accuracy>0.9" in page.filter.error


def test_that_the_tags_in_use_are_offered(page: ModelsPage, qtbot: QtBot) -> None:
    completer = page.filter.edit.completer()
    qtbot.waitUntil(lambda: completer.model().rowCount() == 4, timeout=SECONDS)
    type_into(page.filter.edit, "grow", enter=False)
    assert completer.completionCount() == 1
    assert completer.currentCompletion() == "team=growth"


def test_that_a_click_on_a_tag_filters_by_it_even_with_spaces_in_it(
    page: ModelsPage, qtbot: QtBot
) -> None:
    index = page.table.model().index(0, 3)
    inner = page.table.visualRect(index).adjusted(8, 0, -8, -1)
    ((box, text),) = tag_rects(inner, index.data(VALUE))
    assert text == "owner=Data team"
    click_at(page.table.viewport(), box.center())
    qtbot.waitUntil(lambda: keys(page.table) == ["mlp:1"], timeout=SECONDS)
    assert page.filter.terms == ['owner="Data team"']


def test_that_no_hit_says_so_and_keeps_the_filter(
    page: ModelsPage, qtbot: QtBot
) -> None:
    type_into(page.filter.edit, "stage=nowhere")
    qtbot.waitUntil(lambda: keys(page.table) == [], timeout=SECONDS)
    qtbot.waitUntil(lambda: page.details.reference == "", timeout=SECONDS)
    assert page.filter.isVisible()
    assert not page.services.actions.get("models.deploy").isEnabled()
    page.filter.clear()
    qtbot.waitUntil(lambda: page.details.reference == "mlp:1", timeout=SECONDS)


def test_that_the_details_tell_files_and_where_a_version_comes_from(
    page: ModelsPage, qtbot: QtBot, models: Studio
) -> None:
    choose(page, qtbot, "churn:2")
    lists = page.details.lists
    qtbot.waitUntil(lambda: len(lists["files"].facts) == 1, timeout=SECONDS)
    assert lists["files"].facts[0].name == "churn v2.onnx"
    assert lists["files"].facts[0].value.startswith("700 B · ")
    assert page.details.tags.words == ["stage=shadow", "team=growth"]
    digest = models.models.get("churn:2").digest
    assert digest in lists["origin"].facts[0].tip


def test_that_a_version_can_be_opened_by_its_reference_even_if_it_is_archived(
    page: ModelsPage, qtbot: QtBot
) -> None:
    page.window().open_page("models", reference="churn:1")
    qtbot.waitUntil(lambda: page.details.reference == "churn:1", timeout=SECONDS)
    page.window().open_page("models", reference="old:1")
    qtbot.waitUntil(lambda: page.details.reference == "old:1", timeout=SECONDS)
    assert page.details.archived.isVisible()


def test_that_opening_a_version_at_the_first_visit_narrows_nothing(
    qtbot: QtBot, window_on: Callable[..., MainWindow], models: Studio
) -> None:
    window = window_on(models, "pipelines")
    window.open_page("models", reference="churn:1")
    page = window.page
    qtbot.waitUntil(lambda: page.details.reference == "churn:1", timeout=SECONDS)
    assert page.filter.text() == ""
    window.open_page("models", reference="nobody:7")
    qtbot.waitUntil(lambda: bool(window.toasts.shown), timeout=SECONDS)
    assert "nobody:7" in window.toasts.shown[0].text


def test_that_a_filter_can_be_set_after_a_version_was_opened(
    page: ModelsPage, qtbot: QtBot
) -> None:
    page.window().open_page("models", reference="churn:1")
    type_into(page.filter.edit, "stage=shadow")
    qtbot.waitUntil(lambda: page.details.reference == "churn:2", timeout=SECONDS)


def test_that_deploying_goes_to_the_endpoints_with_the_reference(
    page: ModelsPage, qtbot: QtBot
) -> None:
    choose(page, qtbot, "churn:1")
    press(page.window(), "Deploy")
    assert page.window().page.targets == [{"deploy": "churn:1"}]


def test_that_a_model_of_a_run_leads_to_the_run(
    page_on: Callable[[Studio], ModelsPage], studio: Studio, qtbot: QtBot
) -> None:
    register_many(studio, 1, run_id="20261123-000000-aaaaaa", pipeline="birds")
    page = page_on(studio)
    press(page.details, "Pipeline birds")
    assert page.window().page.targets == [{"name": "birds"}]


def test_that_further_pages_are_fetched_when_the_list_is_scrolled(
    page_on: Callable[[Studio], ModelsPage], studio: Studio, qtbot: QtBot
) -> None:
    register_many(studio, 230)
    page = page_on(studio)
    assert len(keys(page.table)) == 200
    qtbot.waitUntil(lambda: page.caption == "230 versions")
    bar = page.table.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: len(keys(page.table)) == 230, timeout=SECONDS)
    header = page.table.horizontalHeader()
    click_at(header.viewport(), QPoint(header.sectionViewportPosition(2) + 10, 10))
    qtbot.waitUntil(lambda: keys(page.table)[0] == "many:1", timeout=SECONDS)


def test_that_a_model_registered_elsewhere_appears_by_itself(
    page: ModelsPage, qtbot: QtBot, models: Studio, file: Path
) -> None:
    models.models.register("new", file, tags={"colour": "red"})
    qtbot.waitUntil(lambda: "new:1" in keys(page.table), timeout=SECONDS)
    completer = page.filter.edit.completer()
    qtbot.waitUntil(lambda: completer.model().rowCount() == 5, timeout=SECONDS)


def test_that_an_empty_registry_says_what_to_do_next(
    qtbot: QtBot, window_on: Callable[..., MainWindow], studio: Studio
) -> None:
    window = window_on(studio, "models")
    qtbot.waitUntil(lambda: window.page._stack.currentIndex() == 0, timeout=SECONDS)
    press(window.page, "Register model…")
    assert window.page.commands.dialog is not None


def test_that_the_reference_can_be_copied(page: ModelsPage, qtbot: QtBot) -> None:
    choose(page, qtbot, "churn:2")
    page.services.actions.get("models.copy").trigger()
    assert QGuiApplication.clipboard().text() == "churn:2"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_that_nothing_is_cut_off_or_without_a_name_in_a_small_window(
    mode: Mode,
    page: ModelsPage,
    qtbot: QtBot,
    theme: Theme,
    pictures: Path,
    models: Studio,
) -> None:
    theme.set(mode)
    models.models.alias("churn:1", "production")
    choose(page, qtbot, "churn:1")
    for width, height in ((1440, 900), (1100, 700)):
        page.window().resize(width, height)
        qtbot.wait(60)
        assert not list(cut_texts(page)), width
        assert not unnamed(page)
        picture = page.window().grab()
        assert picture.save(str(pictures / f"models-{mode}-{width}.png"))


def register_many(studio: Studio, count: int, **more: str) -> None:
    """Versions of one name, written without any content."""
    from studio.storage.models import ModelRepository, NewVersion

    repository = ModelRepository(studio.database)
    for _ in range(count):
        repository.register(NewVersion("many", "custom_model", "0" * 64, 10, **more))
