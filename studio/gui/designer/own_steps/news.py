"""What is said when files of own components have changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from studio.gui.designer.own_steps.watching import News
from studio.gui.page import WindowServices
from studio.services.components.service import BrokenComponent

MOST_NAMES, TOLD = 3, "components of one's own"


def tell(
    services: WindowServices, news: News, explain: Callable[[BrokenComponent], object]
) -> None:
    """One message: what is broken now, or else what was reloaded or is gone."""
    if broken := news.newly_broken():
        first = broken[0]
        more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
        services.toast(
            f"“{first.title}”{more} can't be used: {first.reason}",
            action=("What to do", partial(explain, first)),
            tone="err",
            key=TOLD,
        )
        return
    parts = (
        ("Reloaded", news.titles_changed()),
        ("No longer there:", news.titles_gone()),
    )
    if said := [f"{verb} {_listed(titles)}" for verb, titles in parts if titles]:
        services.toast(". ".join(said), tone="ok", key=TOLD)


def _listed(titles: Sequence[str]) -> str:
    shown = ", ".join(titles[:MOST_NAMES])
    more = len(titles) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
