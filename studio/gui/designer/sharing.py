"""The open pipeline as a file for elsewhere: Azure ML's YAML, Python, or a picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from studio.gui.actions import Action
from studio.gui.designer.picture import png_of
from studio.gui.files import show_folder

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage
    from studio.services.pipelines.service import PipelineService

YAML, PYTHON = "Azure ML pipeline (*.yml)", "Python that runs it (*.py)"
SVG, PNG = "Picture to scale (*.svg)", "Picture in pixels (*.png)"
_SUFFIXES = {YAML: ".yml", PYTHON: ".py", SVG: ".svg", PNG: ".png"}


class Sharing(QObject):
    """A feature of the designer."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page

    def verbs(self) -> Sequence[Action]:
        return [
            Action(
                "pipeline.export",
                "Export pipeline…",
                "export",
                "Ctrl+Shift+E",
                "File",
                self.ask_for_file,
                self._page.is_open,
            )
        ]

    def canvas_verbs(self) -> Sequence[str]:
        return ()

    def ask_for_file(self) -> None:
        """Choose where to with the system's dialog; its filter is the format."""
        name = self._page.editor.pipeline.name
        dialog = QFileDialog(self._page, "Export pipeline")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(list(_SUFFIXES))
        dialog.selectFile(f"{name}.yml")
        dialog.filterSelected.connect(partial(_give_suffix, dialog, name))
        dialog.fileSelected.connect(lambda file: self.export(Path(file)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export(self, file: Path) -> None:
        """Save what is on the canvas, then write the file in a worker thread."""
        page = self._page
        name = page.editor.pipeline.name
        page.bench.inspector.flush()
        if page.bench.saver is None:
            return

        def done(_: object) -> None:
            show = ("Show folder", partial(show_folder, file.parent))
            page.services.toast(f"Exported to {file.name}", action=show, tone="ok")

        def write() -> None:
            page.tasks.run(
                partial(_write, page.studio.pipelines, name, file),
                done=done,
                failed=page.services.show_error,
                owner=self,
            )

        page.bench.saver.save(then=write)


def _give_suffix(dialog: QFileDialog, name: str, chosen: str) -> None:
    dialog.selectFile(f"{name}{_SUFFIXES[chosen]}")


def _write(pipelines: PipelineService, name: str, file: Path) -> None:
    if file.suffix == ".png":
        file.write_bytes(png_of(pipelines.export_svg(name)))
        return
    write = {".py": pipelines.export_python, ".svg": pipelines.export_svg}
    text = write.get(file.suffix, pipelines.export)(name, file.parent)
    file.write_text(text, encoding="utf-8")
