"""The canvas's arrows: from step to step by where they lie, or along the wires."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, Qt

from studio.domain.pipeline import Pipeline
from studio.gui.designer.editor import Editor
from studio.gui.designer.items.slab import FrameItem

Way = tuple[int, int]
ARROWS: Mapping[Qt.Key, Way] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
ASIDE, FAST = 2.0, 8
"""How much worse it is to lie aside than far away; grid cells of a large move."""

KEYS = (
    ("Go to the step, frame or note on that side", "Arrows"),
    ("Select the step on that side too", "Shift+Arrows"),
    ("Go along a connection", "Alt+Left, Alt+Right"),
    ("Go to the next step that is joined alike", "Alt+Up, Alt+Down"),
    ("Move the selected steps by the grid", "Ctrl+Arrows"),
    ("Move the selected steps farther", "Ctrl+Shift+Arrows"),
    ("Go to the settings of the step, or into it; write in the frame or note", "Enter"),
    ("Add a step beside the selected one", "Tab"),
    ("Select nothing; leave what is being done", "Esc"),
    ("Move the canvas", "Space and drag"),
)
"""What the canvas does by itself, for the list of keys."""


def beside(
    places: Mapping[str, tuple[float, float]], start: tuple[float, float], way: Way
) -> str:
    """The nearest one on a side; "" if there is none. What lies aside is farther."""
    best, found = 0.0, ""
    for name, (x, y) in places.items():
        dx, dy = x - start[0], y - start[1]
        along = dx * way[0] + dy * way[1]
        aside = abs(dx * way[1]) + abs(dy * way[0])
        cost = along + ASIDE * aside
        if along > 1 and aside <= ASIDE * along and (not found or cost < best):
            best, found = cost, name
    return found


def along(pipeline: Pipeline, step: str, *, forward: bool) -> str:
    """The first step that one feeds, or that feeds it; "" if none does."""
    ways = pipeline.successors if forward else pipeline.predecessors
    return _from_above(pipeline, ways.get(step, ()))[:1][0] if ways.get(step) else ""


def alike(pipeline: Pipeline, step: str, by: int) -> str:
    """The next of the steps that are fed by the same one (or else feed the same)."""
    before = pipeline.predecessors.get(step, ())
    after = pipeline.successors.get(step, ())
    if before:
        group = pipeline.successors[before[0]]
    elif after:
        group = pipeline.predecessors[after[0]]
    else:
        return ""
    ordered = _from_above(pipeline, group)
    return ordered[(ordered.index(step) + by) % len(ordered)]


class Walk:
    """What an arrow does; `reveal` brings a step into view, `middle` is its middle."""

    def __init__(
        self,
        editor: Editor,
        reveal: Callable[[str], None],
        middle: Callable[[], QPointF],
    ) -> None:
        self._editor, self._reveal, self._middle = editor, reveal, middle
        self._last = ""

    def arrow(self, key: Qt.Key, keys: Qt.KeyboardModifier) -> bool:
        """True if there was anything to go to or to move."""
        way, modifier = ARROWS[key], Qt.KeyboardModifier
        if keys & modifier.ControlModifier:
            cells = FAST if keys & modifier.ShiftModifier else 1
            self._editor.nudge(way[0] * cells, way[1] * cells)
        elif not self._places():
            return False
        elif keys & modifier.AltModifier:
            self._go(self._by_wire(way))
        else:
            self._go(self._by_place(way), add=bool(keys & modifier.ShiftModifier))
        return True

    @property
    def _here(self) -> str:
        """The step one stands at: the last one reached, if it is still selected."""
        scene = self._editor.scene
        chosen = [*scene.selected_ids(), *(thing.id for thing in scene.slabs.chosen)]
        return self._last if self._last in chosen else next(iter(chosen), "")

    def _by_place(self, way: Way) -> str:
        places, here = self._places(), self._here
        if here:
            start = places.pop(here)
            return beside(places, start, way)
        at, steps = self._middle(), self._editor.scene.nodes.keys()
        places = {i: place for i, place in places.items() if i in steps} or places
        return min(places, key=lambda i: _apart(places[i], (at.x(), at.y())))

    def _places(self) -> dict[str, tuple[float, float]]:
        """Where each one is gone to: a step and a note by its middle, a frame by its
        title, which lies above what is in it."""
        scene = self._editor.scene
        middles = {i: item.box.center() for i, item in scene.nodes.items()}
        for i, slab in scene.slabs.items.items():
            box = slab.title_box(1.0) if isinstance(slab, FrameItem) else slab.box
            middles[i] = box.center()
        return {i: (at.x(), at.y()) for i, at in middles.items()}

    def _by_wire(self, way: Way) -> str:
        pipeline, here = self._editor.pipeline, self._here
        if here not in pipeline.by_id:
            return self._by_place(way)
        step = pipeline.by_id[here].name
        across, down = way
        found = (
            along(pipeline, step, forward=across > 0)
            if across
            else alike(pipeline, step, down)
        )
        return pipeline.by_name[found].id if found else ""

    def _go(self, found: str, *, add: bool = False) -> None:
        """To a step, or to a frame or note, by id."""
        if not found:
            return
        scene = self._editor.scene
        self._last = found
        slabs = {thing.id for thing in scene.slabs.chosen} if add else set()
        slabs |= {found} & scene.slabs.items.keys()
        steps = [*scene.selected_ids(), found] if add else [found]
        scene.select(steps)
        scene.slabs.choose(slabs)
        self._reveal(found)


def _from_above(pipeline: Pipeline, steps: tuple[str, ...]) -> list[str]:
    known = [name for name in steps if name in pipeline.by_name]
    return sorted(known, key=lambda name: pipeline.by_name[name].position[::-1])


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])
