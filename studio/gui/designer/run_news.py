"""What the designer says of runs in passing: refused, valid, ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.run import NOTHING_RAN, Run, RunState, StepState
from studio.gui.designer.checker import Checked
from studio.gui.designer.running import errors_in
from studio.gui.theme.tokens import Tone
from studio.gui.widgets.formats import format_seconds

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

PROBLEMS = "problems of the pipeline"
_TONES: dict[RunState, Tone] = {RunState.SUCCEEDED: "ok", RunState.FAILED: "err"}


class RunNews(QObject):
    """Each message is about something, and goes when that isn't so any more."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._services = page, page.services
        page.running.refused.connect(self._refused)
        page.running.validated.connect(self._validated)
        page.running.started.connect(self._started)
        page.bench.checker.checked.connect(self._checked)
        page.bench.follower.ended.connect(self._ended)

    def _refused(self, checked: Checked) -> None:
        self._show_problems(checked)
        text = f"Nothing was started: {errors_in(checked.in_the_way)}"
        self._services.toast(text, tone="err", key=PROBLEMS)

    def _validated(self, checked: Checked) -> None:
        self._show_problems(checked)
        if not checked.problems:
            text = "No problems: this pipeline can run"
            self._services.toast(text, tone="ok", key="validated")

    def _show_problems(self, checked: Checked) -> None:
        self._page.bench.show_checked(checked)
        self._page.bench.show_problems_tab()

    def _started(self, run: Run) -> None:
        self._services.withdraw(PROBLEMS)
        self._services.withdraw(_about(run))

    def _checked(self, checked: Checked) -> None:
        if not any(problem.severity == "error" for problem in checked.problems):
            self._services.withdraw(PROBLEMS)

    def _ended(self, run: Run) -> None:
        failed = next((s for s in run.steps if s.state is StepState.FAILED), None)
        if failed is not None:
            self._page.bench.show_failure(failed.node_id)
        at = f" at {failed.name}" if failed is not None else ""
        text = f"Run {run.state.value.lower()}{at} after {format_seconds(run.seconds)}"
        nothing = run.message == NOTHING_RAN
        show = None
        if self._services.has_page("runs"):
            show = (
                "Show run",
                lambda: self._services.open_page("runs", run_id=run.id),
            )
        tone = "idle" if nothing else _TONES.get(run.state, "idle")
        text = run.message if nothing else text
        self._services.toast(text, action=show, tone=tone, key=_about(run))


def _about(run: Run) -> str:
    return f"run of {run.pipeline}"
