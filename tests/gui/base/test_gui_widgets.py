from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from base_gallery import COLUMNS, ROWS, Row, rows_model
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from studio.domain.errors import StudioError
from studio.gui.settings import Settings
from studio.gui.tasks import Tasks
from studio.gui.theme.theme import Theme
from studio.gui.widgets.cells import PAD, tag_rects
from studio.gui.widgets.chip import STATES, Chip, look
from studio.gui.widgets.field import FieldSpec
from studio.gui.widgets.filter_bar import FilterBar, Suggestion
from studio.gui.widgets.form import Form
from studio.gui.widgets.formats import (
    format_bytes,
    format_number,
    format_seconds,
    format_time,
)
from studio.gui.widgets.log_view import LogView, strip_ansi
from studio.gui.widgets.metric_plot import Curve, MetricPlot
from studio.gui.widgets.rows_model import PAGE_ROWS, Column, RowsModel
from studio.gui.widgets.table import DataTable
from studio.gui.widgets.toast import MOST, Toasts

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.usefixtures("theme")


def shown(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.addWidget(widget)
    widget.resize(900, 400)
    widget.show()


# -- chips -------------------------------------------------------------------------


def test_that_every_state_has_a_word_an_icon_and_a_colour(theme: Theme) -> None:
    from studio.resources import resource_path

    for state in STATES.values():
        assert state.word
        assert resource_path(f"icons/regular/{state.icon}.svg").is_file(), state.icon


def test_that_every_state_of_the_domain_has_a_look_of_its_own() -> None:
    from studio.domain.endpoint import DeploymentState
    from studio.domain.run import RunState, StepState

    for state in (*RunState, *StepState, *DeploymentState):
        assert state.value in STATES


def test_that_an_unknown_state_is_shown_by_its_own_name() -> None:
    assert look("ON_FIRE").word == "On fire"


def test_that_a_running_deployment_is_called_serving(qtbot: QtBot) -> None:
    chip = Chip()
    qtbot.addWidget(chip)
    chip.set_state("RUNNING", serving=True)
    assert (chip.text, chip.tone) == ("Serving", "ok")


# -- filter bar --------------------------------------------------------------------


def test_that_enter_turns_typed_terms_into_tokens(qtbot: QtBot) -> None:
    bar, heard = FilterBar(), []
    shown(qtbot, bar)
    bar.changed.connect(heard.append)
    qtbot.keyClicks(bar.edit, "stage=prod f1>0.9")
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    assert bar.terms == ["stage=prod", "f1>0.9"]
    assert bar.edit.text() == ""
    assert heard == ["stage=prod f1>0.9"]


def test_that_backspace_in_the_empty_line_takes_the_last_token(qtbot: QtBot) -> None:
    bar = FilterBar()
    shown(qtbot, bar)
    bar.set_text("stage=prod team=growth")
    qtbot.keyClick(bar.edit, Qt.Key.Key_Backspace)
    assert bar.text() == "stage=prod"


def test_that_a_term_filters_while_it_is_typed_and_enter_keeps_it(qtbot: QtBot) -> None:
    bar, heard = FilterBar(), []
    shown(qtbot, bar)
    bar.changed.connect(heard.append)
    qtbot.keyClicks(bar.edit, "stage=prod")
    qtbot.waitUntil(lambda: heard == ["stage=prod"])
    assert bar.terms == []
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    assert (bar.terms, heard) == (["stage=prod"], ["stage=prod"])


def test_that_half_a_term_is_explained_without_enter(qtbot: QtBot) -> None:
    bar, heard = FilterBar(), []
    shown(qtbot, bar)
    bar.changed.connect(heard.append)
    qtbot.keyClicks(bar.edit, "stage=")
    qtbot.waitUntil(lambda: "stage=" in bar.error)
    assert (bar.edit.text(), heard) == ("stage=", [])


def test_that_a_wrong_filter_is_explained_under_the_bar_and_kept(qtbot: QtBot) -> None:
    bar, heard = FilterBar(), []
    shown(qtbot, bar)
    bar.changed.connect(heard.append)
    qtbot.keyClicks(bar.edit, "stage=")
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    assert "stage=" in bar.error
    assert "stage=prod" in bar.error
    assert bar.edit.text() == "stage="
    assert not heard
    qtbot.keyClicks(bar.edit, "p")
    assert bar.error == ""


def test_that_spaces_around_the_sign_are_understood(qtbot: QtBot) -> None:
    bar = FilterBar()
    qtbot.addWidget(bar)
    bar.set_text("stage : prod")
    assert bar.text() == "stage=prod"


def test_that_words_filter_while_they_are_typed(qtbot: QtBot) -> None:
    bar, heard = FilterBar(), []
    shown(qtbot, bar)
    bar.changed.connect(heard.append)
    qtbot.keyClicks(bar.edit, "penguin")
    qtbot.waitUntil(lambda: heard == ["penguin"])


def test_that_a_suggestion_becomes_a_token(qtbot: QtBot) -> None:
    bar = FilterBar()
    shown(qtbot, bar)
    bar.set_suggestions([Suggestion("stage=prod", 12), Suggestion("team=growth")])
    bar.edit.setFocus()
    qtbot.keyClicks(bar.edit, "pro")
    popup = bar.edit.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    assert popup.model().index(0, 0).data() == "stage=prod    12"
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bar.terms == ["stage=prod"])
    assert bar.edit.text() == ""


