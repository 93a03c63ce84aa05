"""From an error, or a traceback in the log, to the line of code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.run import StepError
from studio.gui.actions import Action
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.viewers.code_place import CodeTab

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage


class ErrorLines(QObject):
    """A feature of the designer."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._bench = page, page.bench
        bottom = page.bench.bottom
        self.tab = CodeTab(bottom, page.tasks, page.services)
        bottom.place_clicked.connect(self._open_from_log)
        page.bench.inspector.built.connect(self._built)
        page.editor.opened.connect(self.tab.close)

    def verbs(self) -> Sequence[Action]:
        return [
            Action(
                "step.error_line",
                "Open the code where the step failed",
                "file-code",
                category="Run",
                callback=self.open_error,
                enabled=lambda: self._error() is not None,
            )
        ]

    def canvas_verbs(self) -> Sequence[str]:
        return ("step.error_line",) if self._error() is not None else ()

    def open_error(self) -> None:
        """Open the line that the selected step failed at."""
        error = self._error()
        if error is not None and error.line is not None:
            self._open(error.file, error.line)

    # -- inside ----------------------------------------------------------------------

    def _built(self, panel: NodePanel) -> None:
        panel.place_wanted.connect(self._open)

    def _error(self) -> StepError | None:
        """What the selected step failed with, if it tells where."""
        node = self._bench.chosen_node
        step = self._page.editor.situation.steps.get(node.id) if node else None
        error = step.error if step is not None else None
        return error if error is not None and error.file and error.line else None

    def _open(self, file: str, line: int) -> None:
        node, run = self._bench.chosen_node, self._bench.follower.run
        step = self._page.editor.situation.steps.get(node.id) if node else None
        if run is not None and step is not None:
            self._open_of(run.id, step.name, file, line)

    def _open_from_log(self, file: str, line: int) -> None:
        self._open_of(*self._bench.bottom.log.shown, file, line)

    def _open_of(self, run_id: str, step: str, file: str, line: int) -> None:
        folder = self._page.studio.runs.folder(run_id) / step
        self.tab.open(folder, file, line)
