from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from base_gallery import PAGES, DesignerLike, WidgetsPage
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from studio.domain.errors import InvalidError, StudioError
from studio.gui import display, errors
from studio.gui.actions import Action, Actions
from studio.gui.command_palette import fuzzy
from studio.gui.errors import ErrorDialog, show_error
from studio.gui.main_window import MainWindow
from studio.gui.quit_dialog import QuitDialog
from studio.gui.settings import Settings
from studio.gui.single_instance import Door
from studio.gui.status import LiveWork
from studio.gui.tasks import Tasks
from studio.gui.theme.theme import Theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio

    Opener = Callable[[], MainWindow]

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def button_named(parent: QWidget, text: str) -> QPushButton:
    return next(b for b in parent.findChildren(QPushButton) if b.text() == text)


# -- pages and actions -------------------------------------------------------------


def test_that_only_pages_of_this_installation_are_in_the_rail(
    open_window: Opener,
) -> None:
    assert open_window().page_ids == ["pipelines", "models", "endpoints", "monitoring"]


def test_that_a_page_is_built_at_its_first_visit_only(
    open_window: Opener, qtbot: QtBot
) -> None:
    window = open_window()
    assert [page.id for page in window.pages()] == ["pipelines"]
    first = window.page
    qtbot.mouseClick(window.rail.item("models"), Qt.MouseButton.LeftButton)
    assert isinstance(window.page, WidgetsPage)
    window.open_page("pipelines")
    assert window.page is first
    assert window.top.title == "Churn pipeline"


def test_that_a_page_that_breaks_leaves_the_window_whole(open_window: Opener) -> None:
    window = open_window()
    window.open_page("monitoring")
    assert window.page is None
    assert button_named(window.stack, "Try again").isVisible()
    window.open_page("models")
    assert isinstance(window.page, WidgetsPage)


def test_that_the_keyboard_goes_to_pages_and_runs_their_verbs(
    open_window: Opener, qtbot: QtBot
) -> None:
    window = open_window()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    page = window.page
    assert isinstance(page, DesignerLike)
    qtbot.keyClick(window, Qt.Key.Key_Return, CTRL)
    assert page.ran == 1
    qtbot.keyClick(window, Qt.Key.Key_2, CTRL)
    assert isinstance(window.page, WidgetsPage)
    qtbot.keyClick(window, Qt.Key.Key_Return, CTRL)
    assert page.ran == 1, "the verbs of a hidden page sleep"


def test_that_every_action_is_in_the_command_palette(
    open_window: Opener, qtbot: QtBot
) -> None:
    window = open_window()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL | SHIFT)
    assert window.palette_box.isVisible()
    listed = {entry.action.id for entry in window.palette_box.entries()}
    reachable = {made.objectName() for made in window.actions() if made.isVisible()}
    assert listed == reachable
    assert {"pipeline.run", "view.palette", "go.models", "window.quit"} <= listed


def test_that_every_action_that_wants_a_menu_is_in_the_menu_bar(
    open_window: Opener,
) -> None:
    window = open_window()
    in_menus: set[str] = set()
    for top in window.menuBar().actions():
        menu = top.menu()
        assert isinstance(menu, QWidget)
        for each in (menu, *menu.findChildren(QMenu)):
            in_menus |= {made.objectName() for made in each.actions()}
    wanted = {record.id for record in window.registry.records() if record.menu}
    assert wanted <= in_menus
    titles = [top.text() for top in window.menuBar().actions()]
    assert titles == ["&File", "&Edit", "&View", "&Run", "&Help"]


def test_that_the_palette_runs_what_is_typed_and_puts_it_first_next_time(
    open_window: Opener, qtbot: QtBot
) -> None:
    window = open_window()
    box, page = window.palette_box, window.page
    assert isinstance(page, DesignerLike)
    box.open()
    qtbot.keyClicks(box.edit, "run")
    assert box.entries()[0].action.id == "pipeline.run"
    qtbot.keyClick(box.edit, Qt.Key.Key_Return)
    assert page.ran == 1
    assert not box.isVisible()
    box.open()
    assert box.entries()[0].action.id == "pipeline.run"
    qtbot.keyClick(box.edit, Qt.Key.Key_Escape)
    assert not box.isVisible()