def test_that_a_tag_is_added_once(qtbot: QtBot) -> None:
    bar, heard = FilterBar(), []
    qtbot.addWidget(bar)
    bar.changed.connect(heard.append)
    bar.add_term("a=b")
    bar.add_term("a=b")
    assert heard == ["a=b"]
    bar.clear()
    assert heard == ["a=b", ""]


# -- tables ------------------------------------------------------------------------


def test_that_a_table_copies_its_rows_as_tsv(qtbot: QtBot) -> None:
    table = DataTable(rows_model(), many=True)
    shown(qtbot, table)
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == [column.title for column in COLUMNS]
    assert lines[1].split("\t")[:4] == ["Drift", "churn-lgbm", "6", "stage=shadow"]
    assert len(lines) == 2


def test_that_a_table_is_exported_as_csv(qtbot: QtBot, tmp_path: Path) -> None:
    table = DataTable(rows_model())
    qtbot.addWidget(table)
    table.export_csv(tmp_path / "models.csv")
    assert (tmp_path / "models.csv").read_text().count("\n") == 1 + len(ROWS)
    with pytest.raises(StudioError, match="could not be written"):
        table.export_csv(tmp_path / "no" / "such" / "folder.csv")


def test_that_a_reload_keeps_the_current_row(qtbot: QtBot) -> None:
    table, heard = DataTable(rows_model()), []
    shown(qtbot, table)
    table.select_key(("churn-logit", 2))
    table.current_changed.connect(heard.append)
    new = Row("SERVING", "churn-new", 1, {}, 0.95, "Now")
    table.rows_model.set_rows([new, *ROWS])
    assert table.current() == ROWS[2]
    assert [row.name for row in table.selected()] == ["churn-logit"]


def test_that_an_update_draws_only_the_rows_that_differ(qtbot: QtBot) -> None:
    model = rows_model()
    table = DataTable(model)
    shown(qtbot, table)
    changes: list[int] = []
    resets: list[None] = []
    model.dataChanged.connect(lambda first, last: changes.append(first.row()))
    model.modelReset.connect(lambda: resets.append(None))
    new = Row("FAILED", "churn-lgbm", 6, {}, 0.5, "Now")
    model.set_rows([ROWS[0], new, *ROWS[2:]])
    assert changes == [1]
    assert not resets


def test_that_numbers_stand_right_and_are_sorted_as_numbers(qtbot: QtBot) -> None:
    rows = [Row("RUNNING", str(n), n, {}, n / 7, "") for n in (10, 9, 100)]
    table = DataTable(rows_model(rows))
    shown(qtbot, table)
    table.horizontalHeader().setSortIndicator(2, Qt.SortOrder.AscendingOrder)
    assert [row.version for row in table.rows_model.rows] == [9, 10, 100]
    index = table.rows_model.index(0, 2)
    assert index.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight


def test_that_a_clicked_tag_is_told(qtbot: QtBot) -> None:
    table, heard = DataTable(rows_model()), []
    shown(qtbot, table)
    table.tag_clicked.connect(heard.append)
    index = table.rows_model.index(0, 3)
    inner = table.visualRect(index).adjusted(PAD, 0, -PAD, -1)
    box, text = tag_rects(inner, ROWS[0].tags)[1]
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert heard == [text] == ["team=growth"]


def test_that_enter_opens_the_current_row(qtbot: QtBot) -> None:
    table, heard = DataTable(rows_model()), []
    shown(qtbot, table)
    table.activated_row.connect(heard.append)
    table.selectRow(2)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert heard == [ROWS[2]]


