"""Joins plan, canvas and Run: the tab below, the marks, the ways to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from studio.domain.errors import StudioError
from studio.domain.revert import reverted
from studio.domain.run import Cause, Plan, RunState
from studio.gui.actions import Action
from studio.gui.designer.composing import Composing
from studio.gui.designer.plan.marks import PlanMarks
from studio.gui.designer.plan.reader import PlanReader
from studio.gui.designer.plan.run_menu import run_menu
from studio.gui.designer.plan.scope import Choice, Scope, steps_in
from studio.gui.designer.plan.tab import PlanTab
from studio.gui.designer.plan.words import actions_on_canvas, spoken
from studio.gui.designer.titles import cards_of, title_of, way_to

if TYPE_CHECKING:
    from studio.domain.events import Event
    from studio.domain.pipeline import Pipeline
    from studio.gui.designer.page import DesignerPage

SHOW, SWEEP = "run.plan", "run.sweep"
VERBS = {
    Scope.ALL: "run.start",
    Scope.TO: "run.to_here",
    Scope.FROM: "run.from_here",
    Scope.ONLY: "run.only",
    Scope.RESUME: "run.resume",
    Scope.ANEW: "run.all_anew",
}
HOVER_MS = 120
TOLD = {
    "ComponentEdited",
    "ComponentImported",
    "PipelineSaved",
    "PipelineDeleted",
    "RunEnded",
    "RunDeleted",
}
"""What may change a plan: code, inner pipelines, and results to reuse."""


class RunPlan(QObject):
    """The plan of the open pipeline; it never runs anything by itself."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._bench = page, page.bench
        self.marks = PlanMarks(page.bench.scene)
        self.reader = PlanReader(page.studio, page.tasks, self)
        self._hovering = PlanReader(page.studio, page.tasks, self)
        self._hovered: Scope | None = None
        self._plan: Plan | None = None
        self._tab = page.bench.bottom.add_late("Plan", self._make_tab)
        self._connect()

    @property
    def tab(self) -> PlanTab:
        return self._tab.widget

    def verbs(self) -> Sequence[Action]:
        can_run = self._can_run
        return (
            Action(
                "run.only",
                "Run only the selected steps",
                "selection",
                "F7",
                "Run",
                partial(self.run, Scope.ONLY),
                lambda: can_run(Scope.ONLY),
            ),
            Action(
                "run.resume",
                "Resume the last run",
                "skip-forward",
                "Ctrl+F7",
                "Run",
                partial(self.run, Scope.RESUME),
                lambda: can_run(Scope.RESUME),
            ),
            Action(
                SHOW,
                "Show the plan",
                "list-checks",
                "Ctrl+Shift+R",
                "Run",
                self.show_tab,
                self._page.is_open,
            ),
        )

    def canvas_verbs(self) -> Sequence[str]:
        return ("run.only",)

    def menu_button(self) -> QPushButton:
        """The other half of Run."""
        return run_menu(self._page.services.actions, VERBS, (SHOW, SWEEP), self.hover)

    def choice(self, scope: Scope) -> Choice:
        """A scope with what is selected now."""
        run_name = self._bench.place.run_name
        names = tuple(run_name(node) for node in self._page.editor.selected())
        run = self._bench.follower.run
        ended = (RunState.FAILED, RunState.CANCELLED)
        last = run.id if run is not None and run.state in ended else ""
        return Choice(scope, names, last)

    def run(self, scope: Scope) -> None:
        """Start a run of these steps."""
        choice = self.choice(scope)
        if not choice.missing:
            self._page.running.run(choice.options)

    def show_tab(self) -> None:
        self._bench.bottom.show()
        self._bench.bottom.setCurrentWidget(self.tab)

    def refresh(self, events: Sequence[Event]) -> None:
        """What a run would do may be something else now."""
        if not events or any(event.type in TOLD for event in events):
            self.look_again()
            self._bench.look_again()

    # -- reading ---------------------------------------------------------------------

    def look_again(self) -> None:
        """Plan anew, if somebody sees it."""
        tab = self._tab.made
        if tab is None:
            return
        tab.set_ready(self._can_run(tab.scope))
        if not tab.isVisible() or self._page.document is None:
            self.reader.stop()
            return
        if self._bench.follower.active:
            self._mark(None)
            if self._plan is not None:
                self._tell(self._plan)  # steps may be called otherwise meanwhile
            return
        choice = self.choice(tab.scope)
        if choice.missing:
            self.reader.stop()
            self._forget()
            tab.show_missing(choice.missing)
            return
        self.reader.ask(self._whole, choice)

    def hover(self, scope: Scope | None) -> None:
        """Show on the canvas what a way to run is about, before it is chosen."""
        self._hovered = scope
        self._hovering.stop()
        if scope is None or not self._can_run(scope):
            self._mark(self._plan if self._tab.is_shown else None)
            return
        choice = self.choice(scope)
        pipeline = self._page.editor.pipeline
        here = tuple(node.name for node in self._page.editor.selected())
        inside = steps_in(pipeline, replace(choice, selected=here))
        self.marks.show(
            {n.id: "run" if n.name in inside else "skip" for n in pipeline.nodes}
        )
        self._hovering.ask(self._whole, choice, HOVER_MS)

    def _take(self, choice: Choice, plan: Plan) -> None:
        whole = self._whole
        if plan.pipeline != (whole if isinstance(whole, str) else whole.name):
            return
        self._plan = plan
        self._tell(plan)
        if self._hovered is None:
            self._mark(plan)

    def _tell(self, plan: Plan) -> None:
        titles = self._titles(plan)
        steps = (spoken(step, titles) for step in plan.steps if titles[step.name])
        self.tab.show_plan(replace(plan, steps=tuple(steps)), titles)

    def _take_hovered(self, choice: Choice, plan: Plan) -> None:
        if self._hovered is choice.scope:
            self._mark(plan)

    def _refuse(self, error: StudioError) -> None:
        self._forget()
        self.tab.show_refusal(error)

    def _forget(self) -> None:
        self._plan = None
        self._mark(None)

    def _mark(self, plan: Plan | None) -> None:
        steps = plan.steps if plan is not None else ()
        pipeline, place = self._page.editor.pipeline, self._bench.place
        self.marks.show(actions_on_canvas(pipeline, place, steps))

    # -- what a person does about it ---------------------------------------------------

    def revert(self, node_id: str, cause: Cause) -> None:
        """Take a change back, as one undo step."""
        editor, way = self._page.editor, self._way_to(node_id)
        node = editor.pipeline.node(way[0]) if len(way) == 1 else None
        component = editor.catalog.of(node) if node else None
        after = None
        if node is not None and component is not None:
            after = reverted(editor.pipeline, node.id, cause, component)
        if after is None:
            why = "its component has changed" if node else "look inside for that"
            text = f"{cause.name} can't be set back here: {why}"
            self._page.services.toast(text, tone="warn")
        elif editor.document is not None:
            editor.document.edit(after, f"Revert {cause.name}")

    def show_code(self, cause: Cause) -> None:
        """Read the code's difference and show it."""
        self._page.tasks.run(
            partial(self._page.studio.runs.code_diff, cause),
            done=self.tab.causes.show_diff,
            failed=self._page.services.show_error,
            owner=self.tab,
        )

    # -- inside ----------------------------------------------------------------------

    def _connect(self) -> None:
        bench = self._bench
        self.reader.found.connect(self._take)
        self.reader.refused.connect(self._refuse)
        self._hovering.found.connect(self._take_hovered)
        bench.checker.checked.connect(self.look_again)
        bench.selection_changed.connect(self._selected)
        bench.follower.changed.connect(self._run_changed)
        bench.editor.opened.connect(self._opened)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.applicationStateChanged.connect(self._back)

    def _make_tab(self) -> PlanTab:
        tab = PlanTab()
        tab.scope_changed.connect(self.look_again)
        tab.shown.connect(self._shown)
        tab.run_wanted.connect(lambda: self.run(tab.scope))
        tab.table.activated_row.connect(lambda line: self._go_to(line.step.name))
        tab.causes.revert_wanted.connect(self.revert)
        tab.causes.code_wanted.connect(self.show_code)
        tab.causes.step_wanted.connect(self._go_to)
        tab.set_ready(self._can_run(tab.scope))
        return tab

    def _shown(self, shown: bool) -> None:
        if shown:
            self.look_again()
        else:
            self._mark(None)

    def _opened(self) -> None:
        self._forget()
        self.look_again()

    def _selected(self) -> None:
        tab = self._tab.made
        if tab is not None and tab.scope in (Scope.TO, Scope.FROM, Scope.ONLY):
            self.look_again()

    def _run_changed(self) -> None:
        if self._bench.follower.active:
            if self._tab.made is not None:
                self._tab.made.set_ready(False)
            self._mark(None)
        else:
            self.look_again()

    def _back(self, state: Qt.ApplicationState) -> None:
        """Code and data may have been changed by other programs meanwhile."""
        if state == Qt.ApplicationState.ApplicationActive:
            self.look_again()
            self._bench.look_again()

    def _can_run(self, scope: Scope) -> bool:
        return self._page.running.can_run and not self.choice(scope).missing

    @property
    def _whole(self) -> Pipeline | str:
        """What would be run: from inside a step it is the outermost pipeline."""
        return self._bench.place.root or self._page.editor.pipeline

    def _way_to(self, run_id: str) -> tuple[str, ...]:
        return way_to(cards_of(self._page.editor.pipeline, self._bench.place), run_id)

    def _titles(self, plan: Plan) -> dict[str, str]:
        """By name; none for what lies around a pipeline looked at from inside."""
        pipeline, component = self._page.editor.pipeline, self._page.editor.catalog.of
        cards = cards_of(pipeline, self._bench.place)
        ways = {step.name: way_to(cards, step.node_id) for step in plan.steps}
        return {name: title_of(pipeline, way, component) for name, way in ways.items()}

    def _go_to(self, name: str) -> None:
        """To a step of the plan, also to one inside of a step."""
        steps = self._plan.steps if self._plan else ()
        way = next((self._way_to(s.node_id) for s in steps if s.name == name), ())
        if way:
            compose = next(f for f in self._page.features if isinstance(f, Composing))
            compose.go_to(way)