@pytest.mark.parametrize(
    ("wanted", "text", "found"),
    [
        ("gtm", "Go to Models", True),
        ("dark", "Dark theme", True),
        ("xyz", "Dark theme", False),
        ("", "Anything", True),
    ],
)
def test_that_letters_find_commands(wanted: str, text: str, found: bool) -> None:
    assert (fuzzy(wanted, text) is not None) == found


def test_that_starts_of_words_count_more() -> None:
    first, second = fuzzy("ct", "Copy table"), fuzzy("ct", "Select all")
    assert first is not None
    assert second is not None
    assert first[0] > second[0]
    assert first[1] == (0, 5)


def test_that_an_action_follows_its_state_in_every_place(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    can, done = [False], []
    actions = Actions(window)
    record = Action(
        "x.go", "Go", callback=lambda: done.append(1), enabled=lambda: can[0]
    )
    actions.add(record)
    actions.refresh()
    pushed = actions.button("x.go")
    assert not pushed.isEnabled()
    can[0] = True
    actions.refresh()
    assert pushed.isEnabled()
    pushed.click()
    assert done == [1]
    with pytest.raises(ValueError, match="registered twice"):
        actions.add(record)


def test_that_the_rail_drops_its_words_on_a_low_window(
    open_window: Opener, qtbot: QtBot
) -> None:
    window = open_window()
    assert window.rail.labelled
    window.rail.resize(window.rail.width(), 240)
    qtbot.waitUntil(lambda: not window.rail.labelled)
    assert all(item.toolTip() for item in window.rail.items())


def test_that_every_control_has_a_name_for_screen_readers(open_window: Opener) -> None:
    from PySide6.QtWidgets import QAbstractButton, QLineEdit

    window = open_window()
    for page in ("pipelines", "models", "endpoints"):
        window.open_page(page)
        for found in window.findChildren(QAbstractButton):
            named = found.text() or found.accessibleName() or found.toolTip()
            inner = found.parent().__class__.__name__ in ("QTabBar", "QLineEdit")
            assert named or inner or not found.isVisible(), found
        for line in window.findChildren(QLineEdit):
            named = line.accessibleName() or line.placeholderText()
            inner = line.parent().__class__.__name__ == "QAbstractSpinBox"
            assert named or inner or not line.isVisible(), line


# -- what changes ------------------------------------------------------------------


def register(studio: Studio, folder: Path) -> None:
    (folder / "model.bin").write_bytes(b"1")
    studio.models.register("churn", folder / "model.bin")


def test_that_a_change_by_others_reaches_the_shown_page_within_a_second(
    open_window: Opener, studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    window = open_window()
    page = window.page
    assert isinstance(page, DesignerLike)
    qtbot.waitUntil(lambda: window.feed.seen >= 0)
    page.seen.clear()
    register(studio, tmp_path)
    qtbot.waitUntil(lambda: bool(page.seen), timeout=1000)
    assert [event.type for event in page.seen[0]] == ["ModelRegistered"]


def test_that_a_hidden_page_gets_what_it_missed_when_it_is_shown(
    open_window: Opener, studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    window = open_window()
    page = window.page
    assert isinstance(page, DesignerLike)
    qtbot.waitUntil(lambda: window.feed.seen >= 0)
    window.open_page("endpoints")
    page.seen.clear()
    before = window.feed.seen
    register(studio, tmp_path)
    qtbot.waitUntil(lambda: window.feed.seen > before)
    assert not page.seen
    window.open_page("pipelines")
    assert [event.type for event in page.seen[0]] == ["ModelRegistered"]


# -- closing and state -------------------------------------------------------------


def test_that_the_window_closes_by_itself_when_nothing_is_alive(
    open_window: Opener, qtbot: QtBot
) -> None:
    window = open_window()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert window.studio is None


def test_that_live_work_is_asked_about_and_the_answer_remembered(
    open_window: Opener, qtbot: QtBot, settings: Settings
) -> None:
    window = open_window()
    window.leaving._know(LiveWork(("run-1",), ("churn",)))
    dialog = next(
        each for each in QApplication.topLevelWidgets() if isinstance(each, QuitDialog)
    )
    assert dialog.isVisible()
    dialog._remember.setChecked(True)
    qtbot.mouseClick(button_named(dialog, "Keep running"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert settings.text("window/on_quit") == "keep"


def test_that_layout_and_page_are_there_again_at_the_next_start(
    open_window: Opener, qtbot: QtBot
) -> None:
    first = open_window()
    first.flip_menu_bar()
    first.open_page("models")
    first.close()
    qtbot.waitUntil(lambda: not first.isVisible())
    second = MainWindow(first.tasks, first.settings, first.appearance._theme, PAGES)
    qtbot.addWidget(second)
    assert second.menuBar().isHidden()
    assert not second.settings.state("window/geometry").isEmpty()
    assert second.settings.text("window/page") == "models"


@pytest.mark.parametrize("content", [b"\0\0\1", b"no equals sign here\n[[["])
def test_that_settings_that_cannot_be_read_are_set_aside(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "window.ini"
    path.write_bytes(content)
    settings = Settings(path)
    assert settings.was_bad
    assert (tmp_path / "window.ini.bad").read_bytes() == content
    settings.set("a/number", 1.5)
    settings.set("a/flag", True)
    settings.set("a/list", ["x", "y"])
    settings.save()
    again = Settings(path)
    assert not again.was_bad
    assert again.number("a/number", 0) == 1.5
    assert again.flag("a/flag")
    assert again.texts("a/list") == ["x", "y"]
    assert again.number("a/flag", 7.0) == 7.0


# -- errors ------------------------------------------------------------------------


def test_that_an_error_says_what_failed_and_how_to_fix_it(
    open_window: Opener, qtbot: QtBot
) -> None:
    window, again = open_window(), []
    error = InvalidError("Port 8080 is taken", hint="Choose another port")
    dialog = show_error(window, error, lambda: again.append(1))
    assert (dialog.title, dialog.hint) == ("Port 8080 is taken", "Choose another port")
    qtbot.mouseClick(button_named(dialog, "Copy details"), Qt.MouseButton.LeftButton)
    assert "Port 8080 is taken" in QGuiApplication.clipboard().text()
    assert show_error(window, error) is dialog, "the same error is shown once"
    qtbot.mouseClick(button_named(dialog, "Try again"), Qt.MouseButton.LeftButton)
    assert again == [1]


def test_that_a_bug_is_reported_with_its_traceback_and_logged(
    open_window: Opener, tmp_path: Path
) -> None:
    import logging

    window = open_window()
    path = errors.start_log(tmp_path / "log")
    try:
        try:
            _ = {}["missing"]
        except KeyError as error:
            dialog = show_error(window, error)
        assert "test_gui_window.py" in dialog.details
        assert "KeyError" in path.read_text()
        assert not isinstance(dialog.error, StudioError)
        dialog.reject()
    finally:
        logging.getLogger("studio").handlers.pop().close()


def test_that_a_bug_in_another_thread_opens_the_report(
    open_window: Opener, qtbot: QtBot
) -> None:
    window = open_window()
    hooks = errors.Hooks(lambda: window)
    try:
        thread = threading.Thread(target=lambda: {}["gone"])
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: bool(window.findChildren(ErrorDialog)))
    finally:
        hooks.remove()
    window.findChildren(ErrorDialog)[0].reject()


def test_that_a_workspace_that_cannot_be_opened_is_explained_in_the_window(
    qtbot: QtBot, tasks: Tasks, settings: Settings, theme: Theme
) -> None:
    window, tried = MainWindow(tasks, settings, theme, PAGES), []
    qtbot.addWidget(window)
    window.show()
    window.show_opening(Path("/nowhere/penguins"))
    error = InvalidError("'penguins' is not a workspace", hint="Run studio init")
    window.show_failure(error, lambda: tried.append(1))
    texts = [one.text() for one in window.stack.findChildren(QPushButton)]
    assert texts == ["Try again", "Open folder"]
    button_named(window.stack, "Try again").click()
    assert tried == [1]


# -- the door and the display ------------------------------------------------------


def test_that_a_second_launch_raises_the_first_and_says_what_to_open(
    tmp_path: Path, qtbot: QtBot
) -> None:
    first, heard = Door(tmp_path), []
    assert first.enter()
    first.knocked.connect(heard.append)
    code = (
        "import sys; from pathlib import Path\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "from studio.gui.single_instance import Door\n"
        "app = QCoreApplication([])\n"
        "sys.exit(0 if not Door(Path(sys.argv[1])).enter(['open', 'runs']) else 1)\n"
    )
    second = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=20_000)
    assert second.returncode == 0
    qtbot.waitUntil(lambda: heard == [["open", "runs"]])
    other = Door(tmp_path / "other")
    assert other.enter(), "another workspace has a door of its own"
    other.leave()
    first.leave()
    assert Door(tmp_path).enter()


def test_that_no_display_is_said_in_one_line() -> None:
    said = display.problem({})
    assert said is not None
    assert "\n" not in said
    assert "DISPLAY" in said
    assert display.no_display({})


def test_that_a_display_nobody_serves_is_noticed() -> None:
    said = display.problem({"DISPLAY": ":987"})
    assert said is not None
    assert ":987" in said


def test_that_missing_libraries_give_the_line_that_installs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(display._LIBRARIES, "libnowhere.so.7", "libnowhere7")
    said = display.problem({"DISPLAY": ":987"})
    assert said is not None
    assert said.endswith("sudo apt-get install -y libnowhere7")
    assert not display.no_display({"DISPLAY": ":987"})


def test_that_the_display_is_looked_at_without_importing_qt() -> None:
    code = (
        "import sys; from studio.gui import display; display.problem()\n"
        "sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_that_the_first_paint_needs_no_heavy_library(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from studio.gui.app import run_window
HEAVY = ("sqlmodel", "sqlalchemy", "pandas", "numpy", "pyqtgraph", "mlflow", "yaml")
found = []
def painted():
    found.extend(name for name in HEAVY if name in sys.modules)
    print("heavy", found)
def opened(folder):
    from studio.bootstrap import create_workspace
    return create_workspace(folder)
sys.exit(run_window(Path(sys.argv[1]), opened, on_painted=painted,
                    on_ready=lambda window: window.leaving.close_now()))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "w")],
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "heavy []" in done.stdout
    assert "Traceback" not in done.stderr


def test_that_the_window_does_not_wait_for_the_code_of_its_first_page(
    tmp_path: Path,
) -> None:
    code = """
import sys, threading
from pathlib import Path
from studio.gui.app import run_window
from studio.gui.page import PageSpec
load, threads = PageSpec.load, []
def noted(spec):
    known = "studio.gui.designer.page" in sys.modules
    here = threading.current_thread() is threading.main_thread()
    threads.append((spec.id, here, known))
    return load(spec)
PageSpec.load = noted
def opened(folder):
    from studio.bootstrap import create_workspace
    return create_workspace(folder)
def ready(window):
    print(threads)
    window.leaving.close_now()
sys.exit(run_window(Path(sys.argv[1]), opened, page="pipelines", on_ready=ready))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "w")],
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    in_a_worker, in_the_window = ("pipelines", False, False), ("pipelines", True, True)
    assert done.stdout.strip() == str([in_a_worker, in_the_window])


def test_that_sigterm_closes_an_idle_window_and_harms_no_file(tmp_path: Path) -> None:
    """A wake-up socket that was closed too soon once wrote into the database."""
    import signal

    code = """
import sys
from pathlib import Path
from studio.gui.app import run_window
def opened(folder):
    from studio.bootstrap import create_workspace
    return create_workspace(folder)
sys.exit(run_window(Path(sys.argv[1]), opened,
                    on_ready=lambda window: print("ready", flush=True)))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "w")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    process.stdout.close()
    database = (tmp_path / "w" / "studio.db").read_bytes()
    assert database.startswith(b"SQLite format 3\0")


def test_that_an_idle_window_takes_no_processor_time(tmp_path: Path) -> None:
    code = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from studio.gui.app import run_window
def opened(folder):
    from studio.bootstrap import create_workspace
    return create_workspace(folder)
def ready(window):
    def measure():
        used = time.process_time()
        def end():
            print(time.process_time() - used)
            window.leaving.close_now()
        QTimer.singleShot(2000, end)
    QTimer.singleShot(3000, measure)
sys.exit(run_window(Path(sys.argv[1]), opened, on_ready=ready))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "w")],
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 0.4, "seconds of processor in two seconds"