def test_that_column_widths_are_remembered(qtbot: QtBot, settings: Settings) -> None:
    first = DataTable(rows_model(), name="models", settings=settings)
    shown(qtbot, first)
    first.setColumnWidth(1, 222)
    first.setColumnHidden(5, True)
    first.setColumnWidth(2, 123)
    second = DataTable(rows_model(), name="models", settings=settings)
    shown(qtbot, second)
    assert second.columnWidth(1) == 222
    assert second.isColumnHidden(5)


def test_that_pages_of_rows_are_fetched_while_scrolling(
    qtbot: QtBot, tasks: Tasks
) -> None:
    asked: list[tuple[int, int]] = []

    def fetch(offset: int, limit: int) -> Sequence[Row]:
        asked.append((offset, limit))
        last = min(offset + limit, 450)
        return [Row("", str(n), n, {}, 0.0, "") for n in range(offset, last)]

    model: RowsModel[Row] = RowsModel(COLUMNS, key=lambda row: row.version)
    table = DataTable(model)
    shown(qtbot, table)
    model.set_source(fetch, tasks)
    qtbot.waitUntil(lambda: model.rowCount() == PAGE_ROWS)
    for wanted in (2 * PAGE_ROWS, 450):
        table.scrollToBottom()
        qtbot.waitUntil(lambda n=wanted: model.rowCount() == n)  # type: ignore[misc]
    assert not model.canFetchMore(model.index(-1, -1))
    assert asked == [(0, 200), (200, 200), (400, 200)]


def test_that_a_page_that_cannot_be_fetched_is_told(qtbot: QtBot, tasks: Tasks) -> None:
    model, heard = rows_model(), []
    model.failed.connect(heard.append)
    model.set_source(lambda offset, limit: [][1], tasks)
    qtbot.waitUntil(lambda: bool(heard))
    assert isinstance(heard[0], IndexError)


# -- forms -------------------------------------------------------------------------


def form_of(qtbot: QtBot, *specs: FieldSpec) -> tuple[Form, list[tuple[str, Any]]]:
    form = Form(specs)
    shown(qtbot, form)
    heard: list[tuple[str, Any]] = []
    form.changed.connect(lambda name, value: heard.append((name, value)))
    return form, heard


def test_that_a_number_is_told_after_a_pause_and_never_while_wrong(
    qtbot: QtBot,
) -> None:
    spec = FieldSpec("rate", "Rate", "number", minimum=0, maximum=1)
    form, heard = form_of(qtbot, spec)
    line = form.field("rate").input
    qtbot.keyClicks(line, "0.5x")
    qtbot.waitUntil(lambda: form.field("rate").error != "")
    assert "not a number" in form.field("rate").error
    assert not heard
    qtbot.keyClick(line, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: heard == [("rate", 0.5)])
    assert form.field("rate").error == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("7", "Must be 5 or less"),
        ("-1", "Must be 0 or more"),
        ("1.5", "whole number"),
        ("", "is needed"),
        ("${{inputs.trials}}", ""),
        ("3", ""),
    ],
)
def test_that_an_integer_is_checked(qtbot: QtBot, text: str, problem: str) -> None:
    spec = FieldSpec("n", "Trials", "integer", minimum=0, maximum=5, required=True)
    form, _ = form_of(qtbot, spec)
    form.set_values({"n": text or None})
    assert form.check() == (problem == "")
    assert problem in form.field("n").error


def test_that_every_kind_of_field_returns_what_it_was_given(qtbot: QtBot) -> None:
    values: dict[str, tuple[Any, Any]] = {
        "text": ("text", "two words"),
        "multiline": ("multiline", "a\nb"),
        "code": ("code", "x = 1\n"),
        "number": ("number", 0.05),
        "integer": ("integer", 12),
        "boolean": ("boolean", True),
        "choice": ("choice", "b"),
        "column": ("column", "species"),
        "columns": ("columns", "species, sex"),
        "file": ("file", "data.csv"),
    }
    specs = [
        FieldSpec(name, name.title(), kind, choices=("a", "b"))
        for name, (kind, _) in values.items()
    ]
    form, heard = form_of(qtbot, *specs)
    form.set_values({name: value for name, (_, value) in values.items()})
    assert form.values() == {name: value for name, (_, value) in values.items()}
    assert not heard, "set_values is not an edit"


def test_that_reset_goes_back_to_the_default(qtbot: QtBot) -> None:
    form, heard = form_of(qtbot, FieldSpec("n", "Trials", "integer", default=10))
    form.set_values({"n": 20})
    form.field("n").reset()
    assert heard == [("n", 10)]


