"""Serves one model over HTTP/1.1 on inherited sockets.

stdin   JSON lines: the configuration, then {"op": "keys" | "endpoint" | "quit"}
stdout  JSON lines: {"event": "phase" | "ready" | "failed", ...}
stderr  the log: what the model's code prints, and one line a request
"""

from __future__ import annotations

from .process import main

__all__ = ["main"]
