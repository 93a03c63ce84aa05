"""Cards glide to where an edit has put them."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPointF, QVariantAnimation
from PySide6.QtWidgets import QWidget

from studio.domain.pipeline import Pipeline
from studio.gui.designer.editor import Editor
from studio.gui.theme.theme import theme

MILLISECONDS, MOST_CARDS = 150, 200


class Gliding(QObject):
    """The edit is made at once; only what is seen arrives later.

    Any other edit ends it, as that draws every card where it belongs.
    """

    def __init__(self, editor: Editor, canvas: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        canvas.installEventFilter(self)
        self._editor = editor
        self._ways: dict[str, tuple[QPointF, QPointF]] = {}
        self._motion = QVariantAnimation(self)
        self._motion.setStartValue(0.0)
        self._motion.setEndValue(1.0)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._show)
        editor.opened.connect(self._opened)

    def edit(self, after: Pipeline, text: str) -> None:
        """One step of undo, shown as a movement if few cards move."""
        self.stop()
        before = {i: item.pos() for i, item in self._editor.scene.nodes.items()}
        self._editor.edit(after, text)
        items = self._editor.scene.nodes
        ways = {i: (at, items[i].pos()) for i, at in before.items() if i in items}
        moved = {i: way for i, way in ways.items() if way[0] != way[1]}
        length = theme().animation_ms(MILLISECONDS)
        if not length or not moved or len(moved) >= MOST_CARDS:
            return
        self._ways = moved
        self._show(0.0)
        self._motion.setDuration(length)
        self._motion.start()

    def stop(self) -> None:
        """The cards lie where the pipeline says, at once."""
        self._motion.stop()
        scene, known = self._editor.scene, self._editor.pipeline.by_id
        ways, self._ways = self._ways, {}
        for node_id in ways:
            if node_id in scene.nodes and node_id in known:
                scene.nodes[node_id].place(*known[node_id].position)
        if ways:
            scene.settle_nodes(ways)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A hand that takes hold of a card finds it where it belongs."""
        if event.type() == QEvent.Type.MouseButtonPress and self._ways:
            self.stop()
        return super().eventFilter(watched, event)

    def _opened(self) -> None:
        self.stop()
        if self._editor.document is not None:
            self._editor.document.changed.connect(self.stop)

    def _show(self, part: float) -> None:
        scene = self._editor.scene
        for node_id, (start, end) in self._ways.items():
            if node_id in scene.nodes:
                at = start + (end - start) * part
                scene.nodes[node_id].place(at.x(), at.y())
        scene.follow_nodes(self._ways)
        if part == 1.0:
            scene.settle_nodes(self._ways)
            self._ways = {}
