"""Every widget in both themes, as pictures for a person to look at, with checks
that none is cut off. Set STUDIO_SCREENSHOTS to a folder to keep them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.gui.main_window import MainWindow
    from studio.gui.theme.theme import Mode, Theme

SIZES = ((1440, 860), (1100, 700))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("STUDIO_SCREENSHOTS", tmp_path / "pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_that_every_page_is_drawn_in_both_themes(
    mode: Mode,
    open_window: Callable[[], MainWindow],
    theme: Theme,
    qtbot: QtBot,
    pictures: Path,
) -> None:
    theme.set(mode)
    window = open_window()
    for width, height in SIZES:
        window.resize(width, height)
        for page in ("pipelines", "models", "endpoints"):
            window.open_page(page)
            if page == "endpoints":
                window.toasts.show("Archived churn-lgbm:3", undo=print)
                window.toasts.show("The worker has stopped", tone="err")
            qtbot.wait(60)
            picture = window.grab()
            assert picture.save(str(pictures / f"{page}-{mode}-{width}.png"))
            ground = picture.toImage().pixelColor(4, height // 2).name().upper()
            assert ground == theme.tokens.surface2
    window.palette_box.open()
    assert window.grab().save(str(pictures / f"palette-{mode}.png"))


def test_that_no_words_are_cut_off_in_a_small_window(
    open_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    window = open_window()
    window.resize(1100, 700)
    for page in ("pipelines", "models", "endpoints"):
        window.open_page(page)
        qtbot.wait(30)
        cut = list(cut_texts(window))
        assert not cut, f"{page}: {cut}"


def test_that_the_large_text_size_cuts_nothing_off(
    open_window: Callable[[], MainWindow], qtbot: QtBot, theme: Theme
) -> None:
    theme.set(text_ratio=1.15)
    window = open_window()
    window.open_page("pipelines")
    qtbot.wait(30)
    assert not list(cut_texts(window))


def cut_texts(window: QWidget) -> Iterator[str]:
    """Texts of visible labels and buttons that are wider or higher than their room."""
    for found in window.findChildren(QLabel):
        shown = found.isVisibleTo(window) and found.text() and not found.wordWrap()
        if shown and found.width() + 1 < found.sizeHint().width():
            yield f"label {found.text()}"
        wraps = found.isVisibleTo(window) and found.text() and found.wordWrap()
        if wraps and found.height() + 1 < found.heightForWidth(found.width()):
            yield f"paragraph {found.text()}"
    for area in window.findChildren(QScrollArea):
        content = area.widget()
        if not area.isVisibleTo(window) or content is None:
            continue
        if content.minimumSizeHint().width() > area.viewport().width():
            yield f"column of {content.metaObject().className()}"
    for each in window.findChildren(QAbstractButton):
        words = each.fontMetrics().horizontalAdvance(each.text())
        if each.isVisibleTo(window) and each.text() and each.width() < words:
            yield f"button {each.text()}"
