"""A pipeline is a value: every edit returns a new one."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import uuid4

from studio.domain.annotations import Annotations
from studio.domain.component import Scalar
from studio.domain.errors import InvalidError, NotFoundError
from studio.domain.node import Binding, Edge, FromInput, FromPath, FromStep, Node

STEP_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*\Z")
LONGEST_NAME = 48
"""Of a name that is made here; a person may choose a longer one."""
MOST_LETTERS = 100
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?\Z")
"""Characters of a name made from a title; one that is typed may be longer."""
PIPELINE_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]*\Z")


@dataclass(frozen=True)
class PipelineInput:
    """A parameter or data input of the whole pipeline, with its default."""

    name: str
    type: str
    value: Scalar | FromPath | None = None
    optional: bool = False
    description: str = ""


@dataclass(frozen=True)
class PipelineOutput:
    name: str
    type: str = "uri_folder"
    register: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PipelineSettings:
    continue_on_step_failure: bool = False
    force_rerun: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pipeline:
    name: str
    nodes: tuple[Node, ...] = ()
    inputs: Mapping[str, PipelineInput] = field(default_factory=dict)
    outputs: Mapping[str, PipelineOutput] = field(default_factory=dict)
    display_name: str = ""
    description: str = ""
    experiment: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    settings: PipelineSettings = PipelineSettings()
    extra: Mapping[str, Any] = field(default_factory=dict)
    annotations: Annotations = field(default_factory=Annotations)

    @property
    def title(self) -> str:
        return self.display_name or self.name

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        return {node.name: node for node in self.nodes}

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        return tuple(
            Edge(binding.step, binding.output, node.name, name)
            for node in self.nodes
            for name, binding in node.inputs.items()
            if isinstance(binding, FromStep)
        )

    def node(self, name: str) -> Node:
        """The step of that name; NotFoundError names the nearest ones."""
        try:
            return self.by_name[name]
        except KeyError:
            raise NotFoundError(
                f"Pipeline '{self.name}' has no step '{name}'",
                hint="Its steps are: " + ", ".join(self.by_name),
            ) from None

    # -- edits ---------------------------------------------------------------

    def add(self, *nodes: Node) -> Pipeline:
        for node in nodes:
            if node.name in self.by_name or node.id in self.by_id:
                raise InvalidError(
                    f"There is already a step '{node.name}'", "Choose another name"
                )
        return replace(self, nodes=self.nodes + nodes)

    def remove(self, names: Iterable[str]) -> Pipeline:
        """Without these steps and every edge that touched them."""
        gone = set(names)
        kept = (_without_sources(n, gone) for n in self.nodes if n.name not in gone)
        ids = {self.by_name[name].id for name in gone if name in self.by_name}
        notes = self.annotations.without_nodes(ids)
        return replace(self, nodes=tuple(kept), annotations=notes)

    def update(self, node: Node) -> Pipeline:
        """With the node of the same id replaced (its name must not change)."""
        return replace(
            self, nodes=tuple(node if n.id == node.id else n for n in self.nodes)
        )

    def rename(self, old: str, new: str) -> Pipeline:
        """A step renamed: its id stays, and so do its history and its edges."""
        if old == new:
            return self
        check_step_name(new)
        if new in self.by_name:
            raise InvalidError(
                f"There is already a step '{new}'", "Choose another name"
            )
        self.node(old)
        return replace(self, nodes=tuple(_renamed(n, old, new) for n in self.nodes))

    def bind(self, step: str, name: str, binding: Binding | None) -> Pipeline:
        """With one input of a step set, or (None) taken away."""
        node = self.node(step)
        inputs = {k: v for k, v in node.inputs.items() if k != name}
        if binding is not None:
            inputs = {**node.inputs, name: binding}
        return self.update(replace(node, inputs=inputs))

    def connect(self, edge: Edge) -> Pipeline:
        """With an edge added; a cycle is refused with its path."""
        self.node(edge.source)
        if path := self.path(edge.target, edge.source):
            raise InvalidError(
                "This connection would make a cycle: " + " → ".join([*path, path[0]]),
                hint="Connect to a step that doesn't lead back here",
            )
        return self.bind(edge.target, edge.input, FromStep(edge.source, edge.output))

    def disconnect(self, edge: Edge) -> Pipeline:
        return self.bind(edge.target, edge.input, None)

    def move(self, positions: Mapping[str, tuple[float, float]]) -> Pipeline:
        """With steps (by name) at new places, in canvas pixels."""
        return replace(
            self,
            nodes=tuple(
                replace(n, position=positions[n.name]) if n.name in positions else n
                for n in self.nodes
            ),
        )

    def clone(self, name: str, display_name: str = "") -> Pipeline:
        """A copy under another name; steps get ids of their own."""
        title = display_name or f"Copy of {self.title}"
        ids = {node.id: new_id() for node in self.nodes}
        return replace(
            self,
            name=name,
            display_name=title,
            nodes=tuple(replace(node, id=ids[node.id]) for node in self.nodes),
            annotations=self.annotations.renamed_nodes(ids),
        )

    def free_name(self, wanted: str) -> str:
        """`wanted`, or `wanted_2`, ... whichever no step has yet."""
        return self.free_names([wanted])[0]

    def free_names(self, wanted: Iterable[str]) -> list[str]:
        """A name for each of several new steps, none of them twice."""
        taken, numbers, found = set(self.by_name), dict[str, int](), list[str]()
        for each in wanted:
            plain = re.sub(r"\W+", "_", each).strip("_").lower()
            base = plain[:LONGEST_NAME].strip("_") or "step"
            base = base if STEP_NAME.match(base) else f"step_{base}"
            name, number = base, numbers.get(base, 1)
            while name in taken:
                number += 1
                name = f"{base}_{number}"
            numbers[base] = number
            taken.add(name)
            found.append(name)
        return found

    # -- questions -----------------------------------------------------------

    @cached_property
    def successors(self) -> Mapping[str, tuple[str, ...]]:
        following: dict[str, dict[str, None]] = {node.name: {} for node in self.nodes}
        for edge in self.edges:
            if edge.source in following:
                following[edge.source][edge.target] = None
        return {name: tuple(targets) for name, targets in following.items()}

    @cached_property
    def predecessors(self) -> Mapping[str, tuple[str, ...]]:
        before: dict[str, dict[str, None]] = {node.name: {} for node in self.nodes}
        for edge in self.edges:
            if edge.source in self.by_name:
                before[edge.target][edge.source] = None
        return {name: tuple(sources) for name, sources in before.items()}

    @cached_property
    def users(self) -> Mapping[str, tuple[Node, ...]]:
        """By the name of a pipeline input, the steps that are bound to it."""
        found: dict[str, dict[str, Node]] = {}
        for node in self.nodes:
            for binding in node.inputs.values():
                if isinstance(binding, FromInput):
                    found.setdefault(binding.name, {})[node.name] = node
        return {name: tuple(nodes.values()) for name, nodes in found.items()}

    def order(self) -> tuple[Node, ...]:
        """Steps in an order that respects every edge, stable by position in file.

        Raises InvalidError naming the cycle if there is one.
        """
        waiting = {name: len(before) for name, before in self.predecessors.items()}
        ready = deque(name for name, count in waiting.items() if not count)
        done: list[Node] = []
        while ready:
            name = ready.popleft()
            done.append(self.by_name[name])
            for following in self.successors[name]:
                waiting[following] -= 1
                if not waiting[following]:
                    ready.append(following)
        if len(done) < len(self.nodes):
            cycle = self.cycle({name for name, count in waiting.items() if count})
            raise InvalidError(
                "The steps make a cycle: " + " → ".join(cycle),
                hint="Remove one of these connections",
            )
        return tuple(done)

    def cycle(self, among: set[str]) -> list[str]:
        """One cycle's steps, the first repeated at the end; `among` holds one."""
        seen: dict[str, int] = {}
        path: list[str] = []
        name = min(among)
        while name not in seen:
            seen[name] = len(path)
            path.append(name)
            name = next(p for p in self.predecessors[name] if p in among)
        return [*path[seen[name] :], name][::-1]

    def path(self, start: str, end: str) -> list[str]:
        """Steps along one way from `start` to `end`; empty if there is none."""
        came: dict[str, str | None] = {start: None}
        queue = deque([start])
        while queue:
            name = queue.popleft()
            if name == end:
                return _trace(came, end)
            for following in self.successors.get(name, ()):
                if following not in came:
                    came[following] = name
                    queue.append(following)
        return []

    def upstream(self, names: Iterable[str]) -> frozenset[str]:
        """These steps and all they depend on."""
        return _closure(names, self.predecessors)

    def downstream(self, names: Iterable[str]) -> frozenset[str]:
        """These steps and all that depend on them."""
        return _closure(names, self.successors)


