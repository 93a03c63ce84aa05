"""What the outline says: the canvas as lines under lines (pure values)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from studio.domain.annotations import COLOURS, Annotation, Frame, Note
from studio.domain.component import Component, Port, describe
from studio.domain.errors import InvalidError
from studio.domain.node import Binding, Edge, FromInput, FromPath, FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import StepRun
from studio.gui.designer.cards import Card, card_of
from studio.gui.designer.gathering import Place, steps_on_canvas
from studio.gui.widgets.chip import StateLook

OUTSIDE = Place()
ComponentOf = Callable[[Node], Component | None]
CardOf = Callable[[Node], Card]


@dataclass(frozen=True)
class Line:
    """`key` stays while the line does; `spoken` is all of it in a sentence, `detail`
    what is shown beside its icon of state.

    `node_id` is the card on the canvas it belongs to, `slab` the frame or note it is,
    `edge` the wire it tells of, `goes_to` the line that Enter leads to.
    """

    key: str
    text: str
    detail: str = ""
    spoken: str = ""
    look: StateLook = field(default=StateLook("", "idle", ""))
    icon: str = ""
    node_id: str = ""
    slab: str = ""
    edge: Edge | None = None
    goes_to: str = ""
    is_step: bool = False
    children: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Scenery:
    """What lines are made from: the pipeline, its components and its latest run."""

    pipeline: Pipeline
    component: ComponentOf
    card: CardOf
    place: Place = OUTSIDE
    steps: Sequence[StepRun] = ()

    def inside(self, node: Node, component: Component) -> Scenery:
        """The pipeline that a step stands for, as it was run within this one."""
        body = component.pipeline or Pipeline("")
        place = self.place.inside(self.pipeline.name, node)

        def part(inner: Node) -> Component | None:
            return component.parts.get(inner.name)

        made = steps_on_canvas(body, place, self.steps, part)

        def card(inner: Node) -> Card:
            return card_of(body, inner, part(inner), made.get(inner.id))

        return Scenery(body, part, card, place, self.steps)


def lines_of(scenery: Scenery) -> tuple[Line, ...]:
    """The steps in the order they would run, each with what goes in and out; then the
    frames around them, and the notes."""
    pipeline = scenery.pipeline
    steps = tuple(_step(scenery, node) for node in ordered(pipeline))
    frames = tuple(_frame(pipeline, frame) for frame in pipeline.annotations.frames)
    return (*steps, *frames, *map(_note, pipeline.annotations.notes))


def ordered(pipeline: Pipeline) -> tuple[Node, ...]:
    """The steps as they would run; as they stand in the file where that can't be."""
    try:
        return pipeline.order()
    except InvalidError:
        return pipeline.nodes


def summary(pipeline: Pipeline, cards: Mapping[str, Card], chosen: int) -> str:
    """The canvas in a sentence: "7 steps, 8 connections; 6 succeeded, 1 failed"."""
    states: dict[str, int] = {}
    for card in cards.values():
        word = card.look.word.lower()
        states[word] = states.get(word, 0) + 1
    told = ", ".join(f"{count} {word}" for word, count in states.items())
    words = [f"{count_of(len(pipeline.nodes), 'step')}"]
    words[0] += f", {count_of(len(pipeline.edges), 'connection')}"
    if told:
        words.append(told)
    if chosen:
        words.append(f"{chosen} selected")
    return "; ".join(words)


