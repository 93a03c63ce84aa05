"""Rows copied from a sheet become a step that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.node import Value
from studio.gui.actions import Action
from studio.gui.designer import edits
from studio.interchange.pasted_table import PastedTable, table_in

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

ENTER, MOST_TEXT = "enter_data", 100_000
TOO_LARGE = (
    "That table is too large to be kept in a step: save it as a file and drop it here"
)


class PastedTables(QObject):
    """Takes pasted text of two lines or more with as many fields each."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page
        page.edit_verbs.takers.append(self.paste)

    def verbs(self) -> Sequence[Action]:
        return ()

    def canvas_verbs(self) -> Sequence[str]:
        return ()

    def paste(self, text: str) -> bool:
        """Whether the text was a table: then it is a step now."""
        editor = self._page.editor
        component = editor.catalog.named(ENTER)
        head = text[:MOST_TEXT].rpartition("\n")[0] if len(text) > MOST_TEXT else text
        table = table_in(head) if editor.document and component else None
        if table is None or component is None:
            return False
        if head is not text:
            self._page.services.toast(TOO_LARGE, tone="warn")
            return True
        middle = self._page.view.middle().toTuple()
        place = edits.place_beside_all(editor.pipeline, middle)
        node = edits.new_node(editor.pipeline, component, place)
        after = editor.pipeline.add(node)
        after = after.bind(node.name, "rows", Value(table.rows))
        after = after.bind(node.name, "delimiter", Value(table.delimiter))
        editor.edit(after, f"Paste {_words(table)}")
        editor.scene.select([node.id])
        editor.added.emit(component)
        return True


def _words(table: PastedTable) -> str:
    rows = "1 row" if table.count == 1 else f"{table.count} rows"
    return f"{rows} of {table.columns} columns"
