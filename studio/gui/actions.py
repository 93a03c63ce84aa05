"""Every verb a person can use is one record, registered once with the window.

    Action("run.start", "Run", icon="play", shortcut="Ctrl+Return", category="Run",
           callback=self.run, enabled=lambda: self.can_run)

From that come its QAction, its place in the menus and in the command palette.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QPushButton, QWidget

from studio.gui.theme.icons import set_icon
from studio.gui.widgets.basics import ButtonKind, give_icon, in_menu

MENUS = ("File", "Edit", "View", "Run", "Help")
SUBMENUS = {
    "go": "Go to",
    "theme": "Appearance",
    "text": "Appearance",
    "canvas": "Canvas",
    "panel": "Panels",
    "compose": "Pipelines in pipelines",
    "find": "Find",
    "wires": "Connections",
}
"""By the first part of an action's id: a menu has to fit onto a small screen."""


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Action:
    """A verb. `category` is a menu's name; `enabled` is asked when it matters.

    `checked` (if given) makes it a switch. `menu` False keeps it out of the menus,
    never out of the palette. `role` is a QAction.MenuRole name such as "QuitRole".
    """

    id: str
    text: str
    icon: str = ""
    shortcut: str | QKeySequence.StandardKey = ""
    category: str = "View"
    callback: Callable[[], object] = _always
    enabled: Callable[[], bool] = _always
    checked: Callable[[], bool] | None = None
    menu: bool = True
    role: str = ""