def check_step_name(name: str) -> None:
    if not STEP_NAME.match(name):
        raise InvalidError(
            f"'{name}' can't be the name of a step",
            hint="Use letters, digits and underscores; start with a letter",
        )


def check_pipeline_name(name: str) -> None:
    if not PIPELINE_NAME.match(name):
        raise InvalidError(
            f"'{name}' can't be the name of a pipeline",
            hint="Use letters, digits, '-', '_' and '.'; start with a letter or digit",
        )


def check_new_name(name: str) -> None:
    """A name for a folder that doesn't exist yet, on any system."""
    check_pipeline_name(name)
    if len(name) > MOST_LETTERS:
        raise InvalidError(
            f"The name of a pipeline has {MOST_LETTERS} letters at most, and this one "
            f"{len(name)}",
            hint="Choose a shorter name; its title can be longer",
        )
    if RESERVED.match(name):
        raise InvalidError(
            f"'{name}' can't be the name of a pipeline: Windows keeps it for a device",
            hint="Choose another name",
        )


def new_id() -> str:
    """A short id that is unique within a workspace for practical purposes."""
    return uuid4().hex[:12]


def _without_sources(node: Node, gone: set[str]) -> Node:
    kept = {
        name: binding
        for name, binding in node.inputs.items()
        if not (isinstance(binding, FromStep) and binding.step in gone)
    }
    return node if len(kept) == len(node.inputs) else replace(node, inputs=kept)


def _renamed(node: Node, old: str, new: str) -> Node:
    inputs = {
        name: FromStep(new, binding.output)
        if isinstance(binding, FromStep) and binding.step == old
        else binding
        for name, binding in node.inputs.items()
    }
    changed = node if inputs == node.inputs else replace(node, inputs=inputs)
    return replace(changed, name=new) if node.name == old else changed


def _trace(came: Mapping[str, str | None], end: str) -> list[str]:
    path: list[str] = []
    name: str | None = end
    while name is not None:
        path.append(name)
        name = came[name]
    return path[::-1]


def _closure(
    names: Iterable[str], following: Mapping[str, tuple[str, ...]]
) -> frozenset[str]:
    seen = set(names)
    queue = deque(seen)
    while queue:
        for name in following.get(queue.popleft(), ()):
            if name not in seen:
                seen.add(name)
                queue.append(name)
    return frozenset(seen)
