"""What becomes of files that are dropped, or whose paths are pasted: steps, a step's
path, or a dialog."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QUrl
from PySide6.QtGui import QDropEvent

from studio.domain.component import Component, Port
from studio.domain.errors import InvalidError, NotFoundError, StudioError
from studio.domain.node import FromPath, FromStep
from studio.gui.actions import Action
from studio.gui.designer import edits
from studio.gui.designer.editor import Editor
from studio.gui.designer.geometry import HEIGHT, WIDTH, snapped
from studio.interchange.file_kinds import FileKind, kind_by_name, kind_of

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.gui.designer.page import DesignerPage

IMPORT, APART, MOST_TEXT = "import_data", 96.0, 20_000
_TAKERS: dict[FileKind, tuple[str, ...]] = {
    "table": ("uri_file", "mltable", "uri_folder"),
    "model": ("custom_model", "mlflow_model"),
}
Found = tuple[Path, FileKind | StudioError]


def port_for(editor: Editor, node_id: str, kind: FileKind) -> Port | None:
    """The input of a step that a dropped file would be set for; None if there is none.

    One that has a path already comes first; one that a step feeds is left alone.
    """
    node = editor.pipeline.by_id.get(node_id)
    component = editor.catalog.of(node) if node else None
    if node is None or component is None:
        return None
    free = [
        port
        for port in component.inputs
        if port.type in _TAKERS.get(kind, ())
        and not isinstance(node.inputs.get(port.name), FromStep)
    ]
    known = [port for port in free if isinstance(node.inputs.get(port.name), FromPath)]
    return next(iter(known or free), None)


class DroppedFiles(QObject):
    """Tells the files apart in a worker thread, then does what each is for."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page
        page.view.files_dropped.connect(self.take)
        page.edit_verbs.takers.append(self.paste)
        page.start.setAcceptDrops(True)
        page.start.installEventFilter(self)

    def verbs(self) -> Sequence[Action]:
        return ()

    def canvas_verbs(self) -> Sequence[str]:
        return ()

    def take(self, paths: Sequence[Path], point: QPointF) -> None:
        """Files were let go at a scene point."""
        self._page.tasks.run(
            partial(_tell_apart, list(paths)),
            done=lambda found: self._act(found, point),
            owner=self,
        )

    def paste(self, text: str) -> bool:
        """Paths or file:// addresses become what the files would if dropped beside
        all steps; False if the text is something else."""
        paths = paths_in(text)
        if paths:
            self._page.tasks.run(
                partial(_tell_apart, paths),
                done=lambda found: self._act(found, None),
                owner=self,
            )
        return bool(paths)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Where no pipeline is open, pipelines, components and models are taken."""
        if isinstance(event, QDropEvent) and (paths := dropped_paths(event)):
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self.take(paths, QPointF())
            return True
        return super().eventFilter(watched, event)

    def _act(self, found: Sequence[Found], point: QPointF | None) -> None:
        by_kind: dict[str, list[Path]] = {}
        for path, kind in found:
            if isinstance(kind, StudioError):
                self._page.services.show_error(kind)
            else:
                by_kind.setdefault(kind, []).append(path)
        self._tables(by_kind.get("table", []), point)
        self._models(by_kind.get("model", []), point)
        for path in by_kind.get("pipeline", []):
            self._page.library.import_file(_file_in(path, "pipeline"))
        self._components(by_kind.get("component", []))
        self._environments(by_kind.get("environment", []))
        self._say_of_the_rest(by_kind)

    def _tables(self, paths: list[Path], point: QPointF | None) -> None:
        editor = self._page.editor
        if not paths:
            return
        if editor.document is None:
            self._say("Open a pipeline first, then drop the table into it")
        elif not self._set_path(paths, "table", point):
            self._add_imports(paths, point)

    def _models(self, paths: list[Path], point: QPointF | None) -> None:
        if not paths or self._set_path(paths, "model", point):
            return
        first = paths[0].parent if paths[0].name == "MLmodel" else paths[0]
        self._page.services.open_page("models", register=str(first))
        if len(paths) > 1:
            self._say(f"Register {first.name} first; drop the others one by one")

    def _set_path(
        self, paths: list[Path], kind: FileKind, point: QPointF | None
    ) -> bool:
        """Give the one file to the step under it; False if none there takes it."""
        editor = self._page.editor
        if point is None:
            return False
        item = editor.scene.node_at(point) if editor.document else None
        port = port_for(editor, item.card.id, kind) if item else None
        if item is None or port is None or len(paths) > 1:
            return False
        node = editor.pipeline.by_id[item.card.id]
        after = edits.set_path(editor.pipeline, node.name, port, str(paths[0]))
        editor.edit(after, f"Set {port.name} of {node.title}")
        editor.scene.select([node.id])
        return True

    def _add_imports(self, paths: list[Path], point: QPointF | None) -> None:
        """A step for each table, one below the other, in one edit."""
        editor = self._page.editor
        component = editor.catalog.named(IMPORT)
        if component is None:
            self._say("The component that imports data isn't installed")
            return
        after, made = editor.pipeline, []
        at = point if point is not None else self._page.view.middle()
        for number, path in enumerate(paths):
            middle = at - QPointF(WIDTH / 2, HEIGHT / 2 - APART * number)
            place = edits.free_place(after, snapped(middle), (WIDTH, HEIGHT))
            node = edits.new_node(after, component, place)
            port = component.inputs[0]
            bound = FromPath(str(path), port.type)
            after = after.add(node).bind(node.name, port.name, bound)
            made.append(node.id)
        what = paths[0].name if len(paths) == 1 else f"{len(paths)} files"
        editor.edit(after, f"Import {what}")
        editor.scene.select(made)
        editor.added.emit(component)

    def _components(self, paths: list[Path]) -> None:
        if not paths:
            return
        page = self._page
        page.tasks.run(
            partial(_import_components, page.studio, paths),
            done=self._components_are_here,
            failed=page.services.show_error,
            owner=self,
        )

    def _components_are_here(self, done: tuple[list[Component], list[str]]) -> None:
        listed, titles = done
        bench = self._page.bench
        bench.show_components(listed)
        self._page.services.toast(f"Imported {', '.join(titles)}", tone="ok")

    def _environments(self, paths: list[Path]) -> None:
        if not paths:
            return
        self._page.services.open_page("environments", new_from=str(paths[0]))
        if len(paths) > 1:
            self._say(f"Save {paths[0].name} first; drop the others one by one")

    def _say_of_the_rest(self, by_kind: dict[str, list[Path]]) -> None:
        for path in by_kind.get("other", []):
            self._say(
                f"The designer has no use for {path.name}. Drop tables (CSV, Parquet, "
                "JSON), models, pipelines or components"
            )

    def _say(self, text: str) -> None:
        self._page.services.toast(text, tone="warn")


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The files and folders of this computer that a drag carries."""
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]


