"""An axis of parallel coordinates as something that has the focus, a name and a state.

Keys that move the focus or a range go on to the plot, which holds both.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from studio.gui.widgets.parallel_axes import Axis, Brush

WHOLE: Brush = (0.0, 1.0)


class AxisHold(QWidget):
    """Lies over its axis; what is seen of it, the plot draws."""

    def __init__(self, plot: QWidget) -> None:
        super().__init__(plot)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab reaches the plot, arrows this

    def tell(self, axis: Axis, brush: Brush | None, inside: int, all_: int) -> None:
        """Name and state, as they are read out."""
        self.setAccessibleName(f"Axis {axis.title}")
        range_ = axis.range_words(*(brush or WHOLE)) or "no value"
        kept = f"{inside} of {all_} lines inside" if brush else "the whole axis"
        self.setAccessibleDescription(f"{range_}, {kept}")

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._show(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._show(event)

    def _show(self, event: QEvent) -> None:
        plot = self.parentWidget()
        if plot is not None:
            plot.update()


def moved(axis: Axis, brush: Brush | None, way: int, *, top: bool) -> Brush | None:
    """A range with one end a step further; None if it is the whole axis again."""
    low, high = brush or WHOLE
    if top:
        high = max(low, axis.step(high, way))
    else:
        low = min(high, axis.step(low, way))
    return None if (low, high) == WHOLE else (low, high)
