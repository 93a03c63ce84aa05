"""The panels that can be hidden."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.gui.designer.workbench import Workbench


class Panels:
    """By name: the title and the widget of each."""

    def __init__(self, bench: Workbench) -> None:
        self.all: dict[str, tuple[str, QWidget]] = {
            "components": ("Components panel", bench.left),
            "inspector": ("Inspector panel", bench.inspector),
            "bottom": ("Bottom panel", bench.bottom),
        }

    def flip(self, name: str) -> None:
        widget = self.all[name][1]
        widget.setHidden(not widget.isHidden())

    def shown(self, name: str) -> bool:
        return not self.all[name][1].isHidden()
