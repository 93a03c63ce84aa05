"""What keys do now, for the status bar: it changes with what is selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

Hint = tuple[str, str]
"""A verb's id or the key itself, and what it does."""

NOTHING_OPEN = (("pipeline.new", "new pipeline"), ("Enter", "open"))
EMPTY = (("Tab", "add a step"), ("edit.paste", "paste"))
CANVAS = (("Tab", "add a step"), ("Arrows", "go to a step"), ("run.start", "run"))
STEP = (
    ("Enter", "open"),
    ("Tab", "add the next"),
    ("wires.to", "connect"),
    ("Alt+Arrows", "follow a wire"),
    ("run.to_here", "run to here"),
)
STEPS = (
    ("Ctrl+Arrows", "move"),
    ("compose.group", "make a pipeline"),
    ("run.only", "run these"),
    ("edit.delete", "delete"),
)
SLAB = (("Enter", "write"), ("Ctrl+Arrows", "move"), ("edit.delete", "delete"))
WIRE = (("edit.delete", "disconnect"), ("Esc", "leave"))
RUNNING = (("run.stop", "stop"), ("Arrows", "go to a step"))
COMPARED = (("Arrows", "go to a change"), ("Esc", "back to the pipeline"))


def key_hints(page: DesignerPage) -> str:
    """`Enter open · L connect · Tab add the next`: those that have a key."""
    return told(hints_of(page), lambda verb: _keys(page, verb))


def told(hints: Iterable[Hint], keys_of: Callable[[str], str]) -> str:
    """Hints as one line; a verb whose key was taken away is left out."""
    pairs = [(keys_of(key) if "." in key else key, does) for key, does in hints]
    return " · ".join(f"{keys} {does}" for keys, does in pairs if keys)


def hints_of(page: DesignerPage) -> tuple[Hint, ...]:
    """What suits the moment."""
    scene = page.bench.scene
    if page.document is None:
        return NOTHING_OPEN
    if page.is_covered:
        return COMPARED
    chosen = scene.selected_ids()
    if chosen:
        return STEP if len(chosen) == 1 else STEPS
    if scene.slabs.chosen:
        return SLAB
    if scene.selected_edges():
        return WIRE
    if page.bench.follower.active:
        return RUNNING
    return CANVAS if page.editor.pipeline.nodes else EMPTY


def _keys(page: DesignerPage, verb: str) -> str:
    keys = page.services.actions.get(verb).shortcut()
    return keys.toString(keys.SequenceFormat.NativeText)
