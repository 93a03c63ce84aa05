"""Asks the places that packages come from, and says in words what they answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.domain.package_settings import PackageSettings
from studio.environments.tool import Report
from studio.gui.package_settings.words import hint_of, message_of
from studio.gui.tasks import Tasks
from studio.gui.widgets.banner import Banner, BannerTone
from studio.gui.widgets.basics import clear, column, wrap_in
from studio.gui.widgets.formats import format_seconds
from studio.gui.widgets.progress import ProgressRow
from studio.gui.works import Work, Works
from studio.services.environments.connection_test import Answer, test_connection
from studio.services.environments.package_settings import PackageSettingsService

TITLE = "Testing the connection"
_TONES: dict[str, BannerTone] = {"ok": "ok", "warning": "warn", "failed": "err"}


class Trying(QWidget):
    """Out of sight until it is asked to `begin`; `changed` when it begins and ends."""

    changed = Signal()

    def __init__(self, service: PackageSettingsService, tasks: Tasks) -> None:
        super().__init__()
        self._service = service
        self.works = Works(tasks, self)
        self.progress = ProgressRow(TITLE, cancel=self.cancel)
        self.banners: list[Banner] = []
        self._told = column(gap=4)
        self.setLayout(column(self.progress, wrap_in(self._told), gap=6))
        self.hide()
        self.works.changed.connect(self._renew)
        self.works.ended.connect(self._ended)

    @property
    def busy(self) -> bool:
        return any(work.goes_on for work in self.works.all)

    def begin(self, settings: PackageSettings) -> None:
        """Ask what these settings name, whether or not they are kept."""
        if self.busy:
            return
        self._clear()
        self.progress.restart(TITLE)
        self.progress.show()
        self.show()
        self.works.start(TITLE, "", self._work(settings), self._answered)
        self.changed.emit()

    def cancel(self) -> None:
        self.progress.set_text("Stopping")
        self.works.cancel_all()

    def say(self, tone: BannerTone, text: str, hint: str = "") -> None:
        """Something that is to be read here."""
        made = Banner(tone, text, hint=hint)
        self.banners.append(made)
        self._told.addWidget(made)
        self.show()

    def clear(self) -> None:
        """What was told is about other settings."""
        if not self.busy:
            self._clear()
            self.hide()

    def _work(self, settings: PackageSettings) -> Callable[..., Sequence[Answer]]:
        """Also what the keyring holds is read in the thread."""
        service = self._service

        def work(*, progress: Report, cancel: threading.Event) -> Sequence[Answer]:
            indexes = service.indexes(settings)
            return test_connection(indexes, progress=progress, cancel=cancel)

        return work

    def _renew(self, work: Work) -> None:
        told = work.progress
        fraction = told.done / told.total if told.total else None
        self.progress.set_progress(fraction, told.message)

    def _answered(self, answers: Sequence[Answer]) -> None:
        for each in answers:
            took = f" ({format_seconds(each.seconds)})" if each.seconds else ""
            where = f"{each.address}: " if each.address else ""
            text = f"{where}{each.message}{took}."
            self.say(_TONES[each.outcome], text, each.hint)

    def _ended(self, work: Work, _result: object) -> None:
        self.progress.hide()
        if work.state == "CANCELLED":
            self.say("info", "The test was cancelled.")
        elif work.error is not None:
            self.say("err", message_of(work.error), hint_of(work.error))
        self.changed.emit()

    def _clear(self) -> None:
        self.banners.clear()
        clear(self._told)
