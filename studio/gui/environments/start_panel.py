"""What the Environments page offers before there is any environment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.gui.widgets.basics import button, column, frame, label, row, wrap_in

WIDTH = 560
Starter = tuple[str, str]
"""Its name, and what it is for."""


class StartPanel(QWidget):
    """Starters with what each is for; below them, a file or a new one."""

    def __init__(
        self,
        create: Callable[[str], object],
        from_file: Callable[[], object],
        new: Callable[[], object],
    ) -> None:
        super().__init__()
        self._create = create
        self._cards = column(gap=8)
        self.file = button("From a file…", icon="file-plus", clicked=from_file)
        self.new = button("New environment…", kind="primary", icon="plus", clicked=new)
        centred = Qt.AlignmentFlag.AlignHCenter
        title = label("No environments yet", "panel-title")
        sentence = label(
            "An environment says which packages steps and models run with. Begin with "
            "a starter, or drop a requirements.txt or environment.yml here.",
            "muted",
            wrap=True,
        )
        title.setAlignment(centred)
        sentence.setAlignment(centred)
        inner = wrap_in(
            column(
                title,
                sentence,
                12,
                self._cards,
                12,
                row(None, self.file, self.new, None, gap=8),
                gap=8,
            )
        )
        inner.setFixedWidth(WIDTH)
        around = QVBoxLayout(self)
        around.addStretch(2)
        around.addLayout(row(None, inner, None))
        around.addStretch(3)

    def show_starters(self, starters: Sequence[Starter]) -> None:
        """A card for each, with its button."""
        if self._cards.count():
            return
        for name, about in starters:
            words = column(
                label(name, "strong"), label(about, "muted", wrap=True), gap=2
            )
            go = button("Create", clicked=partial(self._create, name))
            go.setAccessibleName(f"Create {name}")
            inside = row(gap=12, margins=(16, 10, 12, 10))
            inside.addLayout(words, 1)
            inside.addWidget(go)
            self._cards.addWidget(frame("card", inside))
