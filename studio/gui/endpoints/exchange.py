"""A request that was sent and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from studio.domain.endpoint import ScoringAnswer
from studio.gui.widgets.chip import StateLook

_REASONS = {
    200: "OK",
    400: "Bad request",
    401: "Key refused",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    413: "Too large",
    422: "Not understood",
    429: "Too many requests",
    500: "Model failed",
    502: "Bad gateway",
    503: "Not ready",
    504: "Timed out",
}


@dataclass(frozen=True)
class Exchange:
    """One request; `answer` is None when nobody answered, `error` then says why."""

    sent_at: datetime
    body: str
    deployment: str = ""
    answer: ScoringAnswer | None = None
    error: str = ""
    hint: str = ""

    @property
    def look(self) -> StateLook:
        """The status as a chip."""
        if self.answer is None:
            return StateLook("No answer", "err", "x-circle")
        status = self.answer.status
        word = f"{status} {_REASONS.get(status, '')}".strip()
        if self.answer.ok:
            return StateLook(word, "ok", "check-circle")
        warns = 400 <= status < 500
        return StateLook(
            word, "warn" if warns else "err", "warning" if warns else "x-circle"
        )

    @property
    def milliseconds(self) -> float | None:
        return None if self.answer is None else self.answer.seconds * 1000


def headers_text(sent_key: str, answer: Mapping[str, str]) -> str:
    """The headers of both ways, the key already masked by the caller."""
    sent = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {sent_key}" if sent_key else "Bearer (session key)",
    }
    return "\n".join(
        (
            "POST /score HTTP/1.1",
            *(f"{name}: {value}" for name, value in sent.items()),
            "",
            "Answer",
            *(f"{name}: {value}" for name, value in answer.items()),
        )
    )
