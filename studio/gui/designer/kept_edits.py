"""What can be undone stays while the window is open, whichever pipeline is shown.

Only values are kept, which share what they have in common, and only of the pipelines
that were left last.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.pipeline import Pipeline
from studio.gui.designer.document import Past, PipelineDocument

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage
    from studio.gui.designer.saving import Stored

MOST = 20


@dataclass(frozen=True)
class _Left:
    """A pipeline as it was saved when it was left."""

    past: Past
    pipeline: Pipeline
    sha256: str

    def is_still(self, stored: Stored) -> bool:
        same_text = stored.sha256 == self.sha256
        return same_text and _looks(stored.pipeline) == _looks(self.pipeline)


class KeptEdits(QObject):
    """Gives a pipeline that is opened again the edits it had when it was left."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page
        self._shown: PipelineDocument | None = None
        self._left: OrderedDict[str, _Left] = OrderedDict()
        page.editor.opened.connect(self._opened)
        page.library.deleted.connect(lambda name: self._left.pop(name, None))

    def document_of(self, stored: Stored) -> PipelineDocument:
        """A document of what was read, with its edits if the file is what it was."""
        self._keep()
        document = PipelineDocument(
            stored.pipeline,
            sha256=stored.sha256,
            version=stored.version,
            saved_at=stored.saved_at,
            parent=self._page,
        )
        left = self._left.get(document.name)
        if left is None:
            return document
        if left.is_still(stored):
            document.remember(left.past)
            return document
        del self._left[document.name]
        self._page.services.toast(
            f"“{stored.pipeline.title}” was changed outside since you left it: "
            "what can be undone begins anew",
            tone="warn",
        )
        return document

    def _opened(self) -> None:
        """A document is shown now, or (first) the one before is put away."""
        self._keep()
        self._shown = self._page.editor.document

    def _keep(self) -> None:
        document = self._shown
        if document is None:
            return
        self._left.pop(document.name, None)
        if document.stack.count() and not document.dirty:
            kept = _Left(document.past, document.pipeline, document.sha256)
            self._left[document.name] = kept
            while len(self._left) > MOST:
                self._left.popitem(last=False)


def _looks(pipeline: Pipeline) -> tuple[object, ...]:
    """What isn't in the pipeline's text, but in the layout beside it."""
    steps = {n.id: (n.position, n.breakpoint, n.colour) for n in pipeline.nodes}
    return (steps, pipeline.annotations)
