"""Joins sweeps with the page: the dialog, the tab, what is done with a trial."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject

from studio.domain.metrics import telling_metrics
from studio.domain.model import ModelVersion
from studio.domain.run import RunState
from studio.domain.sweep import Sweep, SweepSpec, Trial
from studio.gui.actions import Action
from studio.gui.designer.edits import set_input
from studio.gui.designer.saving import Saver, Stored, load
from studio.gui.designer.sweeping.dialog import Request, SweepDialog, selected_step
from studio.gui.designer.sweeping.expected import expected_metrics
from studio.gui.designer.sweeping.tab import SweepsTab
from studio.gui.designer.sweeping.trials import end_words, values_of
from studio.gui.tasks import Periodic
from studio.gui.theme.tokens import Tone

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.events import Event
    from studio.gui.designer.page import DesignerPage

ASK = "run.sweep"
POLL_SECONDS = 0.5
MOST_LISTED, MOST_RUNS, MOST_METRICS = 50, 10, 40


class Sweeping(QObject):
    """Follows one sweep of the open pipeline, wherever it was started."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page
        self.dialog: SweepDialog | None = None
        self._poll: Periodic | None = None
        self._sweep: Sweep | None = None
        self._known: Sequence[Sweep] = ()
        self._tab = page.bench.bottom.add_late("Sweeps", self._make_tab)
        page.editor.opened.connect(self._opened)

    @property
    def tab(self) -> SweepsTab:
        return self._tab.widget

    def verbs(self) -> Sequence[Action]:
        is_open = self._page.is_open
        asks = ("Sweep parameters…", "sliders-horizontal", "Ctrl+Shift+W", "Run")
        shows = ("Show sweeps", "graph", "", "Run")
        return (
            Action(ASK, *asks, self.ask, is_open),
            Action("run.sweeps", *shows, self.show_tab, is_open),
        )

    def canvas_verbs(self) -> Sequence[str]:
        return ()

    @property
    def sweep(self) -> Sweep | None:
        """The one that is shown."""
        return self._sweep

    def ask(self) -> None:
        """Ask what to vary."""
        page = self._page
        if page.document is None:
            return
        page.bench.inspector.flush()
        editor = page.editor
        self.dialog = dialog = SweepDialog(
            editor.pipeline,
            editor.catalog.of,
            page,
            step=selected_step(editor.selected()),
            last=self._sweep.spec if self._sweep else None,
        )
        dialog.finished.connect(self._closed)
        dialog.start_wanted.connect(partial(self._save, dialog, editor.pipeline))
        expected = expected_metrics(
            editor.pipeline, editor.catalog.of, page.bench.columns.into
        )
        page.tasks.run(
            partial(metrics_of, page.studio, editor.pipeline.name),
            done=lambda found: dialog.offer_metrics([*found, *expected]),
            owner=dialog,
        )
        dialog.open()

    def show_tab(self) -> None:
        bottom = self._page.bench.bottom
        bottom.setVisible(True)
        bottom.turn_to(self.tab)
        self.tab.table.setFocus()

    def use_values(self, trial: Trial) -> None:
        """Give the pipeline's inputs a trial's values, as one undo step."""
        document = self._page.document
        if document is None:
            return
        after, lost = document.pipeline, []
        for name, value in trial.parameters.items():
            if name in after.inputs:
                after = set_input(after, name, value)
            else:
                lost.append(name)
        toast = self._page.services.toast
        if lost:
            names = ", ".join(lost)
            toast(f"The pipeline has no input any more for: {names}", tone="warn")
        elif after == document.pipeline:
            toast("The pipeline has these values already")
        else:
            toast(f"The pipeline's inputs are now {values_of(trial)}", tone="ok")
        document.edit(after, f"Use the values of trial {trial.number}")

    def show_run(self, trial: Trial) -> None:
        if self._page.services.has_page("runs"):
            self._page.services.open_page("runs", run_id=trial.run_id)

    def cancel(self) -> None:
        """End the trials that run, and start no more."""
        if self._sweep is not None and not self._sweep.state.ended:
            self.tab.cancel.setEnabled(False)
            self._page.tasks.run(
                partial(self._page.studio.sweeps.cancel, self._sweep.id),
                done=self._take,
                failed=self._page.services.show_error,
                owner=self,
            )

    def register_best(self) -> None:
        """Put the best trial's model into the registry; trials never do."""
        if self._sweep is not None:
            self.tab.best.setEnabled(False)
            self._page.tasks.run(
                partial(self._page.studio.best_models.register, self._sweep.id),
                done=self._registered,
                failed=self._not_registered,
                owner=self,
            )

    def _registered(self, models: Sequence[ModelVersion]) -> None:
        self.tab.show_sweep(self._sweep)
        services, first = self._page.services, models[0].reference
        show: Callable[[], object] = partial(
            services.open_page, "models", reference=first
        )
        services.toast(
            f"The best trial's model is {', '.join(m.reference for m in models)}",
            action=("Show model", show) if services.has_page("models") else None,
            tone="ok",
        )

    def _not_registered(self, error: BaseException) -> None:
        self.tab.show_sweep(self._sweep)
        self._page.services.show_error(error)

    def refresh(self, events: Sequence[Event]) -> None:
        """A sweep was started or ended elsewhere."""
        if not events or any(event.type.startswith("Sweep") for event in events):
            self._refresh()

    def open_target(self, target: Mapping[str, object]) -> None:
        """`sweep` is one to be shown."""
        if sweep_id := str(target.get("sweep", "")):
            self.show_tab()
            self._choose(sweep_id)

    def _closed(self) -> None:
        self.dialog = None

    # -- starting ----------------------------------------------------------------------

    def _save(self, dialog: SweepDialog, before: object, request: Request) -> None:
        document, saver = self._page.document, self._page.bench.saver
        if document is None or saver is None or document.pipeline != before:
            dialog.changed_outside()
            return
        document.edit(request.pipeline, "Make inputs of what is swept")
        saver.failed.connect(dialog.fail)
        saver.conflict.connect(dialog.changed_outside)
        saver.save(then=partial(self._launch, dialog, saver, request))

    def _launch(self, dialog: SweepDialog, saver: Saver, request: Request) -> None:
        if not shiboken6.isValid(dialog) or dialog.pending is not request:
            return  # given up while it was being saved
        saver.hold(True)  # the start writes the file too

        def failed(error: BaseException) -> None:
            saver.hold(False)
            _fail(dialog, error)

        def started(made: tuple[Sweep, Stored]) -> None:
            saver.note(made[1])
            saver.hold(False)
            self._started(dialog, made[0])

        self._page.tasks.run(
            partial(_start, self._page.studio, request.spec),
            done=started,
            failed=failed,
            owner=saver,
        )

    def _started(self, dialog: SweepDialog, sweep: Sweep) -> None:
        if shiboken6.isValid(dialog):
            dialog.accept()
        self._show(sweep)
        self._refresh()
        self.show_tab()

    # -- following ---------------------------------------------------------------------

    def _make_tab(self) -> SweepsTab:
        tab = SweepsTab()
        tab.show_sweeps(self._known, self._sweep.id if self._sweep else "")
        tab.show_sweep(self._sweep)
        tab.shown.connect(self._refresh)
        tab.new_wanted.connect(self.ask)
        tab.cancel_wanted.connect(self.cancel)
        tab.run_wanted.connect(self.show_run)
        tab.values_wanted.connect(self.use_values)
        tab.best_wanted.connect(self.register_best)
        tab.chosen.connect(self._choose)
        return tab

    def _opened(self) -> None:
        self._known = ()
        self._show(None)
        self._refresh()

    def _refresh(self) -> None:
        """Read the list; the newest one is shown where none is yet."""
        document = self._page.document
        if document is not None:
            name = document.name
            self._page.tasks.run(
                partial(self._page.studio.sweeps.list, name, MOST_LISTED),
                done=partial(self._listed, name),
                failed=self._page.services.show_error,
                owner=self,
            )

    def _listed(self, name: str, sweeps: Sequence[Sweep]) -> None:
        document = self._page.document
        if document is None or document.name != name:
            return
        newest, shown = (sweeps[0] if sweeps else None), self._sweep
        if shown is not None and shown.id not in {one.id for one in sweeps}:
            sweeps = (*sweeps, shown)  # an old one that was asked for
        wanted = "" if self._is_past(newest) or not self._sweep else self._sweep.id
        current = next((one for one in sweeps if one.id == wanted), newest)
        self._known = sweeps
        if self._tab.made is not None:
            self._tab.made.show_sweeps(sweeps, current.id if current else "")
        if shown is not None and current is not None and shown.id == current.id:
            # What is followed is newer than a list that was read meanwhile.
            self._tell(shown)
        else:
            self._show(current)

    def _is_past(self, newest: Sweep | None) -> bool:
        """Whether one that goes on is of more interest, and nobody looks at this."""
        goes_on = newest is not None and not newest.state.ended
        ended = self._sweep is not None and self._sweep.state.ended
        return goes_on and ended and not self._tab.is_shown

    def _choose(self, sweep_id: str) -> None:
        self._page.tasks.run(
            partial(self._page.studio.sweeps.get, sweep_id),
            done=self._chosen,
            failed=self._page.services.show_error,
            owner=self,
        )

    def _chosen(self, sweep: Sweep) -> None:
        document = self._page.document
        if document is not None and document.name == sweep.spec.pipeline:
            self._show(sweep)
            self._refresh()

    def _show(self, sweep: Sweep | None) -> None:
        """Show this one from now on, and follow it while it goes on."""
        if self._poll is not None:
            self._poll.stop()
            self._poll = None
        self._sweep = sweep
        self._tell(sweep)
        if sweep is not None and not sweep.state.ended:
            self._poll = self._page.tasks.every(
                POLL_SECONDS,
                partial(self._page.studio.sweeps.get, sweep.id),
                self._take,
                failed=lambda _: self._show(None),
                owner=self,
            )

    def _tell(self, sweep: Sweep | None) -> None:
        if self._tab.made is not None:
            self._tab.made.show_sweep(sweep)

    def _take(self, sweep: Sweep) -> None:
        before = self._sweep
        if before is None or before.id != sweep.id or before == sweep:
            return
        if not sweep.state.ended or before.state.ended:
            self._sweep = sweep
            self._tell(sweep)
            return
        self._show(sweep)
        show: Callable[[], object] = self.show_tab
        tone: Tone = "ok" if sweep.best is not None else "err"
        if sweep.state is RunState.CANCELLED:
            tone = "idle"
        self._page.services.toast(
            end_words(sweep), action=("Show trials", show), tone=tone
        )


def metrics_of(studio: Studio, pipeline: str) -> list[str]:
    """What the newest runs have measured, the most telling first."""
    found: dict[str, float] = {}
    for run in studio.runs.list(pipeline=pipeline, limit=MOST_RUNS):
        found |= {name: v for name, v in run.metrics.items() if name not in found}
    return list(telling_metrics(found, MOST_METRICS))


def _start(studio: Studio, spec: SweepSpec) -> tuple[Sweep, Stored]:
    sweep = studio.sweeps.get(studio.sweeps.start(spec))
    return sweep, load(studio.pipelines, spec.pipeline)


def _fail(dialog: SweepDialog, error: BaseException) -> None:
    if shiboken6.isValid(dialog):
        dialog.fail(error)
