"""The left side: components by category, searched, dragged out or added by Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSize,
    QSortFilterProxyModel,
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
from studio.gui.designer.habits import Habits
from studio.gui.designer.items.node_item import card_picture
from studio.gui.designer.palette_rows import (
    COMPONENT,
    STAR_ROOM,
    PaletteDelegate,
    hits_of,
    words_of,
)
from studio.gui.designer.view import COMPONENT_TYPE
from studio.gui.theme.icons import icon
from studio.gui.theme.theme import theme
from studio.gui.widgets.basics import column, wrap_in
from studio.gui.widgets.panel import Panel

WIDTH = 232
FAVOURITES, LATEST = "Favourites", "Used lately"
_ORDER = (
    "Data",
    "Prepare",
    "Feature selection",
    "Train",
    "Clustering",
    "Anomaly detection",
    "Tune",
    "Text",
    "Image",
    "Evaluate",
    "Deploy",
    "Python and SQL",
)


class ComponentPalette(Panel):
    """`chosen(component)` asks to add one at the middle of the view."""

    chosen = Signal(object)
    hidden_wanted = Signal()

    def __init__(self, habits: Habits, parent: QWidget | None = None) -> None:
        super().__init__("Components", side="plain", parent=parent)
        self._habits = habits
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setAccessibleName("Search components")
        self.search.installEventFilter(self)
        self.tree = _Tree()
        self._rows = QStandardItemModel(self)
        self._found = _Found(self)
        self._found.setSourceModel(self._rows)
        self.tree.setModel(self._found)
        self.tree.setItemDelegate(
            PaletteDelegate(self.search.text, self._is_favourite, self.tree)
        )
        self.tree.chosen.connect(self.chosen)
        self.tree.starred.connect(habits.flip_favourite)
        self.tree.left.connect(self._show_shelf)
        self.tree.is_favourite = self._is_favourite
        habits.changed.connect(self._show_shelf)
        self.search.textChanged.connect(self._filter)
        self._components: tuple[Component, ...] = ()
        theme().changed.connect(self._dress)
        self._dress()
        inner = column(self.search, gap=8, margins=(12, 12, 12, 0))
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
        self._rows.clear()
        for category in _categories(components):
            head = _head(category)
            for component in components:
                if component.category == category:
                    head.appendRow(_row(component))
            self._rows.appendRow(head)
        self._show_shelf()
        self.tree.expandAll()

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
                head = _head(title)
                head.appendRows([_row(component) for component in shown])
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
                if index.data(COMPONENT).name == name:
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


class _Found(QSortFilterProxyModel):
    """Components whose name, synonyms, category or ports hold every word."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self.setRecursiveFilteringEnabled(True)

    def set_words(self, text: str) -> None:
        self.beginFilterChange()
        self._words = text.casefold().split()
        self.endFilterChange()

    def filterAcceptsRow(
        self, row: int, parent: QModelIndex | QPersistentModelIndex
    ) -> bool:
        component = self.sourceModel().index(row, 0, parent).data(COMPONENT)
        if component is None:
            return False
        if self._words and str(QModelIndex(parent).data()) in (FAVOURITES, LATEST):  # type: ignore[arg-type]
            return False  # it is found in its category
        text = words_of(component)
        return all(hits_of(word, text) for word in self._words)


class _Tree(QTreeView):
    chosen = Signal(object)
    starred = Signal(str)
    left = Signal()

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
        self.doubleClicked.connect(lambda _: self.choose())

    def choose(self) -> None:
        """Ask for the current component."""
        component = self.currentIndex().data(COMPONENT)
        if component is not None:
            self.chosen.emit(component)

    def select_first(self) -> None:
        """Make the first component current."""
        head = self.model().index(0, 0)
        first = self.model().index(0, 0, head)
        if first.isValid():
            self.setCurrentIndex(first)

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
            self.choose()
        else:
            super().keyPressEvent(event)

    def startDrag(self, actions: Qt.DropAction) -> None:
        component = self.currentIndex().data(COMPONENT)
        if component is not None:
            drag_of(component, self, self.zoom()).exec(Qt.DropAction.CopyAction)

    def _fold(self, index: QModelIndex) -> None:
        if index.isValid() and index.data(COMPONENT) is None:
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


def _categories(components: Sequence[Component]) -> list[str]:
    found = dict.fromkeys(component.category for component in components)
    known = [name for name in _ORDER if name in found]
    return known + sorted(name for name in found if name not in _ORDER)


def names_of(components: Sequence[Component]) -> list[str]:
    return [component.name for component in components]


def _names_under(head: QStandardItem) -> list[str]:
    rows = range(head.rowCount())
    return names_of([head.child(row).data(COMPONENT) for row in rows])


def _head(category: str) -> QStandardItem:
    head = QStandardItem(category)
    head.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    head.setSizeHint(QSize(0, 28))
    return head


def _row(component: Component) -> QStandardItem:
    item = QStandardItem(component.title)
    item.setData(component, COMPONENT)
    item.setToolTip(component.description or component.title)
    item.setFlags(
        Qt.ItemFlag.ItemIsEnabled
        | Qt.ItemFlag.ItemIsSelectable
        | Qt.ItemFlag.ItemIsDragEnabled
        | Qt.ItemFlag.ItemNeverHasChildren
    )
    return item
