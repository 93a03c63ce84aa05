"""What the window does for its pages; the contract is `page.WindowServices`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.gui.actions import Actions
from studio.gui.errors import show_error
from studio.gui.settings import Settings
from studio.gui.theme.tokens import Tone

if TYPE_CHECKING:
    from studio.gui.main_window import MainWindow


class Services:
    """Handed to each page, so that pages don't know the window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    @property
    def actions(self) -> Actions:
        return self._window.registry

    @property
    def settings(self) -> Settings:
        return self._window.settings

    @property
    def workspace(self) -> Path:
        return self._window.folder

    def toast(
        self,
        text: str,
        *,
        undo: Callable[[], object] | None = None,
        action: tuple[str, Callable[[], object]] | None = None,
        tone: Tone = "idle",
        key: str = "",
    ) -> None:
        self._window.toasts.show(text, undo=undo, action=action, tone=tone, key=key)

    def withdraw(self, key: str) -> None:
        self._window.toasts.withdraw(key)

    def show_error(
        self, error: BaseException, retry: Callable[[], object] | None = None
    ) -> None:
        show_error(self._window, error, retry)

    def open_page(self, page_id: str, **target: Any) -> None:
        self._window.open_page(page_id, **target)

    def has_page(self, page_id: str) -> bool:
        return page_id in self._window.page_ids

    def open_workspace(self, folder: Path) -> None:
        self._window.workspace_wanted.emit(folder)

    def refresh_status(self) -> None:
        self._window.refresh_status()
