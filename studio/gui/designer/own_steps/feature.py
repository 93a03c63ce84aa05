"""Components of one's own in the designer: followed, edited, made, pasted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF

from studio.domain.component import Component
from studio.gui.actions import Action
from studio.gui.designer import edits
from studio.gui.designer.geometry import HEIGHT, WIDTH
from studio.gui.designer.own_steps.editing import Editing
from studio.gui.designer.own_steps.news import tell
from studio.gui.designer.own_steps.watching import News, Watcher
from studio.gui.dialogs import ask, ask_for_name
from studio.gui.files import show_folder
from studio.services.components.own import has_steps
from studio.services.components.service import BrokenComponent

if TYPE_CHECKING:
    from studio.domain.events import Event
    from studio.gui.designer.page import DesignerPage

EDIT, NEW_FUNCTION, NEW_FOLDER = (
    "component.edit",
    "component.new_function",
    "component.new_folder",
)


class OwnSteps(QObject):
    """Brings what has changed to palette, canvas, form and problems, and says so."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page
        self._own = page.studio.own_components
        self._wanted: tuple[str, ...] = ()
        self.editing = Editing(page)
        self.watcher = Watcher(page.studio, page.tasks, self)
        self.watcher.found.connect(self._follow)
        self.editing.saved.connect(self.watcher.look_now)
        palette = page.bench.palette_panel
        palette.broken_chosen.connect(self.explain)
        palette.edit_wanted.connect(self.editing.open_component)
        page.edit_verbs.takers.append(self.paste)

    def verbs(self) -> Sequence[Action]:
        return (
            Action(
                EDIT,
                "Edit component",
                "code-block",
                "Shift+F4",
                "Edit",
                self.edit_chosen,
                lambda: self._chosen() is not None,
            ),
            Action(
                NEW_FUNCTION,
                "New step from a Python function…",
                "file-py",
                "",
                "File",
                self.ask_for_function,
            ),
            Action(
                NEW_FOLDER,
                "New component folder…",
                "folder-plus",
                "",
                "File",
                self.ask_for_folder,
            ),
        )

    def canvas_verbs(self) -> Sequence[str]:
        return (EDIT,)

    def refresh(self, events: Sequence[Event]) -> None:
        """Code was edited elsewhere: in another window, or put back from a run."""
        if not events or any(event.type.startswith("Component") for event in events):
            self.watcher.look_now()
            self.editing.look_again()
            if self._page.document is not None:
                self._page.bench.checker.check_soon(self._page.editor.pipeline)

    def unsaved(self) -> str:
        return ", ".join(edit.file.name for edit in self.editing.dirty)

    def save_all(self) -> None:
        self.editing.save_blocking()

    # -- editing --------------------------------------------------------------------

    def edit_chosen(self) -> None:
        """The selected step's component; first a question, if it isn't one's own."""
        component = self._chosen()
        if component is None:
            return
        if not component.built_in:
            self.editing.open_component(component)
            return
        ask(
            self._page,
            f"“{component.title}” comes with the program",
            "A copy of your own can be edited. Pipelines of this workspace will use "
            "the copy in its place.",
            verb="Make a copy and edit it",
            kind="primary",
            done=partial(self.editing.open_component, component),
        )

    def explain(self, broken: BrokenComponent) -> None:
        """What is wrong with a component, and the way to its files."""
        place = Path(broken.source)
        own = self._own.is_own(place)
        show = self.editing.open if own else show_folder
        ask(
            self._page,
            f"“{broken.title}” can't be used",
            f"{broken.reason}. {broken.hint}",
            verb="Edit" if own else "Show its folder",
            keep="Close",
            kind="primary",
            done=partial(show, place),
        )

    # -- making ---------------------------------------------------------------------

    def ask_for_function(self) -> None:
        ask_for_name(
            self._page,
            "New step from a Python function",
            "A Python file with one function. Its type hints become ports and fields.",
            verb="Make the step",
            proposal="My step",
            done=partial(self._make, self._own.new_function),
        )

    def ask_for_folder(self) -> None:
        ask_for_name(
            self._page,
            "New component folder",
            "A folder with component.yml and a script, as Azure ML takes it too.",
            verb="Make the folder",
            proposal="My component",
            done=partial(self._make, self._own.new_folder),
        )

    def paste(self, text: str) -> bool:
        """Python text with a function becomes a file, and a step on the canvas."""
        if not has_steps(text):
            return False
        self._run(partial(self._own.take_functions, text), self._add_pasted)
        return True

    # -- inside ---------------------------------------------------------------------

    def _make(self, make: Callable[[str], Path], title: str) -> None:
        def made(place: Path) -> None:
            self.watcher.look_now()
            self.editing.open(place)

        self._run(partial(make, title), made)

    def _add_pasted(self, taken: tuple[Path, tuple[str, ...]]) -> None:
        self._wanted = taken[1]
        if not self._add_wanted():
            self.watcher.look_now()

    def _add_wanted(self) -> bool:
        """Add the pasted steps, if the palette has them by now."""
        found = [self._page.bench.catalog.named(name) for name in self._wanted]
        components = [component for component in found if component is not None]
        if len(components) < len(self._wanted):
            return False
        self._wanted = ()
        editor, middle = self._page.editor, self._page.view.middle()
        for component in components:
            x, y = edits.place_beside_all(editor.pipeline, middle.toTuple())
            editor.add(component, QPointF(x + WIDTH / 2, y + HEIGHT / 2))
        return True

    def _chosen(self) -> Component | None:
        """The selected step's component, if it has files."""
        node = self._page.bench.chosen_node if self._page.is_open() else None
        component = self._page.bench.catalog.of(node) if node else None
        has_files = component is not None and component.source is not None
        is_whole = component is not None and component.pipeline is not None
        return component if has_files and not is_whole else None

    def _follow(self, news: News) -> None:
        bench = self._page.bench
        bench.palette_panel.set_broken(news.survey.broken)
        bench.show_components(news.survey.components)
        self._add_wanted()
        if not news.first:
            self.editing.changed_outside(news.files)
            tell(self._page.services, news, self.explain)

    def _run(self, work: Callable[[], object], done: Callable[..., object]) -> None:
        failed = self._page.services.show_error
        self._page.tasks.run(work, done=done, failed=failed, owner=self)
