"""Edits that a killed window left behind: offered in the banner, with what they are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.pipeline_diff import difference
from studio.domain.pipeline_words import summary
from studio.gui.designer.compare.feature import Compare
from studio.gui.widgets.formats import format_time
from studio.services.pipelines.recovery import Unsaved, forget

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage


class Recovery(QObject):
    """One offer, for the pipeline that was just opened."""

    def __init__(self, page: DesignerPage, unsaved: Unsaved) -> None:
        super().__init__(page.document)
        self._page, self._unsaved = page, unsaved

    def offer(self) -> None:
        """Ask in the banner; nothing is lost while nobody answers."""
        found = difference(self._page.editor.pipeline, self._unsaved.pipeline)
        when = format_time(self._unsaved.edited_at)
        self._page.bench.banner.show_message(
            "warn",
            "The last session ended before these edits were saved",
            hint=f"{when}: {summary(found)}.",
            fixes=[
                ("Recover", self.recover),
                ("Show the difference", self.compare),
                ("Discard", self.discard),
            ],
        )
        self._page.bench.banner.show()

    def recover(self) -> None:
        """Take the edits over as one that can be undone."""
        document = self._page.document
        if document is not None:
            document.edit(self._unsaved.pipeline, "Recover unsaved edits")
        self._settle()

    def discard(self) -> None:
        self._settle()

    def compare(self) -> None:
        """Both on one canvas."""
        compare = next(f for f in self._page.features if isinstance(f, Compare))
        compare.with_value(self._unsaved.pipeline, "the unsaved edits", swapped=True)

    def _settle(self) -> None:
        self._page.bench.banner.hide()
        self._page.tasks.run(partial(forget, self._unsaved), owner=self)
