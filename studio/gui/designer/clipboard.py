"""What is copied, on the clipboard: pipeline YAML that can also go into a mail."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import partial

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from studio.domain.errors import InvalidError
from studio.domain.node import Edge
from studio.domain.pipeline import Pipeline
from studio.gui.tasks import Tasks
from studio.interchange.clipping import clipping_text, json_of, read_clipping
from studio.interchange.pipeline_layout import layout_of

LARGE = 200_000
_STEPS = re.compile(r"^\s*(jobs|steps|type|\$schema)\s*:", re.MULTILINE)
NOTHING = (
    "The clipboard holds nothing the canvas can take: copy steps, a table, the path of "
    "a file, or a Python function with type hints"
)
LAYOUT_TYPE = "application/x-mlops-studio-layout+json"
LINKS_TYPE = "application/x-mlops-studio-links+json"


def put(part: Pipeline, outside: Sequence[Edge] = ()) -> None:
    """Offer a pipeline's text; beside it its places, and the edges that lead into it
    from steps that stay outside."""
    data = QMimeData()
    data.setText(clipping_text(part))
    data.setData(LAYOUT_TYPE, json.dumps(layout_of(part)).encode())
    data.setData(LINKS_TYPE, json.dumps([astuple(edge) for edge in outside]).encode())
    QGuiApplication.clipboard().setMimeData(data)


@dataclass(frozen=True)
class Held:
    """What is on the clipboard, not yet understood."""

    text: str
    layout: bytes
    links: bytes

    @property
    def is_large(self) -> bool:
        """Whether reading it would be felt."""
        return len(self.text) > LARGE


Clipping = tuple[Pipeline, tuple[Edge, ...]]


def take(
    tasks: Tasks | None,
    owner: QObject,
    done: Callable[[Clipping], object],
    failed: Callable[[BaseException], object],
) -> None:
    """Read the clipboard: at once, or aside if that would be felt."""
    found = held()
    if found.is_large and tasks is not None:
        tasks.run(partial(read, found), done=done, failed=failed, owner=owner)
        return
    try:
        clipping = read(found)
    except InvalidError as error:
        failed(error)
    else:
        done(clipping)


def held() -> Held:
    data = QGuiApplication.clipboard().mimeData()
    layout, links = (bytes(data.data(k).data()) for k in (LAYOUT_TYPE, LINKS_TYPE))
    return Held(data.text(), layout, links)


def why_not(error: BaseException) -> str:
    """What is wrong with a text that was meant as steps; else what could be pasted."""
    meant = _STEPS.search(held().text) is not None
    return f"The clipboard holds no steps: {error}" if meant else NOTHING


def read(held: Held) -> Clipping:
    """The steps, and the edges into them; in any thread.

    InvalidError says what is wrong with the text.
    """
    part, listed = read_clipping(held.text, json_of(held.layout)), json_of(held.links)
    return part, tuple(_edges(listed)) if isinstance(listed, list) else ()


def _edges(listed: list[object]) -> Iterator[Edge]:
    for item in listed:
        if isinstance(item, list) and len(item) == 4:
            yield Edge(*(str(part) for part in item))
