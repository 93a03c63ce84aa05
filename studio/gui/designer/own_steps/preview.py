"""How a component will look: its card, and the form of its settings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.domain.component import Component, describe
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.gui.designer.cards import card_of
from studio.gui.designer.inspector.specs import parameter_specs
from studio.gui.designer.items.node_item import NodeItem
from studio.gui.widgets.basics import clear, column, label, rule, wrap_in
from studio.gui.widgets.form import Form
from studio.gui.widgets.panel import scrolled


class CardView(QWidget):
    """A card as the canvas draws it."""

    def __init__(self, component: Component, node: Node) -> None:
        super().__init__()
        self._item = NodeItem(card_of(Pipeline(""), node, component))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Card of {component.title}")

    def sizeHint(self) -> QSize:
        return self._item.boundingRect().size().toSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-self._item.boundingRect().topLeft())
        self._item.paint(painter)
        painter.end()


class Preview(QWidget):
    """Fields can be tried, but set nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Component, ...] | None = None
        self._rows = column(gap=12, margins=(16, 12, 16, 16))
        outer = column(gap=0)
        outer.addWidget(scrolled(wrap_in(self._rows), "Preview"))
        self.setLayout(outer)
        self.show_components(())

    @property
    def components(self) -> tuple[Component, ...]:
        return self._shown or ()

    def show_components(self, components: Sequence[Component]) -> None:
        """Show these; what is the same stays as it is."""
        if tuple(components) == self._shown:
            return
        self._shown = tuple(components)
        clear(self._rows)
        if not components:
            words = "As soon as there is no error, the step's card is shown here."
            self._rows.addWidget(label(words, "muted", wrap=True))
        for number, component in enumerate(components):
            if number:
                self._rows.addWidget(rule())
            self._add(component)
        self._rows.addStretch(1)

    def _add(self, component: Component) -> None:
        node = Node("preview", component.name, component)
        self._rows.addWidget(CardView(component, node))
        if component.description:
            self._rows.addWidget(label(component.description, "muted", wrap=True))
        self._rows.addWidget(label(_ports(component), "help", wrap=True))
        specs = parameter_specs(Pipeline(""), node, component)
        if specs:
            self._rows.addWidget(Form(specs))


def _ports(component: Component) -> str:
    """`data (table) → table (table)`"""
    sides = (component.inputs, component.outputs)
    told = [", ".join(f"{p.name} ({describe(p.type)})" for p in side) for side in sides]
    return f"{told[0] or 'no input'} → {told[1] or 'no output'}"
