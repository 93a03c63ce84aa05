"""The endpoint's folder: wishes in, state and news out."""

from __future__ import annotations

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock: IO[bytes] | None = None
        self._stamp = (0, 0)
        self._seq = _last_seq(root / "spool.jsonl")

    def lock(self) -> bool:
        """Become the endpoint's only supervisor; False if there is one already."""
        self._lock = (self.root / "lock").open("ab")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def new_wishes(self) -> dict[str, Any] | None:
        """`wanted.json` if it changed since the last call; {"stop": True} if it is
        gone, with the workspace maybe."""
        file = self.root / "wanted.json"
        try:
            facts = file.stat()  # each write is a new file: its number tells too
            stamp = facts.st_mtime_ns, facts.st_ino
            if stamp == self._stamp:
                return None
            wishes: dict[str, Any] = json.loads(file.read_text())
        except FileNotFoundError:
            return {"stop": True}
        except ValueError:
            return None
        self._stamp = stamp
        return wishes

    def write_state(self, state: dict[str, Any]) -> None:
        temporary = self.root / ".state.json"
        try:
            temporary.write_text(json.dumps(state))
            temporary.replace(self.root / "state.json")
        except OSError:
            return  # a full disk must not end what is being served

    def tell(self, deployment: str, state: str, message: str, hint: str) -> None:
        """Append one change of state to the spool."""
        self._seq += 1
        news = {
            "seq": self._seq,
            "time": utc_now(),
            "deployment": deployment,
            "state": state,
            "message": message,
            "hint": hint,
        }
        try:
            with (self.root / "spool.jsonl").open("a") as spool:
                spool.write(json.dumps(news) + "\n")
        except OSError:
            return

    def log_file(self, deployment: str) -> Path:
        folder = self.root / deployment
        folder.mkdir(exist_ok=True)
        return folder / "log.txt"


def utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def process_identity() -> dict[str, Any]:
    """pid, start time (clock ticks since boot) and boot id of this process."""
    fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return {"pid": os.getpid(), "start_time": int(fields[19]), "boot_id": boot}


def _last_seq(spool: Path) -> int:
    try:
        lines = spool.read_text().splitlines()
        return int(json.loads(lines[-1])["seq"]) if lines else 0
    except (OSError, ValueError, KeyError):
        return 0
