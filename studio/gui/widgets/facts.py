"""Short facts under each other: the name in grey, the value beside it.

facts = FactList([Fact("Experiment", "penguins"), Fact("Commit", sha, mono=True)])
facts.set_facts([Fact("Run", run_id, act=partial(open_run, run_id))])   # a link
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from studio.gui.theme import fonts
from studio.gui.widgets.basics import button, clear, label, selectable

_TOP = Qt.AlignmentFlag.AlignTop
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | _MIDDLE


@dataclass(frozen=True)
class Fact:
    """One line; with `act` the value is a link that does it."""

    name: str
    value: str
    mono: bool = False
    act: Callable[[], object] | None = None
    tip: str = ""


class FactList(QWidget):
    """Two columns; long values wrap and can be selected."""

    def __init__(
        self,
        facts: Sequence[Fact] = (),
        *,
        names: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._facts: list[Fact] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, names)
        self.set_facts(facts)

    @property
    def facts(self) -> list[Fact]:
        return list(self._facts)

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show these lines instead of the ones before."""
        if list(facts) == self._facts:
            return
        self._facts = list(facts)
        clear(self._grid)
        for number, fact in enumerate(self._facts):
            link = fact.act is not None
            name, value = label(fact.name, "label"), _value(fact)
            self._grid.addWidget(name, number, 0, _MIDDLE if link else _TOP)
            self._grid.addWidget(value, number, 1, _LEFT if link else _TOP)

    def value(self, name: str) -> str:
        """The value of a line. Raises StopIteration if there is none."""
        return next(fact.value for fact in self._facts if fact.name == name)


def _value(fact: Fact) -> QWidget:
    if fact.act is not None:
        made = button(fact.value, kind="link", clicked=fact.act, tip=fact.tip)
        made.setAccessibleName(f"{fact.name} {fact.value}")
        return made
    text = selectable(label(fact.value, wrap=True))
    text.setAccessibleName(fact.name)
    text.setToolTip(fact.tip)
    if fact.mono:
        text.setFont(fonts.mono(12))
    return text
