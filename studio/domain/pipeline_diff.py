"""What differs between two pipelines, part by part, and differences taken over.

    found = difference(before, after)
    found.changes                       # what a run could tell, then the layout
    apply(before, found) == after
    apply(before, found, [change])      # one change alone, with what it needs

Steps are matched by id, then by name, then by what they do, so that a copy with new
ids or a renamed step is compared and not listed twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

from studio.domain.component import Component
from studio.domain.node import (
    Binding,
    FromInput,
    FromPath,
    FromStep,
    Node,
    StepOutput,
    Value,
)
from studio.domain.pipeline import Pipeline
from studio.domain.value_paths import ABSENT, ORDER, Path, differences, put

Kind: TypeAlias = Literal["added", "removed", "changed"]
Weight: TypeAlias = Literal["meaning", "layout", "identity"]

ATOMIC = (Value, FromInput, FromStep, FromPath, Component)
LAYOUT = frozenset({"position", "colour"})
"""Fields of a step that only the canvas shows."""
PLACE = frozenset({"x", "y", "width", "height", "nodes", ORDER})
"""Fields of a frame or note that say where it lies, and around what."""
ORIGIN = ("cloned_from", "cloned_from_version")
MARK = "#"
"""Before a step's key where a binding otherwise has the step's name."""


@dataclass(frozen=True)
class Change:
    """One place that differs. `path` begins with a field of the pipeline; steps in it
    are named by key, which stays through a renaming."""

    path: Path
    before: Any
    after: Any

    @property
    def kind(self) -> Kind:
        if self.before is ABSENT:
            return "added"
        return "removed" if self.after is ABSENT else "changed"

    @property
    def step(self) -> str:
        """The key of the step it is in; "" for what is the whole pipeline's."""
        inside = self.path[0] == "nodes" and self.path[1] != ORDER
        return self.path[1] if inside else ""

    @property
    def whole_step(self) -> bool:
        return bool(self.step) and len(self.path) == 2

    @property
    def weight(self) -> Weight:
        """Whether a run could tell it, only the canvas, or nobody."""
        path = self.path
        if path == ("name",) or self.of_id or path[-1] in ORIGIN or self.of_nothing:
            return "identity"
        if path[0] == "annotations" or path[-1] == ORDER:
            return "layout"
        return "layout" if self.field in LAYOUT else "meaning"

    @property
    def field(self) -> str:
        """The field of a step that is another as a whole; an input has none."""
        return self.path[2] if self.step and len(self.path) == 3 else ""

    @property
    def thing(self) -> str:
        """The id of the frame or note it is in, if it is about what that says."""
        path = self.path
        told = path[0] == "annotations" and len(path) > 2 and path[2] != ORDER
        return path[2] if told and not PLACE.intersection(path[3:]) else ""

    @property
    def of_nothing(self) -> bool:
        """Whether an output of which nothing is said came or went."""
        ends = (self.before, self.after)
        return ABSENT in ends and StepOutput() in ends

    @property
    def of_id(self) -> bool:
        """Whether a step has another id (not: an input that is called so)."""
        return self.field == "id"


