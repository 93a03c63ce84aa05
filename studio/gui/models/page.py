"""The Models page: versions found by their tags, the chosen one beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.domain.errors import RefusedError, StudioError
from studio.domain.events import Event
from studio.domain.tag_filter import TagIs, write_term
from studio.gui.actions import Action
from studio.gui.dialogs import Question, ask
from studio.gui.models import editing
from studio.gui.models.details import ModelDetails, ModelFacts
from studio.gui.models.editing import Change
from studio.gui.models.model_list import ModelRow, ModelSource, columns, serving_now
from studio.gui.models.register_dialog import RegisterDialog
from studio.gui.models.verbs import MENU, verbs
from studio.gui.page import Page, WindowServices
from studio.gui.tasks import Task, Tasks
from studio.gui.widgets.basics import column, frame, row, wrap_in
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.filter_bar import FilterBar, Suggestion
from studio.gui.widgets.rows_model import RowsModel
from studio.gui.widgets.switch import Switch
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.model import ModelPage, ModelVersion

MODEL_EVENTS = ("Model", "Deployment", "Endpoint", "RunEnded", "StepEnded")
NO_MATCH = "No model matches. Change or clear the filter, or include archived ones."


class ModelsPage(Page):
    id, title, icon = "models", "Models", "stack"

    def __init__(self, studio: Studio, tasks: Tasks, window: WindowServices) -> None:
        super().__init__(studio, tasks, window)
        self.filter = FilterBar("Tag=Value, for example stage=prod accuracy>0.9")
        self.switch = Switch("Include archived")
        self.table: DataTable[ModelRow] = DataTable(
            RowsModel(columns(), key=lambda row: row.reference),
            name="models",
            settings=window.settings,
        )
        self.details = ModelDetails()
        self.dialog: RegisterDialog | None = None
        self.question: Question | None = None
        self._source = ModelSource(studio, self._told)
        self._stack = QStackedWidget()
        self._total = 0
        self._wanted = ""
        self._reading: Task | None = None
        self._build()
        self._connect()
        self._read_tags()
        self.table.rows_model.set_source(self._source, tasks)

    # -- what the window asks ------------------------------------------------------

    @property
    def caption(self) -> str:
        noun = "version" if self._total == 1 else "versions"
        return f"{self._total:,} {noun}" if self._total else ""

    @property
    def current(self) -> ModelRow | None:
        """The chosen version."""
        return self.table.current()

    def page_actions(self) -> Sequence[Action]:
        return verbs(self)

    def top_bar_widgets(self) -> Sequence[QWidget]:
        button = self.services.actions.button
        return [
            button("models.copy", icon_only=True),
            button("models.delete", icon_only=True),
            button("models.archive"),
            button("models.download"),
            button("models.register"),
            button("models.deploy", kind="primary"),
        ]

    def refresh(self, events: Sequence[Event]) -> None:
        told = [event for event in events if event.type.startswith(MODEL_EVENTS)]
        if told or not events:
            self.table.rows_model.reload()
            self._read_tags()

    def deactivated(self) -> None:
        self.details.flush()

    def open_target(self, **target: Any) -> None:
        """`reference=` chooses a version, `register=` (True or a path) registers."""
        if reference := str(target.get("reference") or target.get("model") or ""):
            self._wanted = reference
            if not self.table.select_key(reference):
                self._find_wanted()
        if filter_text := str(target.get("filter", "")):
            self.filter.set_text(filter_text)
        if register := target.get("register"):
            self.register(Path(register) if register is not True else None)

    def unsaved(self) -> str:
        self.details.flush()
        return ""

    # -- what a person does --------------------------------------------------------

    def deploy(self) -> None:
        """Go to the endpoints, to deploy the chosen version."""
        if self.current is not None:
            self.services.open_page("endpoints", deploy=self.current.reference)

    def register(self, path: Path | None = None) -> None:
        """Ask for a file or folder and register it."""
        self.dialog = RegisterDialog(self.studio, self.tasks, self, path)
        self.dialog.registered.connect(self._registered)
        self.dialog.finished.connect(self._forget_dialog)
        self.dialog.open()

    def download(self) -> None:
        """Ask for a folder, then copy the version there, every hash checked."""
        dialog = QFileDialog(self.window(), "Download the model into a folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.download_to(Path(name)))
        dialog.open()

    def download_to(self, folder: Path) -> None:
        """Copy the chosen version into a folder of its own within `folder`."""
        model = self.current.model if self.current else None
        if model is None:
            return
        target = folder / f"{model.name}-{model.version}"
        self._run(
            partial(self.studio.models.download, model.reference, target),
            lambda path: self.services.toast(
                f"Downloaded {model.reference}",
                tone="ok",
                action=("Open folder", partial(_open_folder, path)),
            ),
        )

    def verify(self) -> None:
        """Read every byte of the chosen version again."""
        self._with_current(
            self.studio.models.verify,
            lambda model: self.services.toast(
                f"All files of {model.reference} are as they were registered", tone="ok"
            ),
        )

    def archive(self) -> None:
        self._change(editing.archive)

    def restore(self) -> None:
        self._change(editing.restore)

    def copy_reference(self) -> None:
        if self.current is not None:
            QGuiApplication.clipboard().setText(self.current.reference)
            self.services.toast(f"Copied {self.current.reference}")

    def delete(self) -> None:
        """Ask, then delete for good; refused while it is deployed."""
        if self.current is None:
            return
        reference = self.current.reference
        self.question = ask(
            self,
            f"Delete {reference}?",
            "The version, its tags and its metrics are deleted for good. Its number "
            "is never given again. To only hide it, archive it.",
            verb="Delete model",
            keep="Keep model",
            done=partial(self._delete, reference),
        )

    def export_csv(self) -> None:
        """Write the list as it is shown."""
        dialog = QFileDialog(self.window(), "Export models", "models.csv")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._export)
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := _dropped(event):
            event.acceptProposedAction()
            self.register(path)

    # -- inside --------------------------------------------------------------------

    def _build(self) -> None:
        self.setAcceptDrops(True)
        self.table.setAccessibleName("Models")
        self.filter.edit.setAccessibleName("Filter models")
        bar = row(gap=16, margins=(12, 10, 16, 10))
        bar.addWidget(self.filter, 1)
        bar.addLayout(column(4, self.switch, None, gap=0))
        above = column(frame("header", bar), gap=0)
        above.addWidget(self.table, 1)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(wrap_in(above))
        split.addWidget(self.details)
        split.setStretchFactor(0, 1)
        self._stack.addWidget(self._empty())
        self._stack.addWidget(split)
        self._stack.setCurrentIndex(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _empty(self) -> QWidget:
        return EmptyState(
            "stack",
            "No models yet",
            "Train one with the sample, or drop a model file here.",
            primary=("Open the sample", lambda: self.services.open_page("home")),
            secondary=("Register model…", self.register),
        )

    def _connect(self) -> None:
        model, details = self.table.rows_model, self.details
        model.loaded.connect(self._loaded)
        model.failed.connect(self._not_loaded)
        model.sort_wanted.connect(self._sort)
        model.dataChanged.connect(self._reread)
        self.filter.changed.connect(self._filter)
        self.switch.toggled.connect(self._filter)
        self.table.current_changed.connect(self._choose)
        self.table.activated_row.connect(lambda _row: self.deploy())
        self.table.tag_clicked.connect(self._filter_by_tag)
        self.table.menu_wanted.connect(self._menu)
        details.tag_added.connect(partial(self._edit, editing.add_tag, details.tags))
        details.tag_removed.connect(
            partial(self._edit, editing.remove_tag, details.tags)
        )
        details.alias_added.connect(
            partial(self._edit, editing.add_alias, details.aliases)
        )
        details.alias_removed.connect(
            partial(self._edit, editing.remove_alias, details.aliases)
        )
        details.description_edited.connect(self._describe)
        details.restore_wanted.connect(self.restore)
        details.page_wanted.connect(
            lambda page, target: self.services.open_page(page, **target)
        )

    def _told(self, page: ModelPage) -> None:
        self.tasks.post(lambda: self._show_total(page), owner=self)

    def _show_total(self, page: ModelPage) -> None:
        self._total = page.total
        self.heading_changed.emit()

    def _read_tags(self) -> None:
        self.tasks.run(self.studio.models.tag_values, done=self._suggest, owner=self)

    def _suggest(self, pairs: Sequence[tuple[str, str]]) -> None:
        terms = sorted({write_term(TagIs(key, (value,))) for key, value in pairs})
        self.filter.set_suggestions([Suggestion(term) for term in terms])
        self.details.tags.set_suggestions(terms)

    def _filter(self) -> None:
        source = replace(
            self._source,
            filter=self.filter.text(),
            include_archived=self.switch.isChecked(),
        )
        self._set_source(source)

    def _filter_by_tag(self, shown: str) -> None:
        key, _, value = shown.partition("=")
        self.filter.add_term(write_term(TagIs(key, (value,))))

    def _sort(self, number: int, descending: bool) -> None:
        by = self.table.rows_model.columns[number] if number >= 0 else None
        self._set_source(replace(self._source, sorted_by=by, descending=descending))

    def _set_source(self, source: ModelSource) -> None:
        if source != self._source:
            self._source = source
            self.table.rows_model.set_source(source, self.tasks)

    def _loaded(self) -> None:
        rows = self.table.rows_model.rows
        narrowed = bool(self._source.filter or self._source.include_archived)
        self._stack.setCurrentIndex(1 if rows or narrowed else 0)
        self.table.set_empty_text(NO_MATCH)
        if self._wanted and self.table.select_key(self._wanted):
            self._wanted = ""
        elif rows and self.current is None and not self._wanted:
            self.table.select_key(rows[0].reference)
        self.services.actions.refresh()

    def _not_loaded(self, error: BaseException) -> None:
        if isinstance(error, StudioError):
            self.filter.set_error(f"{error.message}. {error.hint}")
        else:
            self.services.show_error(error, self.table.rows_model.reload)

    def _find_wanted(self) -> None:
        """Filter by name, so that a version far down the list can be chosen."""
        name = self._wanted.partition(":")[0].partition("@")[0]
        self.switch.setChecked(True)
        self.filter.set_text(name)
        self.table.rows_model.reload()

    def _choose(self, chosen: ModelRow | None) -> None:
        self.services.actions.refresh()
        if self._reading is not None:
            self._reading.cancel()
        if chosen is None:
            self.details.set_facts(None)
            return
        self._reading = self.tasks.run(
            partial(_read, self.studio, chosen),
            done=self.details.set_facts,
            failed=lambda _error: self.details.set_facts(ModelFacts(chosen)),
            owner=self,
        )

    def _reread(self) -> None:
        self._choose(self.current)

    def _edit(
        self,
        edit: Callable[[Studio, str, str], Change],
        editor: Any,
        word: str,
    ) -> None:
        """Do an edit; what is wrong with it is said under its line."""
        reference = self.details.reference

        def failed(error: BaseException) -> None:
            if isinstance(error, StudioError):
                editor.set_error(f"{error.message}. {error.hint}.")
            else:
                self.services.show_error(error)

        def done(change: Change) -> None:
            editor.clear_line()
            self._changed(change)

        self.tasks.run(
            partial(edit, self.studio, reference, word),
            done=done,
            failed=failed,
            owner=self,
        )

    def _change(self, change: Callable[[Studio, str], Change]) -> None:
        self._with_current(partial(change, self.studio), self._changed)

    def _changed(self, change: Change) -> None:
        """Say what was done, with Undo."""
        self.services.toast(
            change.words, undo=lambda: self._run(change.undo, lambda _: self._renew())
        )
        self._renew()

    def _renew(self) -> None:
        self.table.rows_model.reload()

    def _describe(self, reference: str, text: str) -> None:
        self._run(
            partial(self.studio.models.describe, reference, text),
            lambda _model: self._renew(),
        )

    def _delete(self, reference: str) -> None:
        def failed(error: BaseException) -> None:
            if isinstance(error, RefusedError):
                self._refuse(reference, error)
            else:
                self.services.show_error(error)

        self.tasks.run(
            partial(self.studio.models.delete, reference),
            done=self._deleted,
            failed=failed,
            owner=self,
        )

    def _refuse(self, reference: str, error: RefusedError) -> None:
        """Say where a version is used, and offer to go there."""
        used_by = self.current.model.used_by if self.current else ()
        endpoint = used_by[0].partition("/")[0] if used_by else ""
        self.question = ask(
            self,
            error.message,
            error.hint,
            verb="Show endpoint",
            keep="Keep model",
            kind="primary",
            done=lambda: self.services.open_page("endpoints", endpoint=endpoint),
        )

    def _deleted(self, reference: str) -> None:
        self.services.toast(f"Deleted {reference}")
        self._renew()

    def _registered(self, model: ModelVersion) -> None:
        self.services.toast(f"Registered {model.reference}", tone="ok")
        self.filter.clear()
        self._wanted = model.reference
        self._renew()

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _with_current(
        self, verb: Callable[[str], Any], done: Callable[[Any], object]
    ) -> None:
        if self.current is not None:
            self._run(partial(verb, self.current.reference), done)

    def _run(self, work: Callable[[], Any], done: Callable[[Any], object]) -> None:
        self.tasks.run(
            work,
            done=done,
            failed=lambda error: self.services.show_error(error),
            owner=self,
        )

    def _export(self, name: str) -> None:
        try:
            self.table.export_csv(Path(name))
        except StudioError as error:
            self.services.show_error(error, self.export_csv)
        else:
            self.services.toast(f"Exported {Path(name).name}", tone="ok")

    def _menu(self, _row: ModelRow, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in MENU:
            menu.addActions([self.services.actions.get(name) for name in group])
            menu.addSeparator()
        menu.popup(place)


def _read(studio: Studio, chosen: ModelRow) -> ModelFacts:
    model = studio.models.get(chosen.reference)
    serving = not serving_now(studio).isdisjoint(model.used_by)
    return ModelFacts(
        ModelRow(model, serving),
        studio.models.files(model.reference),
        studio.models.signature(model.reference),
    )


def _dropped(event: QDropEvent) -> Path | None:
    files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
    return Path(files[0]) if len(files) == 1 else None


def _open_folder(path: Path) -> None:
    folder = path if path.is_dir() else path.parent
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
