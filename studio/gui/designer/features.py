"""What the designer can do beyond its canvas.

A feature is one module: it is given the page, brings its verbs, and adds what it
shows (a tab below, an item on the canvas) itself. The page knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtWidgets import QMenu

from studio.gui.actions import Action
from studio.gui.designer.annotations import AnnotationVerbs
from studio.gui.designer.arranging import Arranging
from studio.gui.designer.compare.feature import Compare
from studio.gui.designer.compare.merging import Merging
from studio.gui.designer.comparing_data import ComparingData
from studio.gui.designer.composing import Composing
from studio.gui.designer.dropped_files import DroppedFiles
from studio.gui.designer.error_lines import ErrorLines
from studio.gui.designer.finding import Finding
from studio.gui.designer.first_step import FirstStep
from studio.gui.designer.history.feature import History
from studio.gui.designer.linking import Linking
from studio.gui.designer.outline.feature import Outline
from studio.gui.designer.own_steps.feature import OwnSteps
from studio.gui.designer.panel_room import PanelRoom
from studio.gui.designer.pasted_tables import PastedTables
from studio.gui.designer.plan.breakpoints import Breakpoints
from studio.gui.designer.reopen import Reopen
from studio.gui.designer.rewire import RewireFeature
from studio.gui.designer.see_data import SeeDataFeature
from studio.gui.designer.sharing import Sharing
from studio.gui.designer.sweeping.feature import Sweeping

if TYPE_CHECKING:
    from studio.domain.events import Event
    from studio.gui.designer.page import DesignerPage


class Feature(Protocol):
    def verbs(self) -> Sequence[Action]:
        """Its actions, for menus, shortcuts and the command palette."""

    def canvas_verbs(self) -> Sequence[str]:
        """Ids of those that belong into the menu of a selected step."""


@runtime_checkable
class BringsMenu(Protocol):
    """A feature with more for the menu of the selection than verbs."""

    def add_to_canvas_menu(self, menu: QMenu) -> None:
        """Add it at the end."""


@runtime_checkable
class Keeps(Protocol):
    """A feature that may hold what isn't saved yet."""

    def unsaved(self) -> str:
        """What would be lost; "" if nothing."""

    def save_all(self) -> None:
        """Keep it, before the window closes."""


@runtime_checkable
class Listens(Protocol):
    """A feature that shows what others may change: another window, a command."""

    def refresh(self, events: Sequence[Event]) -> None:
        """Something has changed in the workspace; `events` is empty at a revisit."""


@runtime_checkable
class Targeted(Protocol):
    """A feature that another page can ask for something of the opened pipeline."""

    def open_target(self, target: Mapping[str, object]) -> None:
        """Show it, if it is this feature's."""


FEATURES: tuple[Callable[[DesignerPage], Feature], ...] = (
    Compare,
    Merging,
    History,
    Composing,
    Arranging,
    Finding,
    DroppedFiles,
    FirstStep,
    OwnSteps,
    PastedTables,
    RewireFeature,
    Breakpoints,
    Reopen,
    ErrorLines,
    SeeDataFeature,
    ComparingData,
    Sharing,
    Outline,
    Sweeping,
    AnnotationVerbs,
    Linking,
    PanelRoom,
)


def features_of(page: DesignerPage) -> tuple[Feature, ...]:
    return tuple(make(page) for make in FEATURES)
