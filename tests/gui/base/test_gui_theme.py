from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QCompleter, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

import studio
from studio.gui.theme import fonts, icons
from studio.gui.theme.stylesheet import MARKS, mark, stylesheet
from studio.gui.theme.theme import Mode, Theme, mode_named, tokens
from studio.gui.theme.tokens import DARK, LIGHT, Tokens, Tone, contrast, high_contrast
from studio.gui.widgets.suggestions import suggestion_list
from studio.resources import resource_path, resource_root

THEMES = (LIGHT, DARK, high_contrast(LIGHT), high_contrast(DARK))
TONES: tuple[Tone, ...] = ("ok", "run", "warn", "err", "idle", "drift")
GROUNDS = ("surface", "surface2", "canvas", "sunken", "hover", "selected")


def test_that_the_contrast_ratio_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES, ids=lambda one: one.name)
def test_that_every_text_is_readable_on_every_ground(theme: Tokens) -> None:
    for ink, ground in product(("text", "text2", "text3", "link"), GROUNDS):
        ratio = contrast(theme.color(ink), theme.color(ground))
        assert ratio >= 4.5, f"{ink} on {ground}: {ratio:.2f}"
    for tone in TONES:
        assert contrast(*theme.tone(tone)) >= 4.5, tone
    for ground in ("accent", "accent_hover"):
        assert contrast(theme.accent_text, theme.color(ground)) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda one: one.name)
def test_that_controls_ports_and_wires_can_be_seen(theme: Tokens) -> None:
    for line in ("border_strong", "focus", "accent"):
        assert contrast(theme.color(line), theme.surface) >= 3, line
    assert contrast(theme.wire, theme.canvas) >= 3
    for kind in ("table", "model", "metric", "artifact", "env", "image", "param"):
        assert contrast(theme.port(kind), theme.surface) >= 3, kind


def test_that_an_unknown_port_kind_looks_like_any() -> None:
    assert LIGHT.port("no such kind") == LIGHT.port("any")


@pytest.mark.parametrize("theme", THEMES, ids=lambda one: one.name)
def test_that_the_style_sheet_has_no_unknown_tokens_or_lost_files(
    theme: Tokens,
) -> None:
    sheet = stylesheet(theme, 1.15)
    assert "@" not in sheet
    assert not re.search(r"\d+fx", sheet)
    for path in re.findall(r'url\("([^"]+)"\)', sheet):
        assert resource_root() in (resource_path(path).parents)
        assert resource_path(path).is_file(), path


@pytest.mark.parametrize("theme", (LIGHT, DARK), ids=lambda one: one.name)
def test_that_the_drawn_marks_agree_with_the_tokens(theme: Tokens) -> None:
    for name in MARKS:
        drawn = resource_path(f"themes/{theme.name}/{name}.svg").read_bytes()
        assert drawn == mark(name, theme), name


def test_that_a_switch_of_theme_reaches_colours_icons_and_listeners(
    theme: Theme, qapp: QApplication
) -> None:
    button = QPushButton()
    icons.set_icon(button, "play", "text2", 18)
    heard: list[str] = []
    theme.changed.connect(lambda: heard.append(tokens().name))
    before = button.icon().pixmap(18, 18).toImage()
    theme.set("dark")
    assert heard == ["dark"]
    assert qapp.palette().window().color().name().upper() == DARK.surface2
    assert button.icon().pixmap(18, 18).toImage() != before
    theme.set("light")
    assert button.icon().pixmap(18, 18).toImage() == before


def test_that_high_contrast_is_applied_on_top_of_a_theme(theme: Theme) -> None:
    theme.set("dark", contrast=True)
    assert tokens().border == DARK.border_strong
    assert tokens().focus_width == 3
    theme.set(contrast=False)
    assert tokens() == DARK


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_that_an_icon_is_drawn_at_the_screens_own_resolution(
    theme: Theme, ratio: float
) -> None:
    drawn = icons.pixmap("play", "accent", 18, ratio=ratio)
    assert drawn.width() == round(18 * ratio)
    assert drawn.devicePixelRatio() == ratio
    middle = drawn.toImage().pixelColor(drawn.width() // 8, drawn.height() // 2)
    assert middle.alpha() > 0 or drawn.toImage().pixelColor(2, 9).alpha() >= 0


def test_that_a_tinted_icon_has_only_the_colour_of_its_token(theme: Theme) -> None:
    image = icons.pixmap("stop", "err", 32).toImage()
    inks = {
        image.pixelColor(x, y).name().upper()
        for x, y in product(range(32), range(32))
        if image.pixelColor(x, y).alpha() == 255
    }
    assert inks == {LIGHT.err}


def test_that_an_icon_that_is_not_bundled_is_an_error(theme: Theme) -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon")


def test_that_inter_and_jetbrains_mono_stand_in_for_a_system_without_fonts(
    theme: Theme,
) -> None:
    assert fonts.ui_family() == "Inter"
    assert fonts.mono_family() == "JetBrains Mono"
    assert fonts.is_generic("DejaVu Sans")
    assert not fonts.is_generic("Cantarell")


def test_that_tabular_digits_all_have_the_same_width(theme: Theme) -> None:
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(fonts.font(13, tabular=True))
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")


def test_that_the_text_size_scales_every_font(theme: Theme) -> None:
    before = fonts.font(20).pixelSize()
    theme.set(text_ratio=1.15)
    assert fonts.font(20).pixelSize() == round(before * 1.15)
    theme.set(text_ratio=1.0)


@pytest.mark.parametrize(
    ("written", "mode"), [("dark", "dark"), ("light", "light"), ("blue", "system")]
)
def test_that_an_unknown_mode_in_the_settings_means_the_systems(
    written: str, mode: Mode
) -> None:
    assert mode_named(written) == mode


def test_that_whatever_moves_asks_whether_motion_is_wanted() -> None:
    root = Path(studio.__file__).parent / "gui"
    moving = re.compile(r"\bQ(Variant|Property)Animation\(|\bQTimeLine\(|dashOffset\(")
    found = {file: file.read_text() for file in root.rglob("*.py")}
    movers = {file: text for file, text in found.items() if moving.search(text)}
    asked = re.compile(r"animation_ms\(|reduced_motion")
    assert movers
    assert [file.name for file, text in movers.items() if not asked.search(text)] == []


def test_that_no_motion_means_no_length(theme: Theme) -> None:
    before = theme.reduced_motion
    try:
        theme.reduced_motion = True
        assert theme.animation_ms(150) == 0
        theme.reduced_motion = False
        assert theme.animation_ms(150) == 150
    finally:
        theme.reduced_motion = before


def test_that_each_dressed_window_follows_a_switch_until_it_is_gone(
    theme: Theme, qtbot: QtBot
) -> None:
    window, gone = QWidget(), QWidget()
    qtbot.addWidget(window)
    for each in (window, gone):
        theme.dress(each)
    light = window.styleSheet()
    delete(gone)
    theme.set("dark")
    assert LIGHT.surface in light
    assert DARK.surface in window.styleSheet()


def test_that_suggestions_look_like_the_other_popups(
    theme: Theme, qtbot: QtBot
) -> None:
    line = QLineEdit()
    qtbot.addWidget(line)
    completer = QCompleter(["alpha"], line)
    popup = suggestion_list(completer, "Suggested letters")
    theme.set("dark")
    assert popup.styleSheet() == stylesheet(DARK, fonts.system_scale())
    assert popup.accessibleName() == "Suggested letters"
