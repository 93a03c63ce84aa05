"""Processes for tests, forked from one that has imported what most of them need.

A process in milliseconds, not seconds. There is one to fork from in each process that
runs tests, so what it holds is said here once, for all of them.
"""

from __future__ import annotations

import multiprocessing

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        *("studio.bootstrap", "alembic.command", "pandas", "duckdb"),
        *("pyarrow.parquet", "pyarrow.csv", "pyarrow.compute"),
        *("sklearn.ensemble", "sklearn.pipeline", "sklearn.linear_model"),
        *("sklearn.neighbors", "sklearn.model_selection", "sklearn.cluster"),
        *("sklearn.impute", "sklearn.inspection", "pyarrow.pandas_compat"),
    ]
)
