"""A label that gives way: what doesn't fit ends in an ellipsis and is in the tip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

LEAST, PART = 48, " · "


class ElidedLabel(QLabel):
    """One line of plain text; `text()` is always the whole."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Maximum, policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell()

    @property
    def shown(self) -> str:
        """What there is room for."""
        metrics, right = self.fontMetrics(), Qt.TextElideMode.ElideRight
        return metrics.elidedText(self.text(), right, self.contentsRect().width())

    def minimumSizeHint(self) -> QSize:
        whole = super().sizeHint()
        return QSize(min(LEAST, whole.width()), whole.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment()),
            self.palette(),
            self.isEnabled(),
            self.shown,
            QPalette.ColorRole.WindowText,
        )

    def _tell(self) -> None:
        self.setToolTip("" if self.shown == self.text() else self.text())


class WholePartsLabel(ElidedLabel):
    """Of parts between dots as many as there is room for, each of them whole."""

    @property
    def shown(self) -> str:
        parts = self.text().split(PART)
        room, metrics = self.contentsRect().width(), self.fontMetrics()
        while parts and metrics.horizontalAdvance(PART.join(parts)) > room:
            parts.pop()
        return PART.join(parts)
