"""Why one step runs, cause by cause, with what can be done about each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from studio.domain.run import Cause, PlannedStep
from studio.gui.designer.cards import plain_reason
from studio.gui.widgets.basics import (
    button,
    clear,
    column,
    label,
    row,
    selectable,
    wrap_in,
)
from studio.gui.widgets.code_view import CodeEdit
from studio.gui.widgets.panel import scrolled

MARGINS = (16, 8, 16, 8)
_ACTIONS = {
    "run": "{title} runs",
    "reuse": "{title} is taken over",
    "skip": "{title} is left out",
}
REVERTIBLE = ("parameter", "variable")


class CausesView(QWidget):
    """`revert_wanted(node id, Cause)`, `code_wanted(Cause)`, `step_wanted(name)`."""

    revert_wanted = Signal(str, object)
    code_wanted = Signal(object)
    step_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step: PlannedStep | None = None
        self.titles: Mapping[str, str] = {}
        self._lines = column(gap=6, margins=MARGINS)
        self.code = CodeEdit("diff", read_only=True, numbers=False)
        self.code.setAccessibleName("Changes in the code")
        self._back = button("Back to the causes", kind="link", icon="arrow-left")
        self._back.clicked.connect(self.show_causes)
        changes = column(row(self._back, None, margins=(8, 2, 8, 0)), gap=2)
        changes.addWidget(self.code, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(scrolled(wrap_in(self._lines), "Causes"))
        self._stack.addWidget(wrap_in(changes))

    def show_step(self, step: PlannedStep | None, title: str) -> None:
        """Say why a step is run, taken over or left out."""
        if step is not None and step == self._step:
            return
        self._step = step
        self.show_causes()
        clear(self._lines)
        if step is not None:
            heading = _ACTIONS[step.action].format(title=title)
            self._lines.addWidget(label(heading, "strong", wrap=True))
            for cause in step.causes:
                self._lines.addWidget(self._line(step, cause))
            if not step.causes:
                reason = "Nothing it depends on has changed."
                if step.reason != "unchanged":
                    reason = _sentence(step.reason)
                self._lines.addWidget(label(reason, "muted", wrap=True))
        self._lines.addStretch(1)

    def show_diff(self, diff: str) -> None:
        """The code in full, as it was and as it is."""
        self.code.set_text(diff or "The code is the same again.")
        self._stack.setCurrentIndex(1)

    def show_causes(self) -> None:
        self._stack.setCurrentIndex(0)

    @property
    def texts(self) -> list[str]:
        """What the causes say, in their order."""
        return [plain_reason(cause.text) for cause in self._causes()]

    def _causes(self) -> tuple[Cause, ...]:
        return self._step.causes if self._step else ()

    def _line(self, step: PlannedStep, cause: Cause) -> QWidget:
        words = selectable(label(_words(cause), wrap=True))
        words.setToolTip(_whole(cause))
        line = row(words, gap=8)
        line.setStretch(0, 1)
        if cause.kind in REVERTIBLE:
            self._add(
                line,
                "Revert this change",
                f"Revert the change of {cause.name}",
                partial(self.revert_wanted.emit, step.node_id, cause),
            )
        elif cause.kind == "code" and cause.before and cause.after:
            self._add(
                line,
                "Show the changes",
                "Show the changes in the code",
                partial(self.code_wanted.emit, cause),
            )
        elif cause.source:
            title = self.titles.get(cause.source) or cause.source
            self._add(
                line,
                f"Go to {title}",
                f"Go to {title} ({cause.name or cause.kind})",
                partial(self.step_wanted.emit, cause.source),
            )
        return wrap_in(line)

    def _add(
        self, line: QHBoxLayout, text: str, name: str, act: Callable[[], object]
    ) -> None:
        made = button(text, kind="link", clicked=act)
        made.setAccessibleName(name)
        line.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)


def _words(cause: Cause) -> str:
    """A name of a parameter keeps its letters."""
    return plain_reason(cause.text) if cause.name else _sentence(cause.text)


def _sentence(text: str) -> str:
    plain = plain_reason(text)
    return plain[:1].upper() + plain[1:]


def _whole(cause: Cause) -> str:
    """Both values uncut, where they are values."""
    if cause.kind not in REVERTIBLE:
        return ""
    before = "unset" if cause.before is None else cause.before
    after = "unset" if cause.after is None else cause.after
    return f"Before: {before}\nNow: {after}"
