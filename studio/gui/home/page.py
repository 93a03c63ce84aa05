"""The first page: begin something, see what is here, take the next step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout

from studio.gui.actions import Action
from studio.gui.home import openings
from studio.gui.home.cards import ActionCard
from studio.gui.home.glance import Glance, NextStep, gather, next_step
from studio.gui.home.hero import Hero
from studio.gui.home.overview import Overview, RecentCard
from studio.gui.home.ready_panel import ReadyPanel
from studio.gui.new_pipeline import new_pipeline
from studio.gui.page import Page, WindowServices
from studio.gui.sample import NAME as SAMPLE
from studio.gui.sample import open_sample
from studio.gui.tasks import Tasks
from studio.gui.widgets.basics import column, row, wrap_in
from studio.gui.widgets.panel import scrolled
from studio.gui.widgets.reflow import Reflow

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.events import Event
    from studio.services.samples import Sample

MOST_WIDTH, MARGIN, LEAST_TILE = 1040, 24, 124
SETTLE_MS = 200


class HomePage(Page):
    """Reads its facts in worker threads, again when something has happened."""

    id, title, icon = "home", "Home", "house"

    def __init__(self, studio: Studio, tasks: Tasks, window: WindowServices) -> None:
        super().__init__(studio, tasks, window)
        self._sample: Sample | None = None
        self._step: NextStep | None = None
        self.glance = Glance()
        self.hero = Hero()
        self.hero.pressed.connect(self._press_hero)
        self.cards: dict[str, ActionCard] = {}
        self.overview = Overview()
        self.overview.wanted.connect(lambda page, to: self._open(page, **to))
        self.recent = RecentCard()
        self.recent.picked.connect(self.services.open_workspace)
        self.ready = ReadyPanel(tasks, self._checks)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.reload)
        self._build()
        self.tasks.run(openings.samples, done=self._take_samples, owner=self)

    @property
    def caption(self) -> str:
        return f"Workspace {self.studio.workspace.name}"

    def page_actions(self) -> Sequence[Action]:
        return [
            _start("home.sample", "Open sample: Penguins", "bird", self.open_sample),
            Action(
                "home.new_pipeline",
                "New pipeline",
                icon="plus",
                shortcut=QKeySequence.StandardKey.New,
                category="File",
                callback=self.new_pipeline,
            ),
            _start(
                "home.import", "Import model…", "download-simple", self.import_model
            ),
            Action(
                "home.check",
                "Check again",
                icon="list-checks",
                callback=self.ready.start,
            ),
        ]

    def activated(self) -> None:
        self.reload()
        if not self.ready.rows:
            self.ready.start()

    def refresh(self, events: Sequence[Event]) -> None:
        # A run writes several events a second: read once they have paused.
        if not self._settle.isActive():
            self._settle.start()

    def reload(self) -> None:
        """Read the glance again."""
        self.tasks.run(partial(gather, self.studio), done=self.show_glance, owner=self)

    def show_glance(self, glance: Glance) -> None:
        """Show what was read; keeps the focus by changing only what differs."""
        if glance == self.glance and self._step is not None:
            return
        self.glance = glance
        self._step = next_step(glance)
        self.overview.show_glance(glance)
        self.recent.show_folders(glance.recent)
        self._show_hero()

    # -- verbs ----------------------------------------------------------------------

    def open_sample(self) -> None:
        """Open the user's own copy of the sample, made now if need be."""
        self._busy(True, "Copying the sample…")
        free = partial(self._busy, False)
        open_sample(self.services, self.tasks, self, ended=free)

    def new_pipeline(self) -> None:
        """Make an empty pipeline and go to it."""
        self.tasks.run(
            partial(new_pipeline, self.studio),
            done=lambda name: self._open("pipelines", name=name),
            owner=self,
        )

    def open_folder(self) -> None:
        """Choose a workspace with the system's dialog."""
        self.services.actions.get("workspace.open").trigger()

    def new_workspace(self) -> None:
        """Ask for a name and a place."""
        self.services.actions.get("workspace.new").trigger()

    def import_model(self) -> None:
        """Go to the models and ask for the file."""
        self._open("models", register=True)

    # -- inside -----------------------------------------------------------------------

    def _build(self) -> None:
        content = column(gap=24, margins=(MARGIN, MARGIN, MARGIN, MARGIN))
        content.addWidget(self.hero)
        content.addWidget(self._tiles())
        content.addWidget(self.overview)
        content.addWidget(self.recent)
        content.addStretch(1)
        inner = wrap_in(content)
        inner.setMaximumWidth(MOST_WIDTH)
        area = scrolled(wrap_in(row(inner, gap=0)))
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(area, 1)
        whole.addWidget(self.ready)

    def _tiles(self) -> Reflow:
        for name, icon, text, words, act in (
            (
                "sample",
                "bird",
                "Open sample",
                "Penguins, offline, 20 s",
                self.open_sample,
            ),
            (
                "pipeline",
                "flow-arrow",
                "New pipeline",
                "Start from an empty canvas",
                self.new_pipeline,
            ),
            (
                "open",
                "folder-open",
                "Open folder",
                "Another workspace",
                self.open_folder,
            ),
            (
                "workspace",
                "folder-plus",
                "New workspace",
                "For one project",
                self.new_workspace,
            ),
            (
                "import",
                "download-simple",
                "Import model",
                "A file or an MLflow folder",
                self.import_model,
            ),
        ):
            made = ActionCard(icon, text, words)
            made.clicked.connect(act)
            self.cards[name] = made
        self.cards["sample"].hide()
        return Reflow(list(self.cards.values()), least=LEAST_TILE, gap=8)

    def _show_hero(self) -> None:
        step = self._step
        self.cards["sample"].setVisible(step is not None)
        if step is not None:
            self.hero.show_step(
                step.icon, "Next step", step.title, step.sentence, step.button
            )
        elif self._sample is not None:
            sample = self._sample
            self.hero.show_step(
                "bird",
                "Start here",
                f"Open sample: {sample.title} (offline, {sample.seconds} s)",
                sample.description,
                "Open sample",
            )

    def _press_hero(self) -> None:
        if self._step is None:
            self.open_sample()
        else:
            self._open(self._step.page, **self._step.target)

    def _open(self, page: str, **target: Any) -> None:
        if self.services.has_page(page):
            self.services.open_page(page, **target)
        else:
            self.services.toast(f"The page {page} isn't part of this installation")

    def _checks(self) -> Any:
        from studio.services.checks import each_check

        return each_check(self.studio.workspace)

    def _take_samples(self, samples: Sequence[Sample]) -> None:
        self._sample = next((one for one in samples if one.name == SAMPLE), None)
        self._show_hero()

    def _busy(self, busy: bool, words: str = "") -> None:
        self.hero.set_busy(words if busy else "")
        for made in self.cards.values():
            made.setEnabled(not busy)


def _start(action_id: str, text: str, icon: str, callback: Any) -> Action:
    return Action(action_id, text, icon=icon, category="File", callback=callback)
