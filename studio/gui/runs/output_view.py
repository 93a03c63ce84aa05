"""One output of a finished or running run, in a place of its own.

view = OutputView(studio.tables, tasks)
view.show_path(studio.runs.output(run_id, "split", "train"), digest)
view.clear("Choose an output to see it")
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from studio.gui.tasks import Tasks
from studio.gui.viewers.output_pane import OutputPane
from studio.services.tables.service import TableService


class OutputView(OutputPane):
    """`shown` follows when the content of the last `show_path` is there."""

    def __init__(
        self, tables: TableService, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(tables, tasks, parent=parent)
        self.clear("Choose an output to see it")

    def show_path(self, path: Path, digest: str = "") -> None:
        """Read an output in the background and show it."""
        self.show_output(lambda: path, digest)

    def clear(self, words: str) -> None:
        """Show nothing but a sentence."""
        self.say(words, "Tables, plots, texts and files are shown here.", bar=False)
