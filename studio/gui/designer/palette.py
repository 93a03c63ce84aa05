"""The left side: components by category, searched, dragged out or added by Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QKeyEvent,
    QMouseEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QMenu, QTreeView, QWidget

from studio.domain.component import Component
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.gui.designer.cards import card_of
from studio.gui.designer.drops import COMPONENT_TYPE
from studio.gui.designer.habits import Habits
from studio.gui.designer.items.node_item import card_picture
from studio.gui.designer.palette_items import (
    broken_row,
    categories,
    component_row,
    head_row,
)
from studio.gui.designer.palette_rows import (
    BROKEN,
    COMPONENT,
    STAR_ROOM,
    PaletteDelegate,
)
from studio.gui.designer.palette_search import PaletteSearch
from studio.gui.theme.icons import icon
from studio.gui.theme.theme import theme
from studio.gui.widgets.basics import column, wrap_in
from studio.gui.widgets.panel import Panel
from studio.services.components.service import BrokenComponent

WIDTH = 232
FAVOURITES, LATEST, UNUSABLE = "Favourites", "Used lately", "Can't be used"
EDIT, COPY_TO_EDIT = "Edit component", "Make a copy of your own to edit"


class ComponentPalette(Panel):
    """`chosen(component)` asks to add one at the middle of the view."""

    chosen = Signal(object)
    hidden_wanted = Signal()
    broken_chosen = Signal(object)
    """One that can't be used: a BrokenComponent."""
    edit_wanted = Signal(object)
    """A component's files are to be edited."""

    def __init__(self, habits: Habits, parent: QWidget | None = None) -> None:
        super().__init__(side="plain", parent=parent)
        self._habits = habits
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setAccessibleName("Search components")
        self.search.installEventFilter(self)
        self.tree = _Tree()
        self._rows = QStandardItemModel(self)
        self._found = PaletteSearch(habits, (FAVOURITES, LATEST), self)
        self._found.setSourceModel(self._rows)
        self.tree.setModel(self._found)
        self.tree.setItemDelegate(
            PaletteDelegate(self.search.text, self._is_favourite, self.tree)
        )
        self.tree.chosen.connect(self.chosen)
        self.tree.broken_chosen.connect(self.broken_chosen)
        self.tree.edit_wanted.connect(self.edit_wanted)
        self.tree.starred.connect(habits.flip_favourite)
        self.tree.left.connect(self._show_shelf)
        self.tree.is_favourite = self._is_favourite
        habits.changed.connect(self._show_shelf)
        self.search.textChanged.connect(self._filter)
        self._components: tuple[Component, ...] = ()
        self._broken: tuple[BrokenComponent, ...] = ()
        theme().changed.connect(self._dress)
        self._dress()
        inner = column(gap=8, margins=(4, 12, 0, 0))  # names need the room
        inner.addLayout(column(self.search, margins=(8, 0, 12, 0)))
        inner.addWidget(self.tree, 1)
        self.set_content(wrap_in(inner))

    def set_components(self, components: Sequence[Component]) -> None:
        """Show these; folded categories stay folded."""
        if tuple(components) == self._components:
            self._show_shelf()
            return
        self._components = tuple(components)
        count = len(components)
        self.search.setPlaceholderText(f"Search {count} components")
        self._fill()

    def set_broken(self, broken: Sequence[BrokenComponent]) -> None:
        """List these above the categories: nothing is missing without a word."""
        if tuple(broken) != self._broken:
            self._broken = tuple(broken)
            self._fill()

    def _fill(self) -> None:
        """All rows anew; what was folded, current and in view stays so."""
        folded, at = self.tree.folded(), self.tree.verticalScrollBar().value()
        current = self.tree.currentIndex().data(COMPONENT)
        self._rows.clear()
        if self._broken:
            head = head_row(UNUSABLE)
            head.appendRows([broken_row(broken) for broken in self._broken])
            self._rows.appendRow(head)
        for category in categories(self._components):
            head = head_row(category)
            for component in self._components:
                if component.category == category:
                    head.appendRow(component_row(component))
            self._rows.appendRow(head)
        self._show_shelf()
        self.tree.expandAll()
        self.tree.fold(folded)
        if current is not None:
            self.tree.setCurrentIndex(self.index_of(current.name))
        self.tree.verticalScrollBar().setValue(at)

    def _show_shelf(self) -> None:
        """Favourites and the latest used stand above the categories.

        The latest are shown when the pointer has left: rows don't jump under a hand.
        """
        known = {component.name: component for component in self._components}
        shelf = (
            (FAVOURITES, self._habits.favourites),
            (LATEST, self._habits.recent),
        )
        at = 0
        for title, names in shelf:
            row = self._shelf_row(title)
            shown = [known[name] for name in names if name in known]
            if row is not None and _names_under(self._rows.item(row)) != names_of(
                shown
            ):
                self._rows.removeRow(row)
                row = None
            if row is None and shown:
                head = head_row(title)
                head.appendRows([component_row(component) for component in shown])
                self._rows.insertRow(at, head)
                self.tree.expand(self._found.index(at, 0))
            at += bool(shown)
        self.tree.viewport().update()

    def _shelf_row(self, title: str) -> int | None:
        rows = range(min(2, self._rows.rowCount()))
        return next((r for r in rows if self._rows.item(r).text() == title), None)

    def _is_favourite(self, name: str) -> bool:
        return name in self._habits.favourites

    def follow_zoom(self, zoom: Callable[[], float]) -> None:
        """Dragged cards are as large as the canvas would draw them."""
        self.tree.zoom = zoom

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def index_of(self, name: str) -> QModelIndex:
        """The shown row of a component; invalid if it is filtered away."""
        for category in range(self._found.rowCount()):
            head = self._found.index(category, 0)
            for number in range(self._found.rowCount(head)):
                index = self._found.index(number, 0, head)
                found = index.data(COMPONENT)
                if found is not None and found.name == name:
                    return index
        return QModelIndex()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._search_key(event)
        return super().eventFilter(watched, event)

    def _search_key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Down:
                self.tree.setFocus()
                self.tree.select_first()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.tree.select_first()
                self.tree.choose()
            case Qt.Key.Key_Escape:
                self.search.clear()
            case _:
                return False
        return True

    def _filter(self, text: str) -> None:
        self._found.set_words(text)
        self.tree.expandAll()
        if text:
            self.tree.select_first()

    def _dress(self) -> None:
        for action in self.search.actions():
            if action.objectName() == "glass":
                self.search.removeAction(action)
        glass = self.search.addAction(
            icon("magnifying-glass", "text3", 16),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        glass.setObjectName("glass")


class _Tree(QTreeView):
    chosen = Signal(object)
    starred = Signal(str)
    left = Signal()
    broken_chosen = Signal(object)
    edit_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.zoom: Callable[[], float] = lambda: 1.0
        self.is_favourite: Callable[[str], bool] = lambda _: False
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Components")
        self.clicked.connect(self._fold)
        self.doubleClicked.connect(self._choose_usable)

    def choose(self) -> None:
        """Ask for the current component, or what is wrong with it."""
        component = self.currentIndex().data(COMPONENT)
        if component is not None:
            self.chosen.emit(component)
        elif (broken := self.currentIndex().data(BROKEN)) is not None:
            self.broken_chosen.emit(broken)

    def _choose_usable(self, index: QModelIndex) -> None:
        if index.data(COMPONENT) is not None:  # else the first click has told
            self.choose()

    def select_first(self) -> None:
        """Make the first component current."""
        heads = (self.model().index(row, 0) for row in range(self.model().rowCount()))
        firsts = [self.model().index(0, 0, head) for head in heads]
        usable = [first for first in firsts if first.data(COMPONENT) is not None]
        for first in (usable or firsts)[:1]:
            self.setCurrentIndex(first)

    def folded(self) -> set[str]:
        """The titles of closed categories."""
        heads = [self.model().index(row, 0) for row in range(self.model().rowCount())]
        return {str(head.data()) for head in heads if not self.isExpanded(head)}

    def fold(self, titles: set[str]) -> None:
        """Close categories."""
        for row in range(self.model().rowCount()):
            head = self.model().index(row, 0)
            if str(head.data()) in titles:
                self.collapse(head)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        component = index.data(COMPONENT)
        if component is not None and event.position().x() < STAR_ROOM:
            self.starred.emit(component.name)
            return
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        component = self.currentIndex().data(COMPONENT)
        if component is not None:
            menu = self.menu(component)
            menu.popup(event.globalPos())

    def menu(self, component: Component) -> QMenu:
        """What can be done with a row."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Add to the pipeline", lambda: self.chosen.emit(component))
        starred = self.is_favourite(component.name)
        words = "Remove from favourites" if starred else "Add to favourites"
        menu.addAction(words, lambda: self.starred.emit(component.name))
        if component.source is not None and component.pipeline is None:
            edit = COPY_TO_EDIT if component.built_in else EDIT
            menu.addAction(edit, lambda: self.edit_wanted.emit(component))
        return menu

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        component = self.currentIndex().data(COMPONENT)
        if event.key() == Qt.Key.Key_Asterisk and component is not None:
            self.starred.emit(component.name)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().data(COMPONENT) is None:
                self._fold(self.currentIndex())
            else:
                self.choose()
        else:
            super().keyPressEvent(event)

    def startDrag(self, actions: Qt.DropAction) -> None:
        component = self.currentIndex().data(COMPONENT)
        if component is not None:
            drag_of(component, self, self.zoom()).exec(Qt.DropAction.CopyAction)

    def _fold(self, index: QModelIndex) -> None:
        if index.data(BROKEN) is not None:
            self.broken_chosen.emit(index.data(BROKEN))
        elif index.isValid() and index.data(COMPONENT) is None:
            self.setExpanded(index, not self.isExpanded(index))


def drag_of(component: Component, source: QWidget, zoom: float = 1.0) -> QDrag:
    """A drag that carries a component; its picture is the card it will be."""
    drag = QDrag(source)
    data = QMimeData()
    data.setData(COMPONENT_TYPE, QByteArray(component.reference.encode()))
    data.setText(component.title)
    drag.setMimeData(data)
    node = Node("ghost", "ghost", component, display_name=component.title)
    card = card_of(Pipeline(""), node, component)
    picture = card_picture(card, zoom, source.devicePixelRatioF())
    drag.setPixmap(picture)
    size = picture.deviceIndependentSize()
    drag.setHotSpot(QPoint(round(size.width() / 2), round(size.height() / 2)))
    return drag


def names_of(components: Sequence[Component]) -> list[str]:
    return [component.name for component in components]


def _names_under(head: QStandardItem) -> list[str]:
    rows = range(head.rowCount())
    return names_of([head.child(row).data(COMPONENT) for row in rows])
