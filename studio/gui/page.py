"""What a page is, and what the window offers it.

    class ModelsPage(Page):
        id, title, icon = "models", "Models", "stack"

        def __init__(self, studio, tasks, window): ...
        def page_actions(self): return [Action("models.import", "Import model", ...)]
        def top_bar_widgets(self): return [self.services.actions.button(...)]
        def refresh(self, events): self.reload()

A page is built on its first visit; list it in `studio/gui/pages.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.gui.actions import Action, Actions
from studio.gui.settings import Settings
from studio.gui.tasks import Tasks
from studio.gui.theme.tokens import Tone

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.events import Event


class WindowServices(Protocol):
    """What the window does for its pages."""

    @property
    def actions(self) -> Actions: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def workspace(self) -> Path: ...

    def toast(
        self,
        text: str,
        *,
        undo: Callable[[], object] | None = None,
        action: tuple[str, Callable[[], object]] | None = None,
        tone: Tone = "idle",
        key: str = "",
    ) -> None:
        """A short message at the bottom right: for 6 s, an error for 15 s.

        It takes the place of one with the same `key`, which says what it is about.
        """

    def withdraw(self, key: str) -> None:
        """Take away the message with a key: what it said isn't so any more."""

    def show_error(
        self, error: BaseException, retry: Callable[[], object] | None = None
    ) -> None:
        """Show what failed and how to fix it."""

    def open_page(self, page_id: str, **target: Any) -> None:
        """Go to a page; `target` is handed to its `open_target`."""

    def has_page(self, page_id: str) -> bool:
        """Whether this installation has a page."""

    def open_workspace(self, folder: Path) -> None:
        """Show another workspace in this window; what is unsaved is saved first."""

    def refresh_status(self) -> None:
        """Read the facts of the status bar again."""


class Page(QWidget):
    """One page of the window. Subclasses set `id`, `title` and `icon`."""

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    heading_changed = Signal()
    """Emit it when `heading` or `caption` would now say something else."""

    def __init__(self, studio: Studio, tasks: Tasks, window: WindowServices) -> None:
        super().__init__()
        self.studio = studio
        self.tasks = tasks
        self.services = window

    @property
    def heading(self) -> str:
        """The title in the top bar."""
        return self.title

    @property
    def caption(self) -> str:
        """Beside the title: the state of what is shown."""
        return ""

    @property
    def key_hints(self) -> str:
        """What keys do now, for the status bar; told with the heading."""
        return "F1 keys and help · Ctrl+Shift+P all commands"

    def page_actions(self) -> Sequence[Action]:
        """The page's verbs; the window registers them when the page is built."""
        return ()

    def top_bar_widgets(self) -> Sequence[QWidget]:
        """Buttons at the right of the top bar, the primary one last; asked once."""
        return ()

    def own_keys(self) -> Sequence[tuple[str, str]]:
        """What keys do here beyond the verbs: words and keys, for the help."""
        return ()

    def refresh(self, events: Sequence[Event]) -> None:
        """Something has changed in the workspace; `events` is empty at a revisit."""

    def activated(self) -> None:
        """The page has come into view."""

    def take_focus(self) -> None:
        """The focus comes to the page, and to no part of it in particular."""
        self.setFocus()

    def toast_place(self) -> QWidget | None:
        """What messages may cover; None for all of the page."""
        return None

    def deactivated(self) -> None:
        """The page is left."""

    def open_target(self, **target: Any) -> None:
        """Show one thing, e.g. `run_id=...`; called after `activated`."""

    def unsaved(self) -> str:
        """What would be lost if the window closed now; "" if nothing."""
        return ""

    def put_away(self) -> None:
        """The workspace is being closed: end what goes on in the background."""

    def save_all(self) -> None:
        """Keep what `unsaved` spoke of."""


@dataclass(frozen=True)
class PageSpec:
    """A page that the rail can show, known before its module is imported."""

    id: str
    title: str
    icon: str
    group: int
    place: str

    @property
    def exists(self) -> bool:
        """Whether this installation has the page."""
        module = self.place.partition(":")[0]
        try:
            return find_spec(module) is not None
        except ModuleNotFoundError:
            return False

    def load(self) -> type[Page]:
        """Import the page's class."""
        module, _, name = self.place.partition(":")
        page: type[Page] = getattr(import_module(module), name)
        return page