class Actions(QObject):
    """All actions of a window. Those of a page sleep while it is not shown."""

    changed = Signal()
    focus_freed = Signal()
    """A button that was in use has become disabled: the focus wants a place."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.keys_of: Callable[[Action], list[QKeySequence]] = own_keys_of
        self._records: dict[str, Action] = {}
        self._made: dict[str, QAction] = {}
        self._page_of: dict[str, str] = {}
        self._page = ""

    def add(self, action: Action, page: str = "") -> QAction:
        """Register an action. Raises ValueError if its id is taken."""
        if action.id in self._records:
            raise ValueError(f"The action '{action.id}' is registered twice")
        made = self._make(action)
        self._records[action.id] = action
        self._made[action.id] = made
        self._page_of[action.id] = page
        made.setVisible(page in ("", self._page))
        self._window.addAction(made)
        return made

    def extend(self, actions: Iterable[Action], page: str = "") -> None:
        """Register many actions and tell the menus."""
        for action in actions:
            self.add(action, page)
        if page in ("", self._page):  # those of a page that sleeps are in no menu
            self.changed.emit()

    def get(self, action_id: str) -> QAction:
        """The QAction of an id. Raises KeyError if there is none."""
        self._draw(self._records[action_id])
        return self._made[action_id]

    def show_page(self, page: str) -> None:
        """Wake the actions of a page and send those of the others to sleep."""
        self._page = page
        for action_id, made in self._made.items():
            made.setVisible(self._page_of[action_id] in ("", page))
        self.refresh()
        self.changed.emit()

    def remove_pages(self) -> None:
        """Forget the actions of all pages, which are about to be deleted."""
        for action_id in [one for one, page in self._page_of.items() if page]:
            made = self._made.pop(action_id)
            self._window.removeAction(made)
            made.deleteLater()
            del self._records[action_id], self._page_of[action_id]
        self._page = ""
        self.changed.emit()

    def refresh(self) -> None:
        """Ask every action whether it is enabled and checked now."""
        for action_id, record in self._records.items():
            made = self._made[action_id]
            made.setEnabled(record.enabled())
            if record.checked is not None:
                made.setChecked(record.checked())

    def records(self) -> list[Action]:
        """The actions that can be reached now, in the order they were added."""
        return [
            record
            for action_id, record in self._records.items()
            if self._made[action_id].isVisible()
        ]

    def listed(self) -> list[tuple[Action, str]]:
        """All actions with the page each belongs to ("" for the window's own)."""
        return [(record, self._page_of[i]) for i, record in self._records.items()]

    def holders(self, keys: QKeySequence, wanting: str) -> list[Action]:
        """Other actions with these keys, where an action could be reached too."""
        page = self._page_of[wanting]
        return [
            record
            for record, other in self.listed()
            if record.id != wanting
            and keys in self._made[record.id].shortcuts()
            and ("" in (page, other) or page == other)
        ]

    def renew_keys(self, action_id: str) -> None:
        """An action's keys are others now."""
        made = self._made[action_id]
        made.setShortcuts(self.keys_of(self._records[action_id]))

    def button(
        self, action_id: str, *, kind: ButtonKind = "text", icon_only: bool = False
    ) -> QPushButton:
        """A push button for an action; it follows its state."""
        record, made = self._records[action_id], self._made[action_id]
        pushed = _ActionButton(made, self.focus_freed.emit)
        pushed.setText("" if icon_only else record.text)
        pushed.setProperty("kind", kind)
        pushed.setAccessibleName(record.text)
        if record.icon:
            give_icon(pushed, record.icon, kind)
        return pushed

    def fill(self, bar: QMenuBar) -> None:
        """Build the menus of a menu bar again; one with nothing in it stays out."""
        for old in bar.actions():
            bar.removeAction(old)
            if isinstance(menu := old.menu(), QMenu):
                menu.deleteLater()
        for title in MENUS:
            records = [
                one for one in self.records() if one.category == title and one.menu
            ]
            if records:
                records.sort(key=lambda one: one.role == "QuitRole")
                self._fill_menu(bar.addMenu(f"&{title}"), records)

    def _fill_menu(self, menu: QMenu, records: list[Action]) -> None:
        menu.aboutToShow.connect(self.refresh)
        menu.aboutToShow.connect(partial(self._draw, *records))
        group = ""
        below: dict[str, QMenu] = {}
        for record in records:
            kind = record.id.split(".")[0]
            title = SUBMENUS.get(kind, "")
            if title and title not in below:
                below[title] = menu.addMenu(title)
            prefix = f"{self._page_of[record.id]}/{'' if title else kind}"
            if not title and group and prefix != group:
                menu.addSeparator()
            group = prefix if not title else group
            below.get(title, menu).addAction(self._made[record.id])

    def _make(self, action: Action) -> QAction:
        made = QAction(in_menu(action.text), self._window)
        made.setObjectName(action.id)
        made.setShortcuts(self.keys_of(action))
        made.setCheckable(action.checked is not None)
        # In a menu the check mark stands where the icon would.
        made.setIconVisibleInMenu(action.checked is None)
        made.setMenuRole(
            QAction.MenuRole[action.role] if action.role else QAction.MenuRole.NoRole
        )
        made.triggered.connect(lambda: self._trigger(action))
        return made

    def _draw(self, *records: Action) -> None:
        """Give actions their icons before they are seen: of most, none ever is."""
        for record in records:
            made = self._made[record.id]
            if record.icon and made.icon().isNull():
                set_icon(made, record.icon, "text2", 18)

    def _trigger(self, action: Action) -> None:
        action.callback()
        self.refresh()


def own_keys_of(action: Action) -> list[QKeySequence]:
    """The keys that an action comes with."""
    if isinstance(action.shortcut, QKeySequence.StandardKey):
        return QKeySequence.keyBindings(action.shortcut)
    return [QKeySequence(action.shortcut)] if action.shortcut else []


class _ActionButton(QPushButton):
    """A button that is its action: same state, same effect."""

    def __init__(self, action: QAction, freed: Callable[[], object]) -> None:
        super().__init__()
        self._action, self._freed = action, freed
        self.setAutoDefault(False)
        self.setCheckable(action.isCheckable())
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        enabled = self._action.isEnabled()
        if self.hasFocus() and not enabled:
            self._freed()  # else it falls on whatever the window has next
        self.setEnabled(enabled)
        self.setChecked(self._action.isChecked())
        self.setToolTip(_tip(self._action))


def _tip(action: QAction) -> str:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{action.text()} ({keys})" if keys else action.text()
