"""Frames, notes and colours: what explains a pipeline on its canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QMarginsF, QObject, QPointF, QRectF
from PySide6.QtWidgets import QMenu

from studio.domain import framing
from studio.domain.annotations import COLOURS, Annotation, Frame, Note
from studio.domain.pipeline import new_id
from studio.gui.actions import Action
from studio.gui.designer.geometry import GRID, snapped
from studio.gui.designer.gestures.slab import name_of
from studio.gui.designer.in_place import InPlace
from studio.gui.designer.items.note_text import height_of
from studio.gui.designer.items.slab import PAD, FrameItem
from studio.gui.designer.meanings import NO_COLOUR, ColourMark, swatch
from studio.gui.designer.places import boxes_of

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

_Area: TypeAlias = Callable[[], QRectF]
_Write: TypeAlias = Callable[[str], object]
NOTE_SIZE, GAP = (280.0, 120.0), 16.0
_COLOURS = {**COLOURS, "": NO_COLOUR}


class AnnotationVerbs(QObject):
    """A feature of the designer."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._editor = page, page.editor
        self._scene, self._view = page.bench.scene, page.bench.view
        self._typing: InPlace | None = None
        self._coloured: dict[str, str] = {}
        self._view.edit_wanted.connect(self.edit)
        page.editor.opened.connect(self._opened)
        page.bench.inspector.flushing.connect(self.finish)

    def verbs(self) -> Sequence[Action]:
        colours = (
            Action(
                f"annotate.colour_{colour or 'none'}",
                f"Colour: {title}" if colour else title,
                "palette",
                category="Edit",
                callback=partial(self.colour, colour),
                enabled=self._has_any,
                menu=False,
            )
            for colour, title in _COLOURS.items()
        )
        return (
            Action(
                "annotate.frame",
                "Frame the selection",
                "selection-plus",
                "Ctrl+Shift+F",
                "Edit",
                self.frame,
                self._page.has_selection,
            ),
            Action(
                "annotate.note",
                "Add a note",
                "note",
                "N",
                "Edit",
                self.add_note,
                self._page.is_open,
            ),
            Action(
                "annotate.edit",
                "Edit the text",
                "pencil-simple",
                category="Edit",
                callback=self.edit_chosen,
                enabled=lambda: len(self._things()) == 1,
                menu=False,
            ),
            *colours,
        )

    def canvas_verbs(self) -> Sequence[str]:
        return ("annotate.frame",) if self._editor.selected() else ()

    def add_to_canvas_menu(self, menu: QMenu) -> None:
        """Colours by their meaning, with a dot each."""
        if not self._has_any():
            return
        inner = menu.addMenu("Colour")
        now = {node.colour for node in self._editor.selected()}
        now |= {thing.colour for thing in self._things()}
        for colour, title in _COLOURS.items():
            made = inner.addAction(swatch(colour), title, partial(self.colour, colour))
            made.setIconVisibleInMenu(True)
            if now == {colour}:
                inner.setDefaultAction(made)

    # -- made --------------------------------------------------------------------------

    def frame(self) -> None:
        """Put a frame around the selected steps, and ask for its title."""
        chosen = self._editor.selected()
        if not chosen:
            return
        boxes = boxes_of(chosen, self._scene)
        title = f"Frame {len(self._editor.pipeline.annotations.frames) + 1}"
        after, frame = framing.framed(self._editor.pipeline, boxes, title)
        title = COLOURS.get(frame.colour, title)
        frame = replace(frame, title=title)
        after = framing.with_annotation(after, frame)
        self._editor.edit(after, f"Frame {len(chosen)} steps")
        self._choose(frame.id)
        self.edit(frame.id)

    def add_note(self) -> None:
        """Write a note in the middle of the view; it is made once it says something."""
        if self._page.document is None:
            return
        half = QPointF(NOTE_SIZE[0] / 2, NOTE_SIZE[1] / 2)
        x, y = snapped(self._view.middle() - half)
        area = self._free(QRectF(x, y, *NOTE_SIZE))
        note = Note(new_id(), "", "", area.x(), area.y(), *NOTE_SIZE)
        self._type(lambda: area, "", partial(self._write, note), "Text of the note")

    def colour(self, colour: str) -> None:
        """Give everything selected a colour, or (for "") none."""
        after = framing.coloured(
            self._editor.pipeline, colour, self._editor.selected(), self._things()
        )
        title = _COLOURS[colour]
        self._editor.edit(after, f"Colour: {title}" if colour else "Take the colour")

    # -- edited ------------------------------------------------------------------------

    def edit_chosen(self) -> None:
        for thing in self._things()[:1]:
            self.edit(thing.id)

    def edit(self, wanted: str) -> None:
        """Edit the title of a frame or the text of a note where it stands."""
        slab = self._scene.slabs.items.get(wanted)
        if slab is None:
            return
        if isinstance(slab, FrameItem):
            title = slab.title_box
            self._type(
                lambda: title(self._view.zoom),
                slab.thing.title,
                partial(self._write, slab.thing),
                "Title of the frame",
                line=True,
            )
        elif isinstance(slab.thing, Note):
            write = partial(self._write, slab.thing)
            text = slab.thing.text
            self._type(lambda: slab.box, text, write, "Text of the note")

    def _type(
        self,
        area: _Area,
        text: str,
        write: _Write,
        name: str,
        *,
        line: bool = False,
    ) -> None:
        self.finish()
        self._typing = InPlace(self._view, area, text, write, name=name, line=line)
        self._typing.ended.connect(self._typed)

    def finish(self) -> None:
        """Keep what is being typed."""
        if self._typing is not None:
            self._typing.keep()

    def _typed(self) -> None:
        self._typing = None

    def _write(self, thing: Annotation, text: str) -> None:
        """The text of a thing as it was when typing began."""
        known = self._editor.pipeline.annotations.find(thing.id)
        if isinstance(thing, Frame):
            title = " ".join(text.split())
            if isinstance(known, Frame) and title:
                after = framing.with_annotation(
                    self._editor.pipeline, replace(known, title=title)
                )
                self._editor.edit(after, f"Rename {name_of(known)}")
            return
        note = known if isinstance(known, Note) else thing
        if known is None and (thing.text or not text.strip()):
            return  # deleted meanwhile, or a new one that says nothing
        needed = height_of(text, note.width - 2 * PAD) + 2 * PAD
        height = max(note.height, -(-needed // GRID) * GRID)
        after = framing.with_annotation(
            self._editor.pipeline, replace(note, text=text, height=height)
        )
        self._editor.edit(after, "Edit the note" if known else "Add a note")
        if known is None:
            self._choose(note.id)

    def _free(self, area: QRectF) -> QRectF:
        """The area, or the next one below that covers no card and no note."""
        scene, room = self._scene, QMarginsF(GAP, GAP, GAP, GAP)
        taken = [item.box for item in scene.nodes.values()]
        taken += [slab.box for slab in scene.slabs.items.values()]
        while hit := [box for box in taken if box.intersects(area + room)]:
            lowest = max(box.bottom() for box in hit) + GAP
            area.moveTop(-(-lowest // GRID) * GRID + GRID)
        return area

    # -- inside ------------------------------------------------------------------------

    def _opened(self) -> None:
        if self._typing is not None:  # a text for another pipeline
            self._typing.give_up()
        if self._page.document is not None:
            self._page.document.changed.connect(self._show_colours)
        self._show_colours()

    def _show_colours(self) -> None:
        before, cards = self._coloured, self._scene.nodes
        nodes = self._editor.pipeline.nodes
        self._coloured = {node.id: node.colour for node in nodes if node.colour}
        for node_id in before.keys() | self._coloured.keys():
            if (card := cards.get(node_id)) is not None:
                colour = self._coloured.get(node_id)
                card.set_mark("colour", ColourMark(colour) if colour else None)

    def _choose(self, wanted: str) -> None:
        self._scene.select([])
        self._scene.slabs.choose({wanted})

    def _things(self) -> list[Annotation]:
        return self._scene.slabs.chosen if self._page.is_open() else []

    def _has_any(self) -> bool:
        return self._page.has_selection() or bool(self._things())