def paths_in(text: str) -> list[Path]:
    """The paths that a text consists of, one a line; none if it is anything else."""
    if len(text) > MOST_TEXT:
        return []
    lines = [line.strip().strip("\"'") for line in text.splitlines() if line.strip()]
    found = [_path_of(line) for line in lines]
    known = [path for path in found if path is not None]
    return known if len(known) == len(lines) else []


def _path_of(line: str) -> Path | None:
    """An absolute path with the name of a file that is of use here."""
    if line.startswith("file:"):
        url = QUrl(line)
        line = "" if url.host() else url.toLocalFile()
    if not line.startswith(("/", "~/")) or "\0" in line:
        return None
    path = Path(line).expanduser()
    return path if kind_by_name(path) in ("table", "model") else None


def _tell_apart(paths: list[Path]) -> list[Found]:
    return [(path, _kind(path)) for path in paths]


def _kind(path: Path) -> FileKind | StudioError:
    try:
        if not path.exists():
            return NotFoundError(f"There is no file {path}", "Check the path")
        return kind_of(path)
    except StudioError as error:
        return error
    except OSError as error:
        return InvalidError(f"{path} can't be read: {error.strerror}", "Check the path")


def _file_in(path: Path, name: str) -> Path:
    """The YAML file of a folder, or the file itself."""
    files = (path / f"{name}.yml", path / f"{name}.yaml")
    return next((file for file in files if file.is_file()), path)


def _import_components(
    studio: Studio, paths: list[Path]
) -> tuple[list[Component], list[str]]:
    """(all components, the titles of those that are new)."""
    made = [studio.components.import_folder(path) for path in paths]
    return list(studio.components.list()), [component.title for component in made]
