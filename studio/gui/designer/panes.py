"""The panes around the canvas, with the sizes that a person gave them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from studio.gui.designer.bottom.panel import HEIGHT as BOTTOM_HEIGHT
from studio.gui.designer.inspector.inspector import WIDTH as INSPECTOR_WIDTH
from studio.gui.designer.palette import WIDTH as PALETTE_WIDTH
from studio.gui.settings import Settings


class Panes(QSplitter):
    """Left, canvas above bottom, right; sizes are kept in the settings."""

    def __init__(
        self,
        left: QWidget,
        canvas: QWidget,
        bottom: QWidget,
        right: QWidget,
        settings: Settings,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._settings = settings
        self._middle = QSplitter(Qt.Orientation.Vertical)
        self._middle.addWidget(canvas)
        self._middle.addWidget(bottom)
        self._middle.setSizes([700, BOTTOM_HEIGHT])
        self._middle.setStretchFactor(0, 1)
        for part in (left, self._middle, right):
            self.addWidget(part)
        self.setSizes([PALETTE_WIDTH, 800, INSPECTOR_WIDTH])
        self.setStretchFactor(1, 1)
        left.setMinimumWidth(220)
        right.setMinimumWidth(252)
        bottom.setMinimumHeight(80)
        self._keep_sizes()

    def _keep_sizes(self) -> None:
        for name, splitter in self._splitters.items():
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
            splitter.restoreState(self._settings.state(f"designer/{name}"))
            splitter.splitterMoved.connect(self._remember_sizes)

    @property
    def _splitters(self) -> dict[str, QSplitter]:
        return {"middle": self._middle, "whole": self}

    def _remember_sizes(self) -> None:
        for name, splitter in self._splitters.items():
            self._settings.set(f"designer/{name}", splitter.saveState())
