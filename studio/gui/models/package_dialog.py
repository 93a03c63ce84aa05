"""Ask how a model is to be packaged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from studio.domain.container_engine import EngineContext, EngineState
from studio.domain.errors import StudioError
from studio.domain.model import ModelVersion
from studio.gui.models.package_form import PackageForm
from studio.gui.tasks import Tasks
from studio.gui.theme import fonts
from studio.gui.widgets.basics import button, column, frame, label, row, wrap_in
from studio.gui.widgets.panel import scrolled

if TYPE_CHECKING:
    from studio.bootstrap import Studio

WIDTH, HEIGHT, MARGIN = 560, 600, 24
NO_ENGINE = "An image needs a Docker engine: start one, or package as a folder"


class PackageDialog(QDialog):
    """`wanted(PackageSettings, values)` when a person starts it; it closes then."""

    wanted = Signal(object, dict)

    def __init__(
        self,
        studio: Studio,
        tasks: Tasks,
        model: ModelVersion,
        parent: QWidget,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Package {model.reference}")
        self._studio, self._tasks = studio, tasks
        self.form = PackageForm(model, values or {})
        self.cancel = button("Cancel", clicked=self.reject)
        self.go = button("Package", kind="primary", clicked=self.package)
        self.go.setDefault(True)
        self.form.changed.connect(self._show_ready)
        self.form.engine_wanted.connect(self.look_for_engine)
        self._build(model)
        self.resize(
            fonts.scaled(WIDTH),
            min(fonts.scaled(HEIGHT), parent.window().height() - 40),
        )
        tasks.run(studio.environments.list, done=self.form.offer, owner=self)
        self.look_for_engine()
        self.form.form.field("kind").input.setFocus()

    def look_for_engine(self) -> None:
        """Ask in the background whether one answers."""
        self.form.show_engine(None)
        studio = self._studio
        self._tasks.run(lambda: _engine(studio), done=self.form.show_engine, owner=self)

    def package(self) -> None:
        """Start it, if what is entered will do."""
        if self.form.ready() and (settings := self.form.settings()) is not None:
            values = self.form.form.values()
            self.accept()
            self.wanted.emit(settings, values)

    def _show_ready(self) -> None:
        ready = self.form.ready()
        self.go.setEnabled(ready)
        self.go.setToolTip("" if ready else NO_ENGINE)

    def _build(self, model: ModelVersion) -> None:
        title = label(f"Package {model.reference}", "panel-title")
        what = label("To serve it elsewhere, without the studio.", "muted", wrap=True)
        inner = column(self.form, margins=(MARGIN, 4, MARGIN, 16))
        buttons = row(None, self.cancel, self.go, margins=(MARGIN, 12, MARGIN, 12))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(column(title, what, gap=4, margins=(MARGIN, 20, MARGIN, 12)))
        layout.addWidget(scrolled(wrap_in(inner)), 1)
        layout.addWidget(frame("bottom", buttons))


def _engine(studio: Studio) -> EngineState:
    """The chosen engine; it never fails."""
    try:
        return studio.images.engine()
    except StudioError as error:
        context = EngineContext("", "")
        return EngineState(context, False, error.message, error.hint)