def count_of(number: int, noun: str) -> str:
    """`1 step`, `2 steps`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def walk(lines: Sequence[Line]) -> Iterator[Line]:
    """All lines, each before those under it."""
    for line in lines:
        yield line
        yield from walk(line.children)


@dataclass(frozen=True)
class _Spot:
    """Where a line hangs: its step's key, the card's id, and whether inside it."""

    pipeline: Pipeline
    node: Node
    above: str = ""
    card_id: str = ""

    @property
    def key(self) -> str:
        return self.key_of(self.node)

    @property
    def own(self) -> str:
        return self.card_id or self.node.id

    def key_of(self, node: Node) -> str:
        """The key of a step beside this one."""
        return f"{self.above}/{node.name}" if self.above else node.id

    def key_named(self, name: str) -> str:
        node = self.pipeline.by_name.get(name)
        return self.key_of(node) if node else ""


def _step(scenery: Scenery, node: Node, above: str = "", card_id: str = "") -> Line:
    """A step of the canvas, or (then with `above`) one inside of a card."""
    component, card = scenery.component(node), scenery.card(node)
    spot = _Spot(scenery.pipeline, node, above, card_id)
    wires = [_input(spot, port) for port in card.inputs]
    wires += [_output(spot, port) for port in card.outputs]
    inner = _inner(scenery, spot, component) if component else ()
    return Line(
        key=spot.key,
        text=card.title,
        detail=_percent(card),
        spoken=_sentence(card, node, component, len(inner)),
        look=card.look,
        icon=card.icon,
        node_id=spot.own,
        is_step=True,
        children=(*_comment(spot), *wires, *inner),
    )


def _inner(scenery: Scenery, spot: _Spot, component: Component) -> tuple[Line, ...]:
    if component.pipeline is None:
        return ()
    within = scenery.inside(spot.node, component)
    steps = ordered(within.pipeline)
    return tuple(_step(within, inner, spot.key, spot.own) for inner in steps)


def _sentence(card: Card, node: Node, component: Component | None, inside: int) -> str:
    kind = component.title if component else ""
    words = [card.spoken]
    if kind and kind not in (card.title, card.subtitle):
        words.append(kind)
    words.append(count_of(len(card.inputs), "input"))
    words.append(count_of(len(card.outputs), "output"))
    if inside:
        words.append(f"{count_of(inside, 'step')} inside")
    if node.breakpoint:
        words.append("pauses before it runs")
    return ", ".join(words)


def spoken_of(pipeline: Pipeline, thing: Annotation) -> str:
    """A frame or note in a sentence."""
    line = _frame(pipeline, thing) if isinstance(thing, Frame) else _note(thing)
    return line.spoken


def _frame(pipeline: Pipeline, frame: Frame) -> Line:
    """A frame with its steps, from which one gets to the steps themselves."""
    steps = [pipeline.by_id[i] for i in frame.nodes if i in pipeline.by_id]
    title = frame.title or "Frame"
    colour = f", {COLOURS[frame.colour].lower()}" if frame.colour in COLOURS else ""
    owned = tuple(
        Line(f"{frame.id}/{n.id}", n.title, spoken=f"{n.title}, in {title}",
             icon="arrow-bend-down-right", node_id=n.id, goes_to=n.id)
        for n in steps
    )  # fmt: skip
    spoken = f"Frame {frame.title}{colour}, {count_of(len(steps), 'step')}"
    return Line(frame.id, title, spoken=spoken, icon="selection", slab=frame.id,
                children=owned)  # fmt: skip


def _note(note: Note) -> Line:
    text = " ".join(note.text.split())
    spoken = f"Note: {text}"
    return Line(note.id, text or "Note", spoken=spoken, icon="note", slab=note.id)


def _percent(card: Card) -> str:
    known = card.progress is not None and card.progress >= 0
    return f"{card.progress * 100:.0f} %" if known and card.progress else ""


def _comment(spot: _Spot) -> tuple[Line, ...]:
    text = " ".join(spot.node.comment.split())
    if not text:
        return ()
    note = Line(f"{spot.key}#", text, "", f"Note: {text}", icon="note")
    return (replace(note, node_id=spot.own),)


def _input(spot: _Spot, port: Port) -> Line:
    bound = spot.node.inputs.get(port.name)
    edge, goes_to = None, ""
    if isinstance(bound, FromStep):
        goes_to = spot.key_named(bound.step)
        if not spot.above:
            edge = Edge(bound.step, bound.output, spot.node.name, port.name)
    source = _source(spot.pipeline, bound, port)
    return Line(
        f"{spot.key}<{port.name}",
        f"{port.name} from {source}",
        "",
        f"Input {port.name}, {describe(port.type)}, from {source}",
        icon="arrow-line-right",
        node_id=spot.own,
        edge=edge,
        goes_to=goes_to,
    )


def _source(pipeline: Pipeline, bound: Binding | None, port: Port) -> str:
    match bound:
        case FromStep(step, output):
            start = pipeline.by_name.get(step)
            return f"{start.title if start else step}, {output}"
        case FromInput(name):
            return f"the pipeline's {name}"
        case FromPath():
            return bound.path
    return "nothing, optional" if port.optional else "nothing"


def _output(spot: _Spot, port: Port) -> Line:
    edges = list(_edges_out(spot, port))
    targets = [f"{spot.pipeline.node(e.target).title}, {e.input}" for e in edges]
    told = "; ".join(targets) or "nothing"
    return Line(
        f"{spot.key}>{port.name}",
        f"{port.name} to {told}",
        "",
        f"Output {port.name}, {describe(port.type)}, to {told}",
        icon="arrow-right",
        node_id=spot.own,
        edge=edges[0] if edges and not spot.above else None,
        goes_to=spot.key_named(edges[0].target) if edges else "",
    )


def _edges_out(spot: _Spot, port: Port) -> Iterator[Edge]:
    wanted = FromStep(spot.node.name, port.name)
    for target in spot.pipeline.successors.get(spot.node.name, ()):
        for name, bound in spot.pipeline.node(target).inputs.items():
            if bound == wanted:
                yield Edge(spot.node.name, port.name, target, name)
