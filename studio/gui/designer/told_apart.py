"""What pipelines are called in a menu, where their titles alone don't tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.services.pipelines.service import PipelineSummary


def told_apart(
    summaries: Iterable[PipelineSummary], taken: Collection[str] = ()
) -> dict[str, str]:
    """Words by name: the title, with the name where another pipeline, or an entry
    that is `taken`, is called the same."""
    every = list(summaries)
    count = Counter(summary.title for summary in every)
    return {
        summary.name: f"{summary.title} ({summary.name})"
        if count[summary.title] > 1 or summary.title in taken
        else summary.title
        for summary in every
    }
