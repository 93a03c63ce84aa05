"""A difference of two pipelines in words: lines for a list, one line for a history."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, Literal, TypeAlias

from studio.domain.annotations import Frame
from studio.domain.component import Component, Scalar
from studio.domain.node import FromInput, FromPath, FromStep, Node, Value
from studio.domain.pipeline_diff import MARK, Change, Difference, Kind
from studio.domain.value_paths import ABSENT, ORDER

Topic: TypeAlias = Literal["step", "connection", "value", "layout"]
Defaults: TypeAlias = Callable[[Node, str], Scalar | None]
MOST = 3
SHORT = 40
_FIELDS = {
    "display_name": "title",
    "timeout_seconds": "timeout",
    "max_retries": "retries",
    "environment_variables": "variable",
    "position": "place",
    "extra": "",
    "settings": "",
    "value": "",
    "to": "pipeline output",
    "register": "registered as",
}


@dataclass(frozen=True)
class Line:
    """One change as a person reads it. `what` names the place within `step` (a title,
    "" for the pipeline's own); `before` and `after` are short texts."""

    change: Change
    topic: Topic
    step: str
    what: str
    before: str
    after: str
    details: str = ""

    @property
    def kind(self) -> Kind:
        """A value of a step that is set for the first time has changed, too."""
        own = self.topic == "value" and bool(self.change.step)
        return "changed" if own else self.change.kind

    @property
    def text(self) -> str:
        """`learning_rate 0.1 → 0.05`, `Train added`."""
        if self.topic == "step":
            return f"{self.step} {self.kind}"
        if self.topic == "connection":
            return f"{self.what}: {_both(self.before, self.after, 'not connected')}"
        if self.topic == "layout":
            whose = "Steps" if self.change.path[0] == "nodes" else "Canvas"
            return f"{self.step or whose} {self.what}"
        parameter = self.change.step and self.change.path[2] == "inputs"
        nothing = "default" if parameter else "not set"
        if self.before == self.after:  # what it is has no words, or the same ones
            return f"{self.what} {self.change.kind}"
        return f"{self.what} {_both(self.before, self.after, nothing)}"


def lines(
    found: Difference, *, layout: bool = False, defaults: Defaults | None = None
) -> tuple[Line, ...]:
    """What differs, steps first; `layout` adds what only the canvas shows.

    `defaults` tells what a parameter is while it isn't set.
    """
    told = [line_of(found, change, defaults) for change in found.telling]
    place = ("step", "connection", "value")
    told = [line for line in told if not _told_by_its_text(line, found)]
    told.sort(key=lambda line: place.index(line.topic) if line.topic in place else 9)
    if layout:
        told += [line_of(found, change) for change in found.layout]
    return tuple(told)


def thing_lines(found: Difference) -> tuple[Line, ...]:
    """Frames and notes that say something else; where they lie is nobody's news."""
    return tuple(line_of(found, c) for c in found.layout if c.thing)


def summary(found: Difference) -> str:
    """One line: `2 steps added, learning_rate 0.1 → 0.05`."""
    told = lines(found)
    parts = [
        *_steps(told, "added"),
        *_steps(told, "removed"),
        *(line.text for line in told if line.topic == "value"),
        *_connections([line for line in told if line.topic == "connection"]),
    ]
    if not parts:
        return _moved(found)
    more = len(parts) - MOST
    ending = [f"{more} more"] if more > 0 else []
    return ", ".join([*parts[:MOST], *ending])


def value_text(value: Any, found: Difference) -> str:
    """A changed value in one short line."""
    match value:
        case None:
            return ""
        case Value(inner):
            return value_text(inner, found)
        case FromInput(name):
            return f"input {name}"
        case FromStep(step, output):
            return f"{_title(step, found)} · {output}"
        case FromPath(path):
            return path
        case Component():
            return value.title
        case bool():
            return "yes" if value else "no"
        case tuple() | list():
            return _shortened(", ".join(value_text(v, found) for v in value))
        case Mapping():
            pairs = (f"{k}={value_text(v, found)}" for k, v in value.items())
            return _shortened(", ".join(pairs))
    if value is ABSENT:
        return ""
    if is_dataclass(value):
        names = ("value", "register", "to")
        told = (getattr(value, name, None) for name in names)
        said = next((one for one in told if one not in (None, "")), None)
        return value_text(said, found)
    return _shortened(str(value))


def line_of(
    found: Difference, change: Change, defaults: Defaults | None = None
) -> Line:
    """One change as a person reads it."""
    node = found.step(change.step) if change.step else None
    title = node.title if node else ""
    before, after = (value_text(v, found) for v in (change.before, change.after))
    if change.whole_step:
        return Line(change, "step", title, "", "", "")
    if change.thing:
        what = _said(change, before, after)
        return Line(change, "layout", _thing(change.thing, found), what, before, after)
    if change.weight == "layout":
        return Line(change, "layout", title, _drawn(change), before, after)
    ends = (change.before, change.after)
    if any(isinstance(end, FromStep) for end in ends):
        return Line(change, "connection", title, _port(change, title), before, after)
    what, details = _what(change.path), _line_changes(*ends)
    if details:
        before, after = "", details
    if defaults is not None and node is not None and change.path[2] == "inputs":
        default = value_text(defaults(node, change.path[-1]), found)
        before = default if change.before is ABSENT else before
        after = default if change.after is ABSENT else after
    if what == "title" and not after and node is not None:
        after = node.title
    return Line(change, "value", title, what, before, after, details)


def _thing(wanted: str, found: Difference) -> str:
    """`Frame “Data”`, `Note “Why we…”`."""
    known = found.after.annotations.find(wanted)
    known = known or found.before.annotations.find(wanted)
    if isinstance(known, Frame):
        return f"Frame “{_shortened(known.title)}”" if known.title else "Frame"
    words = _shortened(known.text).strip("#* ") if known is not None else ""
    return f"Note “{words}”" if words else "Note"


def _said(change: Change, before: str, after: str) -> str:
    """`added`, `title Data → Input`, `text +3 −1 lines`."""
    if len(change.path) == 3:
        return change.kind
    what = change.path[-1]
    if details := _line_changes(change.before, change.after):
        return f"{what} {details}"
    return f"{what} {_both(before, after, 'none')}"


def _drawn(change: Change) -> str:
    """`moved`, `frame added`: what only the canvas shows."""
    if change.path[0] == "annotations":
        kind = "note" if change.path[1] == "notes" else "frame"
        return f"{kind} {change.kind if len(change.path) == 3 else 'changed'}"
    if change.path[-1] == ORDER:
        return "reordered"
    return "coloured" if change.field == "colour" else "moved"


def _port(change: Change, title: str) -> str:
    return f"{title} · {change.path[-1]}"


def _what(path: tuple[str, ...]) -> str:
    """`max_depth`, `variable SEED`, `output model register`."""
    inside = path[2:] if path[0] == "nodes" else path
    if inside[0] == "inputs":
        own = inside[1:] if path[0] == "nodes" or len(inside) > 2 else inside
        words = [w.removesuffix("s") if w == "inputs" else w for w in own]
        return " ".join(filter(None, (_FIELDS.get(w, w) for w in words)))
    words = [_FIELDS.get(word, word) for word in inside]
    plural = {"outputs": "output", "tags": "tag"}
    words = [plural.get(w, w.replace("_", " ")) for w in words[:1]] + words[1:]
    return " ".join(filter(None, words))


def _line_changes(before: Any, after: Any) -> str:
    """`+3 -1 lines` for texts of several lines."""
    old, new = (v.value if isinstance(v, Value) else v for v in (before, after))
    if not (isinstance(old, str) and isinstance(new, str)):
        return ""
    if "\n" not in old.strip() + new.strip():
        return ""
    told = list(difflib.ndiff(old.splitlines(), new.splitlines()))
    more = sum(line.startswith("+ ") for line in told)
    less = sum(line.startswith("- ") for line in told)
    return f"+{more} −{less} lines"


def _told_by_its_text(line: Line, found: Difference) -> bool:
    """An inline component, whose text in `extra` has its own lines."""
    change = line.change
    if change.path[2:] != ("component",):
        return False
    both = isinstance(change.before, Component) and isinstance(change.after, Component)
    return both and any(
        c.step == change.step and c.path[2:3] == ("extra",) for c in found.telling
    )


def _steps(told: Iterable[Line], kind: Kind) -> list[str]:
    of_kind = [line for line in told if line.topic == "step" and line.kind == kind]
    if len(of_kind) == 1:
        return [of_kind[0].text]
    return [f"{len(of_kind)} steps {kind}"] if of_kind else []


def _connections(told: list[Line]) -> list[str]:
    if not told:
        return []
    kinds = {line.kind for line in told}
    verb = kinds.pop() if len(kinds) == 1 else "changed"
    return [f"{len(told)} connection{'s' if len(told) > 1 else ''} {verb}"]


def _moved(found: Difference) -> str:
    moved = {c.step for c in found.layout if c.step and c.field != "colour"}
    if moved:
        return f"{len(moved)} step{'s' if len(moved) > 1 else ''} moved"
    return "Layout changed" if found.layout else "No change"


def _both(before: str, after: str, nothing: str) -> str:
    if not before and after.startswith("+"):
        return after
    return f"{before or nothing} → {after or nothing}"


def _title(step: str, found: Difference) -> str:
    node: Node | None = found.step(step.removeprefix(MARK))
    return node.title if node else step.removeprefix(MARK)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else line[: SHORT - 1] + "…"
