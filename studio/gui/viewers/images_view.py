"""Images as a grid of thumbnails; Enter opens one, arrows then go to its neighbours.

They are decoded by the process that reads tables: what comes here are pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QListView, QStackedWidget, QWidget

from studio.domain.picture import Picture
from studio.gui.tasks import Tasks
from studio.gui.theme import fonts
from studio.gui.theme.theme import theme, tokens
from studio.services.tables.service import Table, TableService

THUMB, CELL_EXTRA, BIG, AT_ONCE, KEPT = 112, 34, 1600, 12, 400
Index = QModelIndex | QPersistentModelIndex
Reads = Callable[[int, int, int], Sequence[Picture]]
"""(first, count, size) -> pictures; called in a worker thread."""


@dataclass(frozen=True)
class Gallery:
    """What is shown: how many, what each is called, and how some are read."""

    count: int
    name: Callable[[int], str]
    read: Reads


def gallery_of_files(tables: TableService, base: Path, files: list[Path]) -> Gallery:
    """Image files, named by their path within a folder."""

    def name(number: int) -> str:
        file = files[number]
        return file.name if file == base else file.relative_to(base).as_posix()

    def read(first: int, count: int, size: int) -> Sequence[Picture]:
        return tables.pictures(files[first : first + count], size)

    return Gallery(len(files), name, read)


def gallery_of_column(table: Table, column: int, rows: int) -> Gallery:
    """The images in a table's column, named by their row."""
    return Gallery(
        rows, lambda number: f"Row {number + 1:,}", partial(table.pictures, column)
    )


