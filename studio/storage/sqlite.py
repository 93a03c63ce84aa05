"""The SQLite we use: releases before 3.51.3 can lose committed WAL pages when two
connections write and checkpoint at once, and Python brings older ones."""

from __future__ import annotations

try:
    import pysqlite3 as sqlite
except ImportError:  # no wheel for this system: its own SQLite has to do
    import sqlite3 as sqlite

__all__ = ["sqlite"]
