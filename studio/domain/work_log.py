"""What work on an environment has told: a lock, a build, an image, a trial."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class WorkLog:
    """`subject` is NAME:VERSION. Where it has failed, `message` says of what, and
    `line` is that of the Dockerfile if one is to blame."""

    id: str
    title: str
    subject: str
    began_at: datetime
    state: str = "RUNNING"
    seconds: float | None = None
    message: str = ""
    line: int = 0

    @property
    def goes_on(self) -> bool:
        return self.state == "RUNNING"
