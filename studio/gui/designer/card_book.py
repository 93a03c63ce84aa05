"""Cards made before: made again only where something they tell of has changed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter

from studio.domain.component import Component
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import StepRun, StepState
from studio.domain.validation import Problem
from studio.gui.designer.cards import Card, card_of

_SAID = attrgetter(*(f.name for f in fields(Node) if f.name != "position"))


@dataclass(frozen=True)
class _Known:
    """All that a card is made from. Values are shared, so `is` finds most unchanged."""

    node: Node
    inputs: object
    component: Component | None
    step: StepRun | None
    problem: Problem | None
    stale: str
    off: str
    active: bool
    card: Card


class CardBook:
    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def clear(self) -> None:
        self._known.clear()

    def card(
        self,
        pipeline: Pipeline,
        node: Node,
        component: Component | None,
        step: StepRun | None,
        *,
        active: bool,
        problem: Problem | None,
        stale: str,
        off: str,
    ) -> Card:
        """As `card_of`."""
        known = self._known.get(node.id)
        if (
            known is not None
            and differs_in_place(known.node, node)
            and known.inputs is pipeline.inputs
            and known.component is component is not None
            and known.active is active
            and (known.stale, known.off) == (stale, off)
            and _same(known.step, step)
            and (known.problem is problem or known.problem == problem)
        ):
            return known.card
        card = card_of(
            *(pipeline, node, component, step),
            active=active,
            problem=problem,
            stale=stale,
            off=off,
        )
        self._known[node.id] = _Known(
            node, pipeline.inputs, component, step, problem, stale, off, active, card
        )
        return card


def differs_in_place(before: Node | None, now: Node) -> bool:
    """Whether they differ at most in their place, so that a card looks the same."""
    return before is now or (before is not None and _SAID(before) == _SAID(now))


def _same(before: StepRun | None, now: StepRun | None) -> bool:
    """Whether they tell the same; a running step also tells how long it has run."""
    if before is None or now is None:
        return before is now
    running = now.state is StepState.RUNNING
    return not running and (before is now or before == now)
