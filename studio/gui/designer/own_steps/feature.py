"""Components of one's own in the designer: they follow their files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.gui.actions import Action
from studio.gui.designer.own_steps.watching import News, Watcher
from studio.gui.dialogs import ask
from studio.gui.files import show_folder
from studio.services.components import BrokenComponent

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

MOST_NAMES, TOLD = 3, "components of one's own"


class OwnSteps(QObject):
    """Brings what has changed to palette, canvas, form and problems, and says so."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page
        self.watcher = Watcher(page.studio, page.tasks, self)
        self.watcher.found.connect(self._follow)
        page.bench.palette_panel.broken_chosen.connect(self.explain)

    def verbs(self) -> Sequence[Action]:
        return ()

    def canvas_verbs(self) -> Sequence[str]:
        return ()

    def explain(self, broken: BrokenComponent) -> None:
        """What is wrong with a component, and the way to its files."""
        ask(
            self._page,
            f"“{broken.title}” can't be used",
            f"{broken.message}. {broken.hint}".replace("..", "."),
            verb="Show its files",
            keep="Close",
            kind="primary",
            done=partial(show_folder, Path(broken.source)),
        )

    def _follow(self, news: News) -> None:
        bench = self._page.bench
        bench.palette_panel.set_broken(news.survey.broken)
        bench.show_components(news.survey.components)
        if not news.first:
            self._say(news)

    def _say(self, news: News) -> None:
        services = self._page.services
        if broken := news.newly_broken():
            first = broken[0]
            more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
            services.toast(
                f"“{first.title}”{more} can't be used: {first.message}",
                action=("What to do", partial(self.explain, first)),
                tone="err",
                key=TOLD,
            )
            return
        said = [
            f"{verb} {_listed(titles)}"
            for verb, titles in (
                ("Reloaded", news.titles_changed()),
                ("No longer there:", news.titles_gone()),
            )
            if titles
        ]
        if said:
            services.toast(". ".join(said), tone="ok", key=TOLD)


def _listed(titles: Sequence[str]) -> str:
    shown = ", ".join(titles[:MOST_NAMES])
    more = len(titles) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
