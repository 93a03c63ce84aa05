"""Settings, section Packages: for all workspaces of this computer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from studio.domain.errors import StudioError
from studio.domain.package_settings import PackageSettings
from studio.gui.package_settings.fields import SPECS, meant, shown
from studio.gui.package_settings.logins import LogIns
from studio.gui.package_settings.trying import Trying
from studio.gui.package_settings.words import hint_of, message_of
from studio.gui.tasks import Tasks
from studio.gui.widgets.basics import button, column, label, row, rule, wrap_in
from studio.gui.widgets.form import Form
from studio.gui.widgets.panel import scrolled
from studio.services.environments.package_settings import PackageSettingsService

WIDTH, HEIGHT = 680, 720


class PackageSettingsDialog(QDialog):
    """What is saved counts at once, in the command line and in runs too."""

    saved = Signal()

    def __init__(
        self, service: PackageSettingsService, tasks: Tasks, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings: packages")
        self._service, self._tasks = service, tasks
        self._before: PackageSettings | None = None
        self.form = Form(SPECS)
        self.logins = LogIns(service, tasks)
        self.trying = Trying(service, tasks)
        self.test = button("Test the connection", icon="plugs", clicked=self.try_it)
        self.cancel = button("Cancel", clicked=self.reject)
        self.save = button("Save", kind="primary", clicked=self.save_settings)
        self._arrange(parent)
        self.form.changed.connect(lambda _name, _value: self.trying.clear())
        self.logins.changed.connect(self._read_logins)
        self.trying.changed.connect(self._enable)
        self.finished.connect(lambda _: self.trying.works.cancel_all())
        self._enable()
        self._read(self._show)

    def settings(self) -> PackageSettings:
        """What the fields say. StudioError where that can't be meant."""
        return replace(self._before or PackageSettings(), **meant(self.form.values()))

    def try_it(self) -> None:
        """Ask what the fields name now; nothing is saved."""
        try:
            settings = self.settings()
        except StudioError as error:
            self._fail(error)
        else:
            self.trying.begin(settings)

    def save_settings(self) -> None:
        """Keep what the fields say, unless something is wrong with it."""
        self.trying.clear()
        self._tasks.run(
            partial(self._service.change, **meant(self.form.values())),
            done=self._saved,
            failed=self._fail,
            owner=self,
        )

    # -- inside ----------------------------------------------------------------------

    def _arrange(self, parent: QWidget) -> None:
        about = (
            "Where packages come from, for all workspaces, the command line and runs. "
            "What is empty is as pip's and uv's own settings say."
        )
        inside = column(self.form, rule(), self.logins, gap=16, margins=(24, 4, 24, 8))
        layout = column(
            wrap_in(
                column(
                    label("Packages and network", "panel-title"),
                    label(about, "muted", wrap=True),
                    gap=4,
                    margins=(24, 16, 24, 0),
                )
            ),
            gap=8,
        )
        layout.addWidget(scrolled(wrap_in(inside)), 1)
        ends = row(self.test, None, self.cancel, self.save)
        layout.addWidget(
            wrap_in(column(self.trying, ends, gap=12, margins=(24, 4, 24, 16)))
        )
        self.setLayout(layout)
        room = parent.window().size()
        self.resize(min(WIDTH, room.width() - 40), min(HEIGHT, room.height() - 40))

    def _read(self, done: Callable[[PackageSettings], object]) -> None:
        self._tasks.run(self._service.get, done=done, failed=self._fail, owner=self)

    def _show(self, settings: PackageSettings) -> None:
        self._before = settings
        self.form.set_values(shown(settings))
        self.logins.show_servers(settings.logins)
        self._enable()

    def _read_logins(self) -> None:
        """The fields stay as they are written."""

        def show(settings: PackageSettings) -> None:
            self._before = settings
            self.logins.show_servers(settings.logins)

        self._read(show)

    def _saved(self, _settings: PackageSettings) -> None:
        self.saved.emit()
        self.accept()

    def _enable(self) -> None:
        ready = self._before is not None
        self.save.setEnabled(ready)
        self.test.setEnabled(ready and not self.trying.busy)

    def _fail(self, error: BaseException) -> None:
        self.trying.clear()
        self.trying.say("err", message_of(error), hint_of(error))
