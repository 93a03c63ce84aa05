"""Asked once when the window closes: what happens to runs and endpoints."""

from __future__ import annotations

from typing import Literal, TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from studio.gui.status import LiveWork
from studio.gui.widgets.basics import button, column, label, row

Choice: TypeAlias = Literal["keep", "stop"]
WIDTH, MOST_NAMES = 440, 4


class QuitDialog(QDialog):
    """`chosen(choice, remember)`; Esc stays in the window."""

    chosen = Signal(str, bool)

    def __init__(self, work: LiveWork, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Quit")
        self.setMinimumWidth(WIDTH)
        self._remember = QCheckBox("Remember my choice")
        keep = button("Keep running", kind="primary", clicked=lambda: self._end("keep"))
        keep.setDefault(True)
        stop = button("Stop all", kind="danger", clicked=lambda: self._end("stop"))
        self.setLayout(
            column(
                label(_title(work), "panel-title", wrap=True),
                label(_named(work), "muted", wrap=True),
                label(_outlook(work), "muted", wrap=True),
                self._remember,
                row(button("Cancel", clicked=self.reject), None, stop, keep),
                gap=12,
                margins=(24, 24, 24, 16),
            )
        )
        keep.setFocus()

    def _end(self, choice: Choice) -> None:
        self.chosen.emit(choice, self._remember.isChecked())
        self.accept()


def _title(work: LiveWork) -> str:
    parts = [_count(len(work.runs), "run"), _count(len(work.endpoints), "endpoint")]
    named = " and ".join(part for part in parts if part)
    does = "running" if work.runs else "serving"
    return f"{named} {'is' if _alone(work) else 'are'} still {does}"


def _outlook(work: LiveWork) -> str:
    if _alone(work):
        return "It goes on without the window and is here again at the next start."
    return "They go on without the window and are here again at the next start."


def _alone(work: LiveWork) -> bool:
    return len(work.runs) + len(work.endpoints) == 1


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def _named(work: LiveWork) -> str:
    names = work.names or (*work.runs, *work.endpoints)
    rest = len(names) - MOST_NAMES
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown} and {rest} more" if rest > 0 else shown