@dataclass(frozen=True)
class Difference:
    """All changes from one pipeline to another. `keys` name steps of either."""

    before: Pipeline
    after: Pipeline
    changes: tuple[Change, ...]
    keys_before: Mapping[str, str] = field(default_factory=dict)
    keys_after: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.telling or self.layout)

    @cached_property
    def telling(self) -> tuple[Change, ...]:
        """What a run, or a reader, could tell."""
        return tuple(c for c in self.changes if c.weight == "meaning")

    @cached_property
    def layout(self) -> tuple[Change, ...]:
        """What only the canvas shows."""
        return tuple(c for c in self.changes if c.weight == "layout")

    @cached_property
    def steps_before(self) -> Mapping[str, Node]:
        return {self.keys_before[n.name]: n for n in self.before.nodes}

    @cached_property
    def steps_after(self) -> Mapping[str, Node]:
        return {self.keys_after[n.name]: n for n in self.after.nodes}

    @cached_property
    def reversed(self) -> Difference:
        """The way back: what makes `before` of `after`."""
        changes = tuple(Change(c.path, c.after, c.before) for c in self.changes)
        return Difference(
            self.after, self.before, changes, self.keys_after, self.keys_before
        )

    def step(self, key: str) -> Node | None:
        """The step of a key as it is after, or was before."""
        return self.steps_after.get(key) or self.steps_before.get(key)

    def kind_of_thing(self, wanted: str) -> Kind | None:
        """What happened to a frame or note, by its id; None if it says the same."""
        found = [change for change in self.layout if change.thing == wanted]
        whole = (change.kind for change in found if len(change.path) == 3)
        return next(whole, "changed" if found else None)

    def kind_of(self, key: str) -> Kind | None:
        """What happened to a step; None if nothing did that a run could tell."""
        if key not in self.steps_before:
            return "added"
        if key not in self.steps_after:
            return "removed"
        return "changed" if any(c.step == key for c in self.telling) else None


def difference(before: Pipeline, after: Pipeline) -> Difference:
    """What has to change in `before` to make it `after`."""
    old = {node.name: node.id for node in before.nodes}
    new = matched(before, after)
    changes = [
        Change(*found)
        for found in differences(keyed(before, old), keyed(after, new), ATOMIC)
    ]
    changes += [
        Change(("nodes", new[node.name], "id"), new[node.name], node.id)
        for node in after.nodes
        if node.id != new[node.name]
    ]
    return Difference(before, after, tuple(changes), old, new)


def apply(
    pipeline: Pipeline, found: Difference, only: Iterable[Change] | None = None
) -> Pipeline:
    """A difference's `before` with its changes (or only some) made.

    A step or connection brings the new steps and inputs it can't be without.
    """
    chosen = found.changes if only is None else with_needed(found, only)
    keys = found.keys_before
    value = put_changes(keyed(pipeline, keys), chosen)
    return unkeyed(value, chosen, {keys[n.name]: n.id for n in pipeline.nodes})


def with_needed(found: Difference, chosen: Iterable[Change]) -> tuple[Change, ...]:
    """Changes with the new steps and inputs that they refer to, in order."""
    known = {change.path: change for change in found.changes}
    wanted: set[Path] = set()
    waiting = [change.path for change in chosen]
    while waiting:
        path = waiting.pop()
        if path in wanted or path not in known:
            continue
        wanted.add(path)
        change = known[path]
        if change.whole_step:
            waiting.append((*path, "id"))
        news = (known.get(to) for to in references(change.after))
        waiting += [new.path for new in news if new and new.kind == "added"]
    return tuple(change for change in found.changes if change.path in wanted)


# -- names and keys -----------------------------------------------------------------


