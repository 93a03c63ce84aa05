"""A pipeline as a picture: cards, ports and wires as on a light canvas.

It is plain SVG 1.1 without scripts, styles or references, so that any viewer and any
document shows it; the same pipeline gives the same text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from studio.domain.card_size import WIDTH, card_height, port_y
from studio.domain.component import Component, Port
from studio.domain.node import FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.domain.wire_way import MOST_LED, Box, Way, way_around
from studio.resources import resource_path

COLOURS = {
    "canvas": "#F3F4F6",
    "surface": "#FFFFFF",
    "sunken": "#EBEDF0",
    "border": "#D5D9E0",
    "text": "#1B1F27",
    "text3": "#616A79",
    "idle": "#5B6472",
    "wire": "#818A98",
    "port_table": "#2B6CB0",
    "port_model": "#7444B8",
    "port_metric": "#1D7A5C",
    "port_artifact": "#9A5B13",
    "port_env": "#177286",
    "port_image": "#B0407A",
    "port_param": "#5D6675",
    "port_any": "#6B7280",
}
"""The window's light colours, by the names it knows them by."""

MARGIN, LEAST_BEND = 32.0, 40.0
TEXT_LEFT, TEXT_ROOM = 58.0, WIDTH - 58.0 - 12.0
FONT = "Inter, sans-serif"
_NARROW, _WIDE = frozenset(" !'()*,-./:;I[]|fijlrt"), frozenset("%@MWmw")
_CONTROL = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ComponentOf = Callable[[Node], Component | None]
Point = tuple[float, float]


@dataclass(frozen=True)
class _Card:
    node: Node
    title: str
    subtitle: str
    icon: str
    inputs: Sequence[Port]
    outputs: Sequence[Port]

    @property
    def height(self) -> float:
        return card_height(len(self.inputs), len(self.outputs))

    @property
    def box(self) -> Box:
        left, top = self.node.position
        return (left, top, left + WIDTH, top + self.height)

    def ports(self) -> Iterator[tuple[Port, str, Point]]:
        """Each with its side and its place on the canvas."""
        left, top = self.node.position
        for side, x, ports in (("in", 0.0, self.inputs), ("out", WIDTH, self.outputs)):
            for number, port in enumerate(ports):
                y = port_y(number, len(ports), self.height)
                yield port, side, (left + x, top + y)


