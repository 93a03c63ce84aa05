"""Reads tables, which may be hostile, in a process of its own.

    python -m studio.worker.tables FOLDER    # which it removes at its end

JSON lines on stdin and stdout. A request tells everything it is about, so that a new
process can answer where an old one died:

    {"id": 1, "op": "shape", "table": {"files": [...], "format": "parquet"}}
    {"id": 2, "op": "page", "table": ..., "order": ..., "start": 0, "count": 200,
     "columns": [0, 1]}
    {"op": "cancel", "id": 2}

Answers: {"id", "result"}, {"id", "error"}, and before them {"id", "item"} for parts
that are ready. It ends when its input does.
"""
