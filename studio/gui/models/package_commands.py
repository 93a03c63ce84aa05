"""The verb that packages the chosen version, and what of it is under way."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.domain.packaging import Packaged, PackageWish
from studio.environments.tool import Report
from studio.gui.models.package_dialog import PackageDialog
from studio.gui.models.package_form import PackageSettings
from studio.gui.models.package_progress import PackageProgress, told_of
from studio.gui.works import Work, Works

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.model import ModelVersion
    from studio.gui.models.page import ModelsPage


class PackageCommands:
    """`dialog` asks, `shown` follows what was started last; both None while closed."""

    def __init__(self, page: ModelsPage, works: Works) -> None:
        self._page, self._works = page, works
        self._studio = page.studio
        self._asked: dict[int, tuple[ModelVersion, Mapping[str, Any]]] = {}
        self._made: dict[int, Packaged] = {}
        self.dialog: PackageDialog | None = None
        self.shown: PackageProgress | None = None
        works.ended.connect(self._ended)

    def ask(self) -> None:
        """Ask how the chosen version is to be packaged; where that goes on, show it."""
        if self._page.current is None:
            return
        model = self._page.current.model
        if (work := self._works.running(_title(model))) is not None:
            self.show(work)
        else:
            self._ask(model, {})

    def change(self, work: Work) -> None:
        """Ask again, with what was asked for then."""
        self._works.forget(work)
        self._ask(*self._asked[work.number])

    def show(self, work: Work) -> None:
        """Show how far it is, or what was made."""
        if self.shown is not None:
            self.shown.accept()
        made = self._made.get(work.number)
        self.shown = PackageProgress(self._works, work, made, self._page)
        self.shown.change_wanted.connect(self.change)
        self.shown.finished.connect(self._forget_shown)
        self.shown.open()

    def _ask(self, model: ModelVersion, values: Mapping[str, Any]) -> None:
        page = self._page
        self.dialog = PackageDialog(self._studio, page.tasks, model, page, values)
        self.dialog.wanted.connect(partial(self._start, model))
        self.dialog.finished.connect(self._forget_dialog)
        self.dialog.open()

    def _start(
        self, model: ModelVersion, settings: PackageSettings, values: dict[str, Any]
    ) -> None:
        work = self._works.start(
            _title(model),
            model.reference,
            partial(package, self._studio, settings),
        )
        self._asked[work.number] = model, values
        self.show(work)

    def _ended(self, work: Work, made: Packaged | None) -> None:
        if made is None:
            return
        self._made[work.number] = made
        if self.shown is None or self.shown.work is not work:
            self._page.services.toast(
                told_of(made),
                tone="ok",
                action=("Show it", partial(self.show, work)),
            )

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _forget_shown(self) -> None:
        self.shown = None


def _title(model: ModelVersion) -> str:
    return f"Package {model.reference}"


def package(
    studio: Studio,
    settings: PackageSettings,
    *,
    progress: Report,
    cancel: threading.Event,
) -> Packaged:
    """Make it. A script without a code folder goes in alone, not with all that stands
    beside it."""
    with tempfile.TemporaryDirectory(prefix="studio-code-") as name:
        code, script = settings.code, settings.script
        if script is not None and code is None:
            code = Path(name)
            (code / script.name).write_bytes(script.read_bytes())
            script = code / script.name
        wish = PackageWish(
            settings.model,
            settings.environment,
            code,
            str(script.relative_to(code)) if script and code else "",
            settings.others,
            settings.assets,
        )
        told: Any = {"progress": progress, "cancel": cancel}
        if settings.folder is not None:
            return studio.packaging.to_folder(wish, settings.folder, **told)
        return studio.packaging.to_image(
            wish, settings.image, base=settings.base, **told
        )
