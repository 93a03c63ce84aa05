"""Loads a model as its server would, scores samples, and tells what that took.

stdin   one JSON line, the configuration that the server gets: kind, model_path, ...
stdout  JSON lines: {"event": "phase" | "sample" | "failed" | "seen" | "end", ...}
stderr  what the model's code prints
"""

from __future__ import annotations

from .program import main

__all__ = ["main"]
