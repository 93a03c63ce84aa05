"""Try to solve what is written, without keeping anything; ways out of a conflict."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.domain.environment import Declaration, Lock
from studio.domain.errors import StudioError
from studio.gui.tasks import Tasks
from studio.gui.widgets.banner import Banner, BannerTone
from studio.gui.widgets.basics import button, clear, column, label, row, wrap_in
from studio.gui.widgets.progress import ProgressRow
from studio.gui.works import Work, Works
from studio.services.environments.conflicts import ConflictError, Way

if TYPE_CHECKING:
    from studio.services.environments.service import EnvironmentService

TITLE = "Solving"
_VERBS = ("leave", "write", "remove", "use", "choose")


class SolveBar(QWidget):
    """`way_chosen(Way)` asks to write what would mend it; `changed`: busy or not."""

    way_chosen = Signal(object)
    changed = Signal()

    def __init__(self, environments: EnvironmentService, tasks: Tasks) -> None:
        super().__init__()
        self._environments = environments
        self.works = Works(tasks, self)
        self.work: Work | None = None
        self.lock: Lock | None = None
        self.progress = ProgressRow(TITLE, cancel=self.cancel)
        self.banner = Banner("info")
        self._ways = QVBoxLayout()
        self._ways.setContentsMargins(0, 0, 0, 0)
        self._ways.setSpacing(4)
        self._ways_box = wrap_in(self._ways)
        self.setLayout(column(self.progress, self.banner, self._ways_box, gap=6))
        for part in (self.progress, self.banner, self._ways_box):
            part.hide()
        self.works.changed.connect(self._told)
        self.works.ended.connect(self._ended)

    @property
    def busy(self) -> bool:
        return self.work is not None and self.work.goes_on

    def solve(self, declaration: Declaration) -> None:
        """Begin; an earlier answer goes."""
        if self.busy:
            return
        self.forget()
        self.progress.restart(TITLE)
        self.progress.show()
        work = partial(self._environments.solve, declaration)
        self.work = self.works.start(TITLE, "", work, self._solved)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; nothing is left of it."""
        self.progress.set_text("Stopping")
        self.works.cancel_all()

    def forget(self) -> None:
        """The text is another: what was found isn't about it."""
        self.lock = None
        self.banner.hide()
        self._ways_box.hide()
        clear(self._ways)

    def say(self, tone: BannerTone, text: str, hint: str = "") -> None:
        """Something else that is to be read here."""
        self.banner.show_message(tone, text, hint=hint)
        self.banner.show()

    def _told(self, work: Work) -> None:
        told = work.progress
        fraction = told.done / told.total if told.total else None
        words = told.message or told.phase
        if told.phase == "explaining":
            words = f"nothing fits; what would mend it? {words}"
        self.progress.set_progress(fraction, words[:90])

    def _solved(self, lock: Lock) -> None:
        self.lock = lock
        count = len(lock.packages)
        noun = "package fits" if count == 1 else "packages fit"
        self.say(
            "ok",
            f"It can be solved: {count} {noun} for Python {lock.python}, "
            f"{lock.platform}.",
        )

    def _ended(self, work: Work, _result: object) -> None:
        self.progress.hide()
        if work.state == "FAILED" and work.error is not None:
            self.explain(work.error)
        elif work.state == "CANCELLED":
            self.say("info", "Solving was cancelled.")
        self.changed.emit()

    def explain(self, error: BaseException) -> None:
        """Say why it can't be solved, with the ways out that are known."""
        if not isinstance(error, StudioError):
            self.say("err", f"{type(error).__name__}: {error}")
            return
        ways = error.ways if isinstance(error, ConflictError) else ()
        self.say("err", error.message, "" if ways else error.hint)
        if ways:
            self._ways.addWidget(label("What would mend it, tried:", "label"))
        for way in ways:
            act = partial(self.way_chosen.emit, way)
            self._ways.addLayout(row(_button(way, act), None))
        self._ways_box.setVisible(bool(ways))


def _button(way: Way, act: Callable[[], object]) -> QWidget:
    verb, _, rest = way.words.partition(" ")
    words = f"{verb.capitalize()} {rest}" if verb in _VERBS else f"Write {way.words}"
    made = button(words, kind="secondary", icon="magic-wand", clicked=act)
    made.setToolTip("Write this into the text; it can be undone")
    return made
