"""Both pipelines as one picture: which cards and wires, and what each says (pure)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from studio.domain.annotations import Annotations
from studio.domain.component import Component, Scalar
from studio.domain.node import FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.domain.pipeline_diff import MARK, Difference, keyed
from studio.domain.pipeline_words import Defaults, lines
from studio.gui.designer.cards import Card, card_of
from studio.gui.designer.edits import free_place
from studio.gui.designer.geometry import HEIGHT, WIDTH
from studio.gui.theme.tokens import Tone
from studio.gui.widgets.chip import StateLook

Mark: TypeAlias = Literal["added", "removed", "changed", "same", "alone"]
Finder: TypeAlias = Callable[[Node], Component | None]

LOOKS: Mapping[Mark, StateLook] = {
    "added": StateLook("Added", "ok", "plus"),
    "removed": StateLook("Removed", "err", "minus"),
    "changed": StateLook("Changed", "warn", "pencil-simple"),
    "same": StateLook("Unchanged", "idle", "equals"),
    "alone": StateLook("", "idle", "circle-dashed"),
}


def tone_of(mark: Mark) -> Tone:
    return LOOKS[mark].tone


@dataclass(frozen=True)
class OverlayWire:
    """A connection by keys of steps and names of ports."""

    source: str
    output: str
    target: str
    input: str
    mark: Mark


@dataclass(frozen=True)
class Overlay:
    """Cards (their ids are keys) where they lie, and wires."""

    cards: Mapping[str, Card]
    places: Mapping[str, tuple[float, float]]
    marks: Mapping[str, Mark]
    wires: tuple[OverlayWire, ...]
    things: Annotations = field(default_factory=Annotations)
    thing_marks: Mapping[str, Mark] = field(default_factory=dict)
    """What became of each frame and note, by its id."""

    @property
    def pipeline(self) -> Pipeline:
        """What a scene of cards needs: steps with ids and places, no connections."""
        nodes = (
            Node(key, card.name, "", position=self.places[key])
            for key, card in self.cards.items()
        )
        return Pipeline("", tuple(nodes), annotations=self.things)


def overlay(found: Difference, component: Finder) -> Overlay:
    """Everything of `after`, and what of `before` is gone, as ghosts."""
    cards: dict[str, Card] = {}
    places: dict[str, tuple[float, float]] = {}
    marks: dict[str, Mark] = {}
    told = _told(found, component)
    rest: Mark = "alone" if found.before is found.after else "same"
    for key, node in found.steps_after.items():
        marks[key] = found.kind_of(key) or rest
        cards[key] = _card(found.after, node, key, component, marks[key], told)
        places[key] = node.position
    for key, node in found.steps_before.items():
        if key not in cards:
            marks[key] = "removed"
            cards[key] = _card(found.before, node, key, component, "removed", told)
            standing = Pipeline(
                "", tuple(Node(k, k, "", position=at) for k, at in places.items())
            )
            places[key] = free_place(standing, node.position, (WIDTH, HEIGHT))
    old, new = found.before.annotations, found.after.annotations
    gone = [thing for thing in old.all if new.find(thing.id) is None]
    said = {t.id: found.kind_of_thing(t.id) or rest for t in (*gone, *new.all)}
    return Overlay(cards, places, marks, _wires(found, cards), new.put(*gone), said)


def default_of(component: Finder) -> Defaults:
    """What a parameter is where a step doesn't say."""

    def find(node: Node, name: str) -> Scalar | None:
        known = component(node)
        parameter = known.parameters_by_name.get(name) if known else None
        return parameter.default if parameter else None

    return find


def _told(found: Difference, component: Finder) -> dict[str, str]:
    """By key, what changed in a step, in one line."""
    words: dict[str, list[str]] = {}
    titles = {found.keys_after[n.name]: n.title for n in found.after.nodes}
    for line in lines(found, defaults=default_of(component)):
        if line.topic != "step" and line.change.step:
            own = titles.get(line.change.step, "")
            words.setdefault(line.change.step, []).append(
                line.text.removeprefix(f"{own} · ")
            )
    return {key: " · ".join(texts) for key, texts in words.items()}


def _card(
    pipeline: Pipeline,
    node: Node,
    key: str,
    component: Finder,
    mark: Mark,
    told: Mapping[str, str],
) -> Card:
    made = replace(card_of(pipeline, node, component(node)), id=key)
    if mark == "alone":
        return made
    subtitle = told.get(key, "") or made.subtitle
    return replace(
        made,
        look=LOOKS[mark],
        subtitle=subtitle if mark == "changed" else LOOKS[mark].word,
        state="",
        dimmed=mark == "same",
    )


def _wires(found: Difference, cards: Mapping[str, Card]) -> tuple[OverlayWire, ...]:
    old = _connections(found.before, found.keys_before)
    new = _connections(found.after, found.keys_after)
    wires = []
    for ends in dict.fromkeys([*old, *new]):
        source, output, target, name = ends
        mark: Mark = "same" if ends in old and ends in new else "added"
        mark = mark if ends in new else "removed"
        out = {port.name for port in cards[source].outputs}
        into = {port.name for port in cards[target].inputs}
        if output in out and name in into:
            wires.append(OverlayWire(source, output, target, name, mark))
    return tuple(wires)


def _connections(
    pipeline: Pipeline, keys: Mapping[str, str]
) -> dict[tuple[str, str, str, str], None]:
    return {
        (binding.step.removeprefix(MARK), binding.output, node.id, name): None
        for node in keyed(pipeline, keys).nodes
        for name, binding in node.inputs.items()
        if isinstance(binding, FromStep) and binding.step.startswith(MARK)
    }