def matched(
    before: Pipeline, after: Pipeline, taken: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The key of each step of `after`: the id of the step it was before, else its own.

    `taken` are further steps, name -> key, that a new one can be matched with.
    """
    found: dict[str, str] = {}
    rest = {node.id: node for node in before.nodes}
    for node in after.nodes:
        if rest.pop(node.id, None):
            found[node.name] = node.id
    by_name = {node.name: node.id for node in rest.values()}
    for node in after.nodes:
        if node.name not in found and node.name in by_name:
            found[node.name] = by_name[node.name]
            del rest[by_name[node.name]]
    _match_content(after, rest, found)
    others = dict(taken or {})
    free = set(others.values()) - set(found.values())
    news = [node for node in after.nodes if node.name not in found]
    for node in sorted(news, key=lambda node: node.id not in free):
        key = node.id if node.id in free else others.get(node.name, node.id)
        found[node.name] = key if key in free else node.id
        free.discard(key)
    return found


def _match_content(
    after: Pipeline, rest: dict[str, Node], found: dict[str, str]
) -> None:
    """Steps under other names and ids that do the same, where only one does."""
    news: dict[str, list[Node]] = defaultdict(list)
    for node in after.nodes:
        if node.name not in found:
            news[_content(node)].append(node)
    olds: dict[str, list[str]] = defaultdict(list)
    for key, node in rest.items():
        olds[_content(node)].append(key)
    for content, nodes in news.items():
        keys = olds.get(content, [])
        if len(nodes) == len(keys) == 1:
            found[nodes[0].name] = keys[0]
            del rest[keys[0]]


def _content(node: Node) -> str:
    own = sorted(
        (name, repr(binding))
        for name, binding in node.inputs.items()
        if not isinstance(binding, FromStep)
    )
    return repr((node.component, own, node.environment_variables, node.extra))


def keyed(pipeline: Pipeline, keys: Mapping[str, str]) -> Pipeline:
    """The pipeline with keys in place of ids, and of names where steps are meant."""

    def refer(binding: Binding) -> Binding:
        if isinstance(binding, FromStep) and binding.step in keys:
            return replace(binding, step=MARK + keys[binding.step])
        return binding

    nodes = (
        replace(
            node,
            id=keys[node.name],
            inputs={k: refer(b) for k, b in node.inputs.items()},
        )
        for node in pipeline.nodes
    )
    ids = {node.id: keys[node.name] for node in pipeline.nodes}
    return _with_ids(pipeline, tuple(nodes), ids)


def unkeyed(
    value: Pipeline, changes: Iterable[Change], known: Mapping[str, str]
) -> Pipeline:
    """Names and ids (`known` by key) again; a connection to a step that is gone goes
    with it."""
    ids = {node.id: known.get(node.id, node.id) for node in value.nodes}
    for change in changes:
        if change.of_id and change.step in ids:
            ids[change.step] = change.after
    names = _free_names(value.nodes)
    nodes = []
    for node in value.nodes:
        inputs = {
            name: bound
            for name, binding in node.inputs.items()
            if (bound := _named(binding, names)) is not None
        }
        made = replace(node, id=ids[node.id], name=names[node.id], inputs=inputs)
        nodes.append(made)
    return _with_ids(value, tuple(nodes), ids)


def put_changes(value: Pipeline, changes: Iterable[Change]) -> Pipeline:
    """A keyed pipeline with changes made; ids are left to `unkeyed`."""
    for change in changes:
        if not change.of_id:
            value = put(value, change.path, change.after)
    return value


def references(value: Any) -> Iterator[Path]:
    """The paths of steps and pipeline inputs that a changed value names."""
    bindings = value.inputs.values() if isinstance(value, Node) else [value]
    for binding in bindings:
        if isinstance(binding, FromStep) and binding.step.startswith(MARK):
            yield ("nodes", binding.step.removeprefix(MARK))
        elif isinstance(binding, FromInput):
            yield ("inputs", binding.name)


def _named(binding: Binding, names: Mapping[str, str]) -> Binding | None:
    if not isinstance(binding, FromStep) or not binding.step.startswith(MARK):
        return binding
    name = names.get(binding.step.removeprefix(MARK))
    return replace(binding, step=name) if name is not None else None


def _free_names(nodes: tuple[Node, ...]) -> dict[str, str]:
    """Names by key; where two steps would have one, the later gets a number."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for node in nodes:
        name, number = node.name, 1
        while name in taken:
            number += 1
            name = f"{node.name}_{number}"
        taken.add(name)
        names[node.id] = name
    return names


def _with_ids(
    pipeline: Pipeline, nodes: tuple[Node, ...], ids: Mapping[str, str]
) -> Pipeline:
    """With these steps; frames name them by other ids now."""
    owned = pipeline.annotations.renamed_nodes(ids)
    return replace(pipeline, nodes=nodes, annotations=owned)
