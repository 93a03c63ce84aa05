"""A step of the shown run, opened again from the canvas and the inspector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.component import Component
from studio.domain.run import StepState
from studio.gui.actions import Action
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.reopening.opening import StepOpening
from studio.gui.reopening.verbs import ids, open_again_button, opening_verbs

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

PREFIX = "step."


class Reopen(QObject):
    """A feature of the designer."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._bench = page, page.bench
        self.opening = StepOpening(page.studio, page.tasks, page.services, page)
        self.opening.put_back_done.connect(self._read_components)
        page.bench.inspector.built.connect(self._built)

    def verbs(self) -> Sequence[Action]:
        return opening_verbs(PREFIX, self.opening, self.chosen)

    def canvas_verbs(self) -> Sequence[str]:
        return ids(PREFIX)

    def chosen(self) -> tuple[str, str] | None:
        """Run and step of the one selected step, if it began."""
        node, run = self._bench.chosen_node, self._bench.follower.run
        step = self._page.editor.situation.steps.get(node.id) if node else None
        if node is None or node.is_pipeline or run is None or step is None:
            return None
        waits = (StepState.PENDING, StepState.SKIPPED, StepState.PAUSED)
        return None if step.state in waits else (run.id, step.name)

    # -- inside ----------------------------------------------------------------------

    def _built(self, panel: NodePanel) -> None:
        node = self._page.editor.pipeline.by_id.get(panel.node_id)
        if node is not None and not node.is_pipeline:
            registry = self._page.services.actions
            panel.put_below_facts(open_again_button(registry, PREFIX))

    def _read_components(self) -> None:
        """A component has other code, or hides a built-in one: plan anew."""
        self._page.tasks.run(
            self._page.studio.components.list,
            done=self._take_components,
            failed=self._page.services.show_error,
            owner=self,
        )

    def _take_components(self, components: tuple[Component, ...]) -> None:
        self._bench.catalog.set_components(components)
        self._bench.palette_panel.set_components(components)
        self._bench.checker.check_soon(self._page.editor.pipeline)
        self._bench.look_again()
        self._page.plan.look_again()
