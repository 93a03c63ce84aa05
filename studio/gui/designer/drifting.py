"""A file changed while no window watched it: said in the banner, in a neutral tone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.gui.designer.compare.feature import Compare
from studio.gui.widgets.formats import format_time
from studio.services.pipelines.drift import Drift

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage


class Drifting(QObject):
    """One notice, for the pipeline that was just opened."""

    def __init__(self, page: DesignerPage, drift: Drift) -> None:
        super().__init__(page.document)
        self._page, self._drift = page, drift

    def offer(self) -> None:
        """Say it; whichever is chosen, the file's text and the version both stay."""
        drift = self._drift
        self._page.bench.banner.show_message(
            "info",
            "The file was changed while it wasn't open here",
            hint=f"Since version {drift.version} "
            f"({format_time(drift.saved_at)}): {drift.summary}. "
            "A Git checkout or an editor does that; a copy that broke off does, too.",
            fixes=[
                (f"Compare with version {drift.version}", self.compare),
                (f"Restore version {drift.version}", self.restore),
                ("Keep the file as it is", self.keep),
            ],
        )
        self._page.bench.banner.show()

    def compare(self) -> None:
        """Both on one canvas."""
        named = f"version {self._drift.version}"
        self._compare.with_value(self._drift.saved, named)

    def restore(self) -> None:
        """As an edit that can be undone; the file's text is kept as a version."""
        document = self._page.document
        if document is not None:
            words = f"Restore version {self._drift.version}"
            document.edit(self._drift.saved, words)
        self._page.bench.banner.hide()

    def keep(self) -> None:
        """The file becomes the newest version."""
        self._page.bench.banner.hide()
        self._page.tasks.run(
            partial(self._page.studio.pipelines.keep, self._drift.name),
            done=self._kept,
            failed=self._page.services.show_error,
            owner=self,
        )

    def _kept(self, number: int) -> None:
        document = self._page.document
        if document is not None and document.name == self._drift.name:
            document.note_version(number)
        self._page.services.toast(f"Kept as version {number}", tone="ok")

    @property
    def _compare(self) -> Compare:
        return next(f for f in self._page.features if isinstance(f, Compare))