def test_that_an_error_from_outside_has_its_fix(qtbot: QtBot) -> None:
    form, _ = form_of(qtbot, FieldSpec("target", "Target"))
    fixed: list[int] = []
    form.set_error(
        "target", "No such column", [("Use species", lambda: fixed.append(1))]
    )
    buttons = form.findChildren(QPushButton)
    fix = next(one for one in buttons if one.text() == "Use species")
    qtbot.mouseClick(fix, Qt.MouseButton.LeftButton)
    assert fixed == [1]
    qtbot.keyClicks(form.field("target").input, "s")
    qtbot.waitUntil(lambda: form.field("target").error == "")


# -- logs --------------------------------------------------------------------------


def test_that_chunks_become_lines_without_terminal_codes(qtbot: QtBot) -> None:
    view = LogView()
    shown(qtbot, view)
    view.append("\x1b[31mred\x1b[0m and pl")
    view.append("ain\nsecond\r\n50%\r100%\nrest")
    qtbot.waitUntil(lambda: not view.busy)
    assert view.text() == "red and plain\nsecond\n100%"
    assert strip_ansi("\x1b]8;;x\x1b\\link\x1b]8;;\x1b\\") == "link"


def test_that_a_hundred_thousand_lines_arrive_without_a_long_stall(
    qtbot: QtBot, qapp: QApplication
) -> None:
    import time

    view = LogView()
    shown(qtbot, view)
    text = "\n".join(f"INFO step {n} of 100000" for n in range(100_000)) + "\n"
    started = time.monotonic()
    view.append(text)
    assert time.monotonic() - started < 1.0
    longest, deadline = 0.0, time.monotonic() + 40
    while view.busy and time.monotonic() < deadline:
        before = time.monotonic()
        qapp.processEvents()
        longest = max(longest, time.monotonic() - before)
    assert view.edit.line_count() == 100_000
    assert longest < 0.25
    bar = view.edit.verticalScrollBar()
    assert bar.value() == bar.maximum(), "it follows the end"


def test_that_a_long_line_goes_on_in_the_next_until_wrapping_is_off(
    qtbot: QtBot,
) -> None:
    view = LogView()
    shown(qtbot, view)
    view.set_text("a long word " * 200 + "\n")
    qtbot.waitUntil(lambda: not view.busy)
    across = view.edit.horizontalScrollBar()
    qtbot.waitUntil(lambda: across.maximum() == 0)
    wrap = next(b for b in view.findChildren(QPushButton) if b.text() == "Wrap")
    assert wrap.isChecked()
    wrap.click()
    qtbot.waitUntil(lambda: across.maximum() > 0)


def test_that_copying_a_log_tells_what_was_copied(qtbot: QtBot) -> None:
    view = LogView()
    shown(qtbot, view)
    view.set_text("one\ntwo\n")
    qtbot.waitUntil(lambda: not view.busy)
    with qtbot.waitSignal(view.copied) as told:
        view.copy()
    assert told.args == ["Copied 2 lines"]


def test_that_a_filter_shows_matching_lines_and_new_ones(qtbot: QtBot) -> None:
    view = LogView()
    shown(qtbot, view)
    view.set_text("one\nERROR two\nthree\n")
    view.set_filter("error")
    view.append("four\nerror five\n")
    qtbot.waitUntil(lambda: view.shown_text() == "ERROR two\nerror five")
    view.set_filter("")
    qtbot.waitUntil(lambda: view.shown_text().count("\n") == 4)