class Thumbnails(QAbstractListModel):
    """Asks for pictures as they come into view, a dozen at a time."""

    failed = Signal(object)

    def __init__(self, gallery: Gallery, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self.gallery, self._tasks = gallery, tasks
        self._kept: dict[int, Picture] = {}
        self._pixmaps: dict[int, QPixmap] = {}
        self._wanted: set[int] = set()
        self._busy = self._broken = False
        theme().changed.connect(self._redress)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self.gallery.count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        number = index.row()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.gallery.name(number)
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return self.words(number)
            case Qt.ItemDataRole.DecorationRole:
                return self._pixmap(number)
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        return None

    def words(self, number: int) -> str:
        """`cat.png, 640 × 480 pixels`, or why it can't be shown."""
        name, picture = self.gallery.name(number), self._kept.get(number)
        if picture is None:
            return name
        if picture.error:
            return f"{name} can't be shown: {picture.error}"
        return f"{name}, {picture.width:,} × {picture.height:,} pixels"

    def picture(self, number: int) -> Picture | None:
        return self._kept.get(number)

    def _pixmap(self, number: int) -> QPixmap:
        if (known := self._pixmaps.get(number)) is not None:
            return known
        picture = self._kept.get(number)
        if picture is None:
            self._want(number)
            return _blank("")
        made = _framed(picture) if not picture.error else _blank("can't be shown")
        self._pixmaps[number] = made
        return made

    def _redress(self) -> None:
        self._pixmaps.clear()

    def _want(self, number: int) -> None:
        if self._broken:
            return
        if not self._wanted and not self._busy:
            QTimer.singleShot(0, self, self._ask)
        self._wanted.add(number)

    def _ask(self) -> None:
        if self._busy or not self._wanted:
            return
        first = min(self._wanted)
        count = min(AT_ONCE, self.gallery.count - first)
        self._busy = True
        self._tasks.run(
            partial(self.gallery.read, first, count, THUMB),
            done=partial(self._take, first),
            failed=self._fail,
            owner=self,
        )

    def _take(self, first: int, pictures: Sequence[Picture]) -> None:
        self._busy = False
        for number, picture in enumerate(pictures, first):
            self._kept[number] = picture
            self._wanted.discard(number)
        self._wanted.discard(first)
        while len(self._kept) > KEPT:
            oldest = next(iter(self._kept))
            del self._kept[oldest]
            self._pixmaps.pop(oldest, None)
        last = first + max(1, len(pictures)) - 1
        self.dataChanged.emit(self.index(first), self.index(last))
        self._ask()

    def _fail(self, error: BaseException) -> None:
        self._busy, self._broken = False, True
        self._wanted.clear()
        self.failed.emit(error)


class BigImage(QWidget):
    """One image, as large as there is room for, never larger than it is."""

    left = Signal()
    turned = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._words = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Image")
        theme().changed.connect(self.update)

    def show_picture(self, picture: Picture | None, words: str) -> None:
        """A picture and what is said of it; None while it is read."""
        usable = picture is not None and not picture.error
        self._image = image_of(picture) if picture is not None and usable else None
        self._words = words
        self.setAccessibleDescription(words)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape | Qt.Key.Key_Backspace | Qt.Key.Key_Return:
                self.left.emit()
            case Qt.Key.Key_Left | Qt.Key.Key_Up:
                self.turned.emit(-1)
            case Qt.Key.Key_Right | Qt.Key.Key_Down:
                self.turned.emit(1)
            case _:
                super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: object) -> None:
        self.left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens().surface))
        area = self.rect().adjusted(12, 8, -12, -30)
        if self._image is not None:
            keep = Qt.AspectRatioMode.KeepAspectRatio
            size = self._image.size()
            if size.width() > area.width() or size.height() > area.height():
                size = size.scaled(area.size(), keep)
            left = area.left() + (area.width() - size.width()) // 2
            top = area.top() + (area.height() - size.height()) // 2
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRect(QPoint(left, top), size), self._image)
        painter.setPen(QColor(tokens().text2))
        painter.setFont(fonts.font(12))
        foot = self.rect().adjusted(12, self.height() - 28, -12, 0)
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignCenter), self._words)
        if self.hasFocus():
            painter.setPen(QColor(tokens().focus))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class ImagesView(QStackedWidget):
    """The grid, and one image large in its place."""

    failed = Signal(object)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._gallery: Gallery | None = None
        self.grid = QListView()
        self.grid.setViewMode(QListView.ViewMode.IconMode)
        self.grid.setResizeMode(QListView.ResizeMode.Adjust)
        self.grid.setMovement(QListView.Movement.Static)
        self.grid.setUniformItemSizes(True)
        self.grid.setIconSize(QSize(THUMB, THUMB))
        self.grid.setGridSize(QSize(THUMB + 20, THUMB + CELL_EXTRA))
        self.grid.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.grid.setAccessibleName("Images")
        self.grid.activated.connect(lambda index: self.open(index.row()))
        self.big = BigImage()
        self.big.left.connect(self.close_image)
        self.big.turned.connect(self._turn)
        self.addWidget(self.grid)
        self.addWidget(self.big)
        self.setFocusProxy(self.grid)

    def show_gallery(self, gallery: Gallery) -> None:
        """Thumbnails from the first one; a single image is large at once."""
        self._gallery = gallery
        old = self.grid.model()
        model = Thumbnails(gallery, self._tasks, self)
        model.failed.connect(self.failed)
        self.grid.setModel(model)
        if old is not None:
            old.deleteLater()
        self.setCurrentWidget(self.grid)
        self.setFocusProxy(self.grid)
        if gallery.count:
            self.grid.setCurrentIndex(model.index(0))
        if gallery.count == 1:
            self._show(gallery, 0)

    def open(self, number: int) -> None:
        """Show one image large, ready for the keyboard."""
        gallery = self._gallery
        if gallery is None or not 0 <= number < gallery.count:
            return
        self._show(gallery, number)
        self.big.setFocus()

    def _show(self, gallery: Gallery, number: int) -> None:
        self.grid.setCurrentIndex(self.grid.model().index(number, 0))
        self.big.show_picture(None, f"Reading {gallery.name(number)}")
        self.setCurrentWidget(self.big)
        self.setFocusProxy(self.big)
        self._tasks.run(
            partial(gallery.read, number, 1, BIG),
            done=partial(self._arrived, gallery, number),
            failed=self.failed.emit,
            owner=self,
        )

    def close_image(self) -> None:
        """Back to the grid, at the same image."""
        self.setCurrentWidget(self.grid)
        self.setFocusProxy(self.grid)
        self.grid.setFocus()

    def _turn(self, step: int) -> None:
        self.open(self.grid.currentIndex().row() + step)

    def _arrived(
        self, gallery: Gallery, number: int, pictures: Sequence[Picture]
    ) -> None:
        if gallery is not self._gallery or number != self.grid.currentIndex().row():
            return
        picture = pictures[0] if pictures else Picture(error="it is gone")
        name = gallery.name(number)
        words = f"{name} can't be shown: {picture.error}"
        if not picture.error:
            words = f"{name} · {picture.width:,} × {picture.height:,} pixels"
        if gallery.count > 1:
            words += f" · {number + 1:,} of {gallery.count:,}"
        self.big.show_picture(picture, words)


def image_of(picture: Picture) -> QImage:
    """Pixels as Qt has them, in memory of its own."""
    form = QImage.Format.Format_RGBA8888
    across, down = picture.shown_width, picture.shown_height
    return QImage(picture.rgba, across, down, across * 4, form).copy()


def _framed(picture: Picture) -> QPixmap:
    """In the middle of a square, so that names stand in line."""
    made = _blank("")
    painter = QPainter(made)
    left = (THUMB - picture.shown_width) // 2
    top = (THUMB - picture.shown_height) // 2
    painter.drawImage(left, top, image_of(picture))
    painter.end()
    return made


def _blank(words: str) -> QPixmap:
    made = QPixmap(THUMB, THUMB)
    made.fill(QColor(tokens().sunken))
    if words:
        painter = QPainter(made)
        painter.setPen(QColor(tokens().text3))
        painter.setFont(fonts.font(12))
        painter.drawText(made.rect(), int(Qt.AlignmentFlag.AlignCenter), words)
        painter.end()
    return made
