"""The way from the outermost pipeline to the one on the canvas."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from studio.gui.widgets.basics import button, label


class Trail(QFrame):
    """`chosen(number)` asks to go back to a pipeline on the way."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "header")
        self.setAccessibleName("Way to this pipeline")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 2, 8, 2)
        self._row.setSpacing(2)
        self.hide()

    def show_way(self, around: Sequence[str], here: str) -> None:
        """The pipelines around, the outermost first; none hides the trail."""
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, title in enumerate(around):
            made = button(title, kind="text", tip=f"Back to {title}")
            made.clicked.connect(lambda *_, n=number: self.chosen.emit(n))
            self._row.addWidget(made)
            self._row.addWidget(label("›", "muted"))
            self._row.addSpacing(8)
        self._row.addWidget(label(here, "title"))
        self._row.addStretch(1)
        self.setVisible(bool(around))
