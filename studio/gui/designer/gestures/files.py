"""Files dragged in from the file manager."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, Qt

from studio.gui.designer.dropped_files import port_for
from studio.gui.designer.editor import Editor
from studio.gui.designer.gestures.onto import Hint
from studio.interchange.file_kinds import kind_by_name


class FileDrop:
    """Says what letting go would do; `dropped(paths, point)` does it."""

    def __init__(
        self,
        editor: Editor,
        paths: Sequence[Path],
        hint: Hint,
        dropped: Callable[[Sequence[Path], QPointF], object],
    ) -> None:
        self._editor, self._paths = editor, paths
        self._hint, self._dropped = hint, dropped

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        item = self._editor.scene.node_at(point)
        kind = kind_by_name(self._paths[0])
        port = port_for(self._editor, item.card.id, kind) if item else None
        if item is not None and port is not None:
            self._hint(f"Set {port.name} of {item.card.title}", "run")
        else:
            count = len(self._paths)
            self._hint(f"Bring in {count} files" if count > 1 else "", "run")

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self._hint("", "")
        self._dropped(self._paths, point)

    def cancel(self) -> None:
        self._hint("", "")