def draw_svg(pipeline: Pipeline, component_of: ComponentOf) -> str:
    """The picture of all steps, with a little room around."""
    cards = [_card(pipeline, node, component_of(node)) for node in pipeline.nodes]
    left = min((card.node.position[0] for card in cards), default=0.0) - MARGIN
    top = min((card.node.position[1] for card in cards), default=0.0) - MARGIN
    right = max((card.node.position[0] + WIDTH for card in cards), default=WIDTH)
    bottom = max((card.node.position[1] + card.height for card in cards), default=0.0)
    width, height = right + MARGIN - left, bottom + MARGIN - top
    size = " ".join(map(_n, (left, top, width, height)))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" '
        f'height="{_n(height)}" viewBox="{size}" font-family="{FONT}">',
        f"<title>{_words(pipeline.title)}</title>",
        f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(width)}" '
        f'height="{_n(height)}" fill="{COLOURS["canvas"]}"/>',
        *_wires(pipeline, cards),
        *(line for card in cards for line in _card_lines(card)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _card(pipeline: Pipeline, node: Node, component: Component | None) -> _Card:
    """As far as it is known: of an unknown component the ports that are in use."""
    if component is None:
        used = [n for n, b in node.inputs.items() if isinstance(b, FromStep)]
        given = {e.output: None for e in pipeline.edges if e.source == node.name}
        ports = [Port(name) for name in used], [Port(name) for name in given]
        subtitle = node.component if isinstance(node.component, str) else ""
        return _Card(node, node.title, subtitle, "question", *ports)
    subtitle = component.title if component.title != node.title else node.name
    inputs, outputs = component.inputs, component.outputs
    return _Card(node, node.title, subtitle, component.icon, inputs, outputs)


# -- wires ----------------------------------------------------------------------------


def _wires(pipeline: Pipeline, cards: Sequence[_Card]) -> Iterator[str]:
    places = {
        (card.node.name, side, port.name): at
        for card in cards
        for port, side, at in card.ports()
    }
    by_name = {card.node.name: card for card in cards}
    yield f'<g fill="none" stroke="{COLOURS["wire"]}" stroke-width="1.5">'
    edges = [
        edge
        for edge in pipeline.edges
        if (edge.source, "out", edge.output) in places
        and (edge.target, "in", edge.input) in places
    ]
    for edge in edges:
        start = places[edge.source, "out", edge.output]
        end = places[edge.target, "in", edge.input]
        way = None
        if len(edges) <= MOST_LED:
            apart = [c for c in cards if c.node.name not in (edge.source, edge.target)]
            outputs = [port.name for port in by_name[edge.source].outputs]
            inputs = [port.name for port in by_name[edge.target].inputs]
            lane = outputs.index(edge.output) + inputs.index(edge.input)
            way = way_around((*start, *end), _near(apart), lane)
        yield f'<path d="{_wire(start, end, way)}"/>'
    yield "</g>"


def _near(cards: Sequence[_Card]) -> Callable[[Box], list[Box]]:
    boxes = [card.box for card in cards]
    return lambda area: [box for box in boxes if _touch(box, area)]


def _touch(box: Box, area: Box) -> bool:
    across = box[0] <= area[2] and box[2] >= area[0]
    return across and box[1] <= area[3] and box[3] >= area[1]


def _wire(start: Point, end: Point, way: Way | None) -> str:
    """A curve that leaves to the right and arrives from the left; one that goes back
    takes the way between the rows."""
    (x, y), (far, low) = start, end
    if way is not None:
        first, last, level = way
        bend, back = (first - x) / 2, (far - last) / 2
        up = (x + bend, y, first - bend, level, first, level)
        down = (last + back, level, far - back, low, far, low)
        level_part = f"L{_n(last)} {_n(level)}"
        return (
            f"M{_n(x)} {_n(y)}C{' '.join(map(_n, up))}{level_part}"
            f"C{' '.join(map(_n, down))}"
        )
    if far > x - LEAST_BEND or abs(low - y) < 48:
        bend = max(LEAST_BEND, abs(far - x) / 2)
        points = (x + bend, y, far - bend, low, far, low)
        return f"M{_n(x)} {_n(y)}C{' '.join(map(_n, points))}"
    cut = 12.0 if low > y else -12.0
    right, left, middle = x + 14, far - 14, (y + low) / 2
    corners = (
        (right - 12, y, right, y, right, y + cut),
        (right, middle - cut, right, middle, right - 12, middle),
        (left + 12, middle, left, middle, left, middle + cut),
        (left, low - cut, left, low, left + 12, low),
    )
    turns = "".join(
        f"L{_n(a)} {_n(b)}Q{_n(c)} {_n(d)} {_n(e)} {_n(f)}"
        for a, b, c, d, e, f in corners
    )
    return f"M{_n(x)} {_n(y)}{turns}L{_n(far)} {_n(low)}"


# -- cards ----------------------------------------------------------------------------


def _card_lines(card: _Card) -> Iterator[str]:
    (x, y), height = card.node.position, card.height
    middle = y + height / 2
    faint = ' opacity="0.55"' if card.node.muted or card.node.bypass else ""
    yield f"<g id={quoteattr(card.node.name)}{faint}>"
    yield f"<title>{_words(card.title)}</title>"
    frame = f'width="{_n(WIDTH)}" height="{_n(height)}" rx="8"'
    yield f'<rect x="{_n(x)}" y="{_n(y + 1.5)}" {frame} opacity="0.06"/>'
    yield (
        f'<rect x="{_n(x)}" y="{_n(y)}" {frame} fill="{COLOURS["surface"]}" '
        f'stroke="{COLOURS["border"]}"/>'
    )
    yield (
        f'<path d="M{_n(x + 4)} {_n(y)}v{_n(height)}a8 8 0 0 1 -4 -7'
        f'v{_n(14 - height)}a8 8 0 0 1 4 -7z" fill="{COLOURS["idle"]}"/>'
    )
    yield (
        f'<rect x="{_n(x + 16)}" y="{_n(middle - 16)}" width="32" height="32" rx="6" '
        f'fill="{COLOURS["sunken"]}"/>'
    )
    yield (
        f'<path transform="translate({_n(x + 22)} {_n(middle - 10)}) scale(0.078125)" '
        f'fill="{COLOURS["text"]}" d="{_icon(card.icon)}"/>'
    )
    yield _text(card.title, x, middle - 5, 13, "text", ' font-weight="600"')
    yield _text(card.subtitle, x, middle + 14, 12, "text3")
    for port, _, at in card.ports():
        yield _port(port, at)
    yield "</g>"


def _text(
    text: str, x: float, base: float, size: int, colour: str, more: str = ""
) -> str:
    shown = _words(cut(text, size, TEXT_ROOM))
    at = f'x="{_n(x + TEXT_LEFT)}" y="{_n(base)}"'
    return (
        f'<text {at} font-size="{size}" fill="{COLOURS[colour]}"{more}>{shown}</text>'
    )


def _port(port: Port, at: Point) -> str:
    """The shape of its kind, on a halo that ends the card's border before it."""
    colour = COLOURS.get(f"port_{port.kind}", COLOURS["port_any"])
    ground = COLOURS["canvas"]
    halo = _shape(port.kind, at, f'fill="{ground}" stroke="{ground}" stroke-width="4"')
    if port.kind == "any":
        ring = f'fill="{COLOURS["surface"]}" stroke="{colour}" stroke-width="2"'
        return halo + _shape(port.kind, at, ring)
    return halo + _shape(port.kind, at, f'fill="{colour}"')


def _shape(kind: str, at: Point, paint: str) -> str:
    match kind:
        case "table":
            return _square(at, (9.0, 9.0, 1.0), paint)
        case "image":
            return _square(at, (10.0, 10.0, 3.0), paint)
        case "param":
            return _square(at, (5.0, 10.0, 1.5), paint)
        case "model":
            return _polygon(at, (6.0, 4, 0.0), paint)
        case "metric":
            return _polygon(at, (6.0, 3, 0.0), paint)
        case "artifact":
            return _polygon(at, (5.6, 6, math.pi / 6), paint)
    radius = 4 if kind == "any" else 5
    return f'<circle cx="{_n(at[0])}" cy="{_n(at[1])}" r="{radius}" {paint}/>'


def _square(at: Point, size: tuple[float, float, float], paint: str) -> str:
    """A rectangle around a point: width, height, radius of its corners."""
    wide, high, corner = size
    place = f'x="{_n(at[0] - wide / 2)}" y="{_n(at[1] - high / 2)}"'
    extent = f'width="{_n(wide)}" height="{_n(high)}" rx="{_n(corner)}"'
    return f"<rect {place} {extent} {paint}/>"


def _polygon(at: Point, shape: tuple[float, int, float], paint: str) -> str:
    """A regular one: radius, corners, and how far it is turned."""
    radius, corners, turn = shape
    angles = [turn + 2 * math.pi * corner / corners for corner in range(corners)]
    points = " ".join(
        f"{_n(at[0] + radius * math.cos(a))},{_n(at[1] + radius * math.sin(a))}"
        for a in angles
    )
    return f'<polygon points="{points}" {paint}/>'


# -- words and numbers ----------------------------------------------------------------


def cut(text: str, size: float, room: float) -> str:
    """A text in one line, with an ellipsis where it would be too long.

    Letters are measured roughly, as no font is at hand.
    """
    line = " ".join(text.split())
    if _length(line, size) <= room:
        return line
    while line and _length(line + "…", size) > room:
        line = line[:-1]
    return line.rstrip() + "…"


def _length(text: str, size: float) -> float:
    return sum(_share(letter) for letter in text) * size


def _share(letter: str) -> float:
    if letter in _NARROW:
        return 0.33
    if letter in _WIDE or ord(letter) > 0x2E80:
        return 0.95
    return 0.68 if letter.isupper() else 0.58


def _words(text: str) -> str:
    return escape(_CONTROL.sub("", text))


@cache
def _icon(name: str) -> str:
    """The outline of a bundled icon; a cube for one that isn't."""
    plain = re.fullmatch(r"[a-z0-9-]+", name) is not None
    path = resource_path(f"icons/regular/{name if plain else 'cube'}.svg")
    if not path.is_file():
        path = resource_path("icons/regular/cube.svg")
    found = re.search(r'\sd="([^"]+)"', path.read_text(encoding="utf-8"))
    return found[1] if found else ""


def _n(number: float) -> str:
    """As short as it can be, to a hundredth."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
