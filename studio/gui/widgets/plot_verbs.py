"""What can be done with a plot: copied and saved as a picture, shown as a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from studio.gui.widgets.plot_readout import Cells, Reading
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.gui.widgets.metric_plot import MetricPlot

SCALE = 2.0


def plot_menu(plot: MetricPlot, told: Callable[[str], object]) -> QMenu:
    """Copy, save, turn into a table and back."""
    menu = QMenu(plot)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction("Copy as picture").triggered.connect(lambda: copy_picture(plot))
    menu.addAction("Save as…").triggered.connect(lambda: ask_and_save(plot, told))
    turn = "Show as plot" if plot.is_table else "Show as table"
    menu.addAction(turn).triggered.connect(lambda: plot.show_table(not plot.is_table))
    return menu


def picture_of(widget: QWidget) -> QPixmap:
    """A widget as it is drawn, twice as fine as on the screen."""
    pixmap = QPixmap(widget.size() * SCALE)
    pixmap.setDevicePixelRatio(SCALE)
    widget.render(pixmap)
    return pixmap


def copy_picture(plot: MetricPlot) -> None:
    QGuiApplication.clipboard().setPixmap(picture_of(plot.frame))


def ask_and_save(plot: MetricPlot, told: Callable[[str], object]) -> None:
    """Ask where, then write a PNG or an SVG."""
    dialog = QFileDialog(plot.window(), "Save plot", f"{plot.title or 'Plot'}.png")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(["PNG picture (*.png)", "SVG picture (*.svg)"])
    dialog.setDefaultSuffix("png")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda chosen: told(save(plot, Path(chosen))))
    dialog.open()


def save(plot: MetricPlot, file: Path) -> str:
    """Write it in the format that the name ends in; "" or why that failed."""
    if file.suffix.lower() == ".svg":
        return _save_svg(plot.frame, file)
    if picture_of(plot.frame).save(str(file)):
        return ""
    return f"{file.name} can't be written there. Choose another folder or name."


def _save_svg(widget: QWidget, file: Path) -> str:
    from PySide6.QtSvg import QSvgGenerator

    generator = QSvgGenerator()
    generator.setFileName(str(file))
    generator.setSize(widget.size())
    generator.setViewBox(QRect(QPoint(0, 0), QSize(widget.size())))
    painter = QPainter()
    if not painter.begin(generator):
        return f"{file.name} can't be written there. Choose another folder or name."
    widget.render(painter, QPoint())
    painter.end()
    return ""


def table_of(reading: Reading) -> DataTable[tuple[int, Cells]]:
    """Every point of a plot in a row of its own."""

    def cell(place: int) -> Callable[[tuple[int, Cells]], Any]:
        return lambda one: one[1][place] if place < len(one[1]) else ""

    def rank(place: int) -> Callable[[tuple[int, Cells]], Any]:
        return lambda one: _number(one[1][place])

    columns: list[Column[tuple[int, Cells]]] = [
        Column(
            name or "Name",
            cell(place),
            width=130,
            sort_key=rank(place),
        )
        for place, name in enumerate(reading.columns)
    ]
    columns.append(Column("", lambda _: "", width=20))
    model = RowsModel(columns, key=lambda one: one[0])
    model.set_rows(list(enumerate(reading.rows())))
    table = DataTable(model)
    table.setAccessibleName("Values of the plot")
    table.set_empty_text("The plot shows no values")
    return table


def _number(text: str) -> Any:
    try:
        return float(text.replace(",", "").removesuffix(" %"))
    except ValueError:
        return text