def test_that_scrolling_up_ends_following(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QAbstractSlider

    view = LogView()
    shown(qtbot, view)
    view.set_text("line\n" * 500)
    qtbot.waitUntil(lambda: not view.busy)
    bar = view.edit.verticalScrollBar()
    bar.triggerAction(QAbstractSlider.SliderAction.SliderToMinimum)
    qtbot.waitUntil(lambda: not view.following)
    view.append("more\n" * 10)
    qtbot.waitUntil(lambda: not view.busy)
    assert bar.value() == bar.minimum()
    view.set_following(True)
    assert bar.value() == bar.maximum()


# -- toasts, plots, words ----------------------------------------------------------


def test_that_at_most_three_toasts_are_shown_at_the_bottom_right(qtbot: QtBot) -> None:
    area = QWidget()
    shown(qtbot, area)
    toasts = Toasts(area)
    for number in range(5):
        toasts.show(f"Message {number}")
    assert [toast.text for toast in toasts.shown] == [f"Message {n}" for n in (2, 3, 4)]
    assert len(toasts.shown) == MOST
    last = toasts.shown[-1].geometry()
    assert last.bottomRight() == QPoint(900 - 16 - 1, 400 - 16 - 1)
    area.resize(700, 300)
    qtbot.waitUntil(lambda: toasts.shown[-1].geometry().right() == 700 - 16 - 1)


def test_that_undo_in_a_toast_undoes_once_and_closes_it(qtbot: QtBot) -> None:
    area, undone = QWidget(), []
    shown(qtbot, area)
    toast = Toasts(area).show("Archived", undo=lambda: undone.append(1))
    qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert undone == [1]
    assert toast.isHidden()


def test_that_a_plot_keeps_its_data_when_the_theme_changes(
    qtbot: QtBot, theme: Theme
) -> None:
    plot = MetricPlot("Loss")
    shown(qtbot, plot)
    plot.show_curves([Curve("a", [0, 1], [1, 2]), Curve("b", [0, 1], [2, 3])])
    theme.set("dark")
    assert len(plot.item.listDataItems()) == 2
    assert len(plot.item.legend.items) == 2
    plot.show_matrix([[1, 2], [3, 4]], ["x", "y"])
    assert plot.item.listDataItems() == []
    assert plot.item.getViewBox().yInverted()
    plot.show_roc([Curve("x", [0, 1], [0, 1])])
    assert not plot.item.getViewBox().yInverted()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        (1234, "1,234"),
        (0.908, "0.9080"),
        (12.3456, "12.35"),
        (0.000012, "1.20e-05"),
        (123456.7, "123,457"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (-3.0, "-3"),
    ],
)
def test_that_numbers_are_written_for_reading(value: Any, text: str) -> None:
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "—"),
        (0.042, "0.04 s"),
        (0.4, "0.4 s"),
        (3.21, "3.2 s"),
        (42, "42 s"),
        (185, "3 min 05 s"),
        (8040, "2 h 14 min"),
    ],
)
def test_that_seconds_are_written_for_reading(seconds: Any, text: str) -> None:
    assert format_seconds(seconds) == text


def test_that_times_and_sizes_are_written_for_reading() -> None:
    now = datetime(2024, 11, 23, 12, 0, tzinfo=UTC).astimezone()
    assert format_time(now, now).startswith("Today ")
    assert format_time(now - timedelta(days=1), now).startswith("Yesterday ")
    assert format_time(now - timedelta(days=9), now) == "14 Nov"
    assert format_time(now - timedelta(days=400), now).endswith("2023")
    assert format_bytes(812) == "812 B"
    assert format_bytes(1_400_000) == "1.4 MB"


@pytest.mark.parametrize(
    ("wanted", "room", "widths"),
    [
        ([100, 400], 600, [100, 400]),
        ([100, 400], 400, [100, 300]),
        ([310, 210], 320, [177, 143]),
        ([100, 400], 150, [100, 400]),
    ],
)
def test_that_wide_columns_give_where_there_is_too_little_room(
    wanted: list[int], room: int, widths: list[int]
) -> None:
    from studio.gui.widgets.column_fit import fitted

    assert fitted(wanted, room) == widths


def test_that_columns_follow_the_window_until_a_person_sets_one(
    qtbot: QtBot, theme: Theme
) -> None:
    column = Column("Words", str, width=400)
    table = DataTable(RowsModel([column, replace(column, title="More")]))
    table.resize(900, 200)
    shown(qtbot, table)
    assert table.columnWidth(0) == 400
    table.resize(600, 200)
    assert 250 < table.columnWidth(0) < 320
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)
    table.setColumnWidth(0, 350)
    table.resize(500, 200)
    assert table.columnWidth(0) == 350


def test_that_optional_columns_stay_out_where_there_is_too_little_room(
    qtbot: QtBot,
) -> None:
    columns: list[Column[str]] = [
        Column(title, lambda text: text, width=200, optional=title in ("B", "D"))
        for title in "ABCD"
    ]
    table = DataTable(RowsModel(columns))
    shown(qtbot, table)
    table.resize(500, 300)
    qtbot.waitUntil(lambda: [table.isColumnHidden(n) for n in range(4)] == [0, 1, 0, 1])
    table.resize(700, 300)
    qtbot.waitUntil(lambda: [table.isColumnHidden(n) for n in range(4)] == [0, 0, 0, 1])
    table.resize(900, 300)
    qtbot.waitUntil(lambda: not any(table.isColumnHidden(n) for n in range(4)))
    assert table.horizontalScrollBar().maximum() == 0
