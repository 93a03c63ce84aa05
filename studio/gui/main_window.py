"""The window: the frame at once, the workspace a moment later, pages on first visit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QStackedWidget, QWidget

from studio.domain.errors import StudioError, WorkspaceGoneError
from studio.gui.actions import Actions
from studio.gui.appearance import Appearance, above
from studio.gui.change_feed import ChangeFeed
from studio.gui.command_palette import CommandPalette
from studio.gui.errors import show_error
from studio.gui.frame import Rail, StatusBar, TopBar
from studio.gui.help_dialog import HelpDialog, copy_diagnostics
from studio.gui.keys import ChosenKeys
from studio.gui.keys_dialog import KeysDialog
from studio.gui.leaving import Leaving
from studio.gui.package_settings import open_package_settings
from studio.gui.page import Page, PageSpec
from studio.gui.pages import PAGES
from studio.gui.settings import Settings
from studio.gui.status import Facts, gather
from studio.gui.tab_order import move_focus
from studio.gui.tasks import Tasks
from studio.gui.theme.theme import Theme
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import column, row, wrap_in
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.hints import in_window
from studio.gui.widgets.toast import Toasts
from studio.gui.window_actions import window_actions
from studio.gui.window_services import Services
from studio.gui.workspace_verbs import recent_menu

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.events import Event

LEAST_WIDTH, LEAST_HEIGHT = 960, 600
FIRST_WIDTH, FIRST_HEIGHT = 1440, 900
STATUS_EVENTS = ("Run", "Step", "Endpoint", "Deployment")


class MainWindow(QMainWindow):
    """`painted` is emitted once, when the first frame is on the screen."""

    painted = Signal()
    ready = Signal()
    workspace_wanted = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        settings: Settings,
        theme: Theme,
        pages: Sequence[PageSpec] = PAGES,
    ) -> None:
        super().__init__()
        theme.dress(self)
        self.tasks, self.settings = tasks, settings
        self.studio: Studio | None = None
        self.folder = Path()
        self._specs = [spec for spec in pages if spec.exists]
        self._built: dict[str, Page] = {}
        self._buttons: dict[str, list[QWidget]] = {}
        self._page = ""
        self._was_painted = False
        self.services = Services(self)
        self.registry = Actions(self)
        self.keys = ChosenKeys(settings)
        self.registry.keys_of = self.keys.of
        self.appearance = Appearance(theme, settings)
        self._build_frame()
        self.palette_box = CommandPalette(self, self.registry, settings)
        self.toasts = Toasts(self.stack, self._toast_place)
        self.stack.currentChanged.connect(self.toasts.place)
        self.registry.focus_freed.connect(self._take_focus)
        self.feed = ChangeFeed(tasks, self)
        self.feed.arrived.connect(self._on_events)
        self.feed.gone.connect(self._show_gone)
        self.leaving = Leaving(self)
        self._register_actions()
        self._restore()

    # -- opening a workspace -------------------------------------------------------

    def show_opening(self, folder: Path) -> None:
        """Say that a workspace is being opened."""
        self.folder = folder
        self.top.set_heading("MLOps Studio", f"Opening {folder.name}…")
        self.status.set_fact("workspace", f"Opening {folder.name}…", str(folder))
        self.rail.set_ready(False)

    def show_failure(
        self, error: BaseException, retry: Callable[[], object] | None
    ) -> None:
        """Say why a workspace could not be opened."""
        message = getattr(error, "message", "") or "The workspace could not be opened"
        hint = in_window(getattr(error, "hint", "")) or "The details tell more"
        self.top.set_heading("MLOps Studio", "No workspace")
        self.status.set_fact("workspace", "No workspace")
        state = EmptyState("folder", message, f"{hint}.".replace("..", "."))
        again = ("Try again", retry) if retry is not None else None
        state.set_steps(again, ("Open folder", self.ask_for_folder))
        self._show_widget(state)
        if not hasattr(error, "hint"):
            show_error(self, error)

    def open(self, studio: Studio, page: str = "") -> None:
        """Show a workspace: pages, change feed, status."""
        self._forget_pages()
        self.studio, self.folder = studio, studio.workspace.root
        self.rail.set_ready(True)
        self.setWindowTitle(f"{studio.workspace.name} – MLOps Studio")
        self.feed.follow(studio)
        self.refresh_status()
        if (first := self.first_page(page)) is not None:
            self.open_page(first.id)
        self.ready.emit()

    def first_page(self, page: str = "") -> PageSpec | None:
        """What a workspace opens with: this page, or the last that was shown."""
        wanted = page or self.settings.text("window/page", "home")
        return max(self._specs, key=lambda spec: spec.id == wanted, default=None)

    def close_workspace(self) -> None:
        """Forget the workspace and its pages."""
        self.feed.stop()
        self.notice.hide()
        self._forget_pages()
        if self.studio is not None:
            self.studio.close()
        self.studio = None

    # -- pages ---------------------------------------------------------------------

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        return self._built.get(self._page)

    @property
    def page_ids(self) -> list[str]:
        return [spec.id for spec in self._specs]

    def pages(self) -> list[Page]:
        """The pages built so far."""
        return list(self._built.values())

    def open_page(self, page_id: str, **target: Any) -> None:
        """Show a page, building it at its first visit."""
        if self.studio is None or page_id not in self.page_ids:
            return
        before, self._page = self.page, page_id
        if before is not None and before.id != page_id:
            before.deactivated()
        self.rail.select(page_id)
        self.settings.set("window/page", page_id)
        try:
            page = self._built.get(page_id) or self._build_page(page_id)
        except Exception as error:
            self._show_broken(page_id, error)
            return
        self._show_page(page)
        if target:
            page.open_target(**target)

    def _take_focus(self) -> None:
        if self.page is not None:
            self.page.take_focus()

    def _toast_place(self) -> QWidget | None:
        return self.page.toast_place() if self.page is not None else None

    def _build_page(self, page_id: str) -> Page:
        assert self.studio is not None
        spec = next(spec for spec in self._specs if spec.id == page_id)
        page = spec.load()(self.studio, self.tasks, self.services)
        self._built[page_id] = page
        self.registry.extend(page.page_actions(), page_id)
        self._buttons[page_id] = list(page.top_bar_widgets())
        page.heading_changed.connect(lambda: self._show_heading(page))
        self.stack.addWidget(page)
        self.feed.fresh(page_id)
        return page

    def _show_page(self, page: Page) -> None:
        self.stack.setCurrentWidget(page)
        page.setFocus()  # else it falls on the rail's last button
        self.registry.show_page(page.id)
        self.top.set_buttons(self._buttons[page.id])
        self._show_heading(page)
        page.activated()
        missed = self.feed.take_missed(page.id)
        if missed is not None:
            page.refresh(missed)

    def _show_heading(self, page: Page) -> None:
        if page.id == self._page:
            self.top.set_heading(page.heading, page.caption)
            self.status.set_hints(page.key_hints)

    def _show_broken(self, page_id: str, error: BaseException) -> None:
        self.registry.show_page("")
        self.top.set_buttons([])
        self.top.set_heading(page_id.capitalize())
        state = EmptyState(
            "bug",
            "This page could not be shown",
            "The rest of the studio works. Copy the details and report them.",
            primary=("Try again", partial(self.open_page, page_id)),
            secondary=("Show details", partial(show_error, self, error)),
        )
        self._show_widget(state)

    def _show_widget(self, widget: QWidget) -> None:
        self.stack.addWidget(widget)
        self.stack.setCurrentWidget(widget)

    def _forget_pages(self) -> None:
        for page in self._built.values():
            page.put_away()
        self.registry.remove_pages()
        self.top.set_buttons([])
        for buttons in self._buttons.values():
            for one in buttons:
                one.deleteLater()
        self._buttons.clear()
        self._built.clear()
        self._page = ""
        while (old := self.stack.widget(0)) is not None:
            self.stack.removeWidget(old)
            old.deleteLater()

    # -- what changes --------------------------------------------------------------

    def _on_events(self, events: Sequence[Event]) -> None:
        if self.page is not None:
            self.feed.fresh(self._page)
            self.page.refresh(events)
        if any(event.type.startswith(STATUS_EVENTS) for event in events):
            self.refresh_status()

    def _show_gone(self, error: StudioError | None) -> None:
        """Say that the workspace isn't there; nothing is written until it is."""
        self.notice.setVisible(error is not None)
        if error is not None:
            fixes = (("Open folder…", self.ask_for_folder), ("Try again", self._again))
            self.notice.show_message("err", error.message, hint=error.hint, fixes=fixes)
            self._show_no_facts(error)
        else:
            self._again()

    def _again(self) -> None:
        self.refresh_status()
        if self.page is not None:
            self.page.refresh(())

    def refresh_status(self) -> None:
        """Read the facts of the status bar again."""
        if self.studio is not None:
            gathering = partial(gather, self.studio)
            self.tasks.run(
                gathering, done=self._show_facts, failed=self._show_no_facts, owner=self
            )

    def _show_facts(self, facts: Facts) -> None:
        self.status.set_fact("workspace", f"Workspace {facts.workspace}", facts.folder)
        self.status.set_fact("worker", facts.worker, "Runs on this computer")
        self.status.set_fact("gpu", f"GPU: {facts.gpu}")
        self.status.set_fact("database", facts.database)

    def _show_no_facts(self, error: BaseException) -> None:
        gone = isinstance(error, WorkspaceGoneError)
        text = "Workspace not there" if gone else "Database can't be read"
        self.status.set_fact("database", text, str(error), "err")

    # -- verbs of the window -------------------------------------------------------

    def ask_for_folder(self) -> None:
        """Choose another workspace with the system's dialog."""
        dialog = QFileDialog(self, "Open workspace", str(self.folder.parent))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.workspace_wanted.emit(Path(name)))
        dialog.open()

    def raise_window(self) -> None:
        """Come to the front, e.g. when it was launched again."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def _show_settings(self) -> None:
        self.registry.refresh()
        menu = self.appearance.menu(self, self.registry)
        menu.addSeparator()
        menu.addAction(self.registry.get("settings.packages"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(above(menu, self.rail.settings))

    def show_help(self) -> None:
        """List what can be done here, with the keys."""
        page = self.page
        title, more = (page.title, page.own_keys()) if page else ("the studio", ())
        HelpDialog(self.registry, title, self, more).open()

    def show_keys(self) -> None:
        """All commands with their keys, to be changed."""
        KeysDialog(self.registry, self.keys, self).open()

    def show_package_settings(self) -> None:
        """Where packages come from on this computer."""
        open_package_settings(self, self.tasks)

    def copy_diagnostics(self) -> None:
        """Put versions and screens on the clipboard."""
        copy_diagnostics()
        self.toasts.show("Copied the diagnostics", tone="ok")

    def flip_menu_bar(self) -> None:
        """Show or hide the menu bar, and remember it."""
        shown = not self.menuBar().isVisible()
        self.menuBar().setVisible(shown)
        self.settings.set("window/menu_bar", shown)

    def flip_full_screen(self) -> None:
        """Fill the screen, or stop doing so."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _register_actions(self) -> None:
        self.registry.extend(window_actions(self, self._specs))
        self.registry.get("workspace.recent").setMenu(recent_menu(self))
        self.registry.changed.connect(self._fill_menus)
        self._fill_menus()

    def _fill_menus(self) -> None:
        self.registry.fill(self.menuBar())

    # -- the frame itself ----------------------------------------------------------

    def _build_frame(self) -> None:
        self.setWindowTitle("MLOps Studio")
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.top, self.rail = TopBar(), Rail(self._specs)
        self.stack, self.status = QStackedWidget(), StatusBar()
        self.rail.picked.connect(self.open_page)
        self.rail.settings_wanted.connect(self._show_settings)
        middle = row(self.rail, gap=0)
        middle.addWidget(self.stack, 1)
        self.notice = Banner("err")
        self.notice.setContentsMargins(12, 8, 12, 8)
        self.notice.hide()
        whole = column(self.top, self.notice, gap=0)
        whole.addLayout(middle, 1)
        whole.addWidget(self.status)
        self.setCentralWidget(wrap_in(whole))
        self.top.installEventFilter(self)

    def _restore(self) -> None:
        geometry = self.settings.state("window/geometry")
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            room = self.screen().availableSize()
            width, height = room.width() - 40, room.height() - 60
            self.resize(min(FIRST_WIDTH, width), min(FIRST_HEIGHT, height))
        self.menuBar().setVisible(self.settings.flag("window/menu_bar", True))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._was_painted:
            self._was_painted = True
            self.top.removeEventFilter(self)
            QTimer.singleShot(0, self, self.painted.emit)
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.palette_box.hide()

    def focusNextPrevChild(self, forward: bool) -> bool:
        return move_focus(self, forward)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.leaving.may_close():
            event.ignore()
            return
        self.settings.set("window/geometry", self.saveGeometry())
        self.settings.save()
        self.close_workspace()
        event.accept()
