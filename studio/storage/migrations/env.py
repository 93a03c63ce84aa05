"""Alembic runs inside the connection (and the transaction) it is handed."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,
    version_table="schema_history",
)
context.run_migrations()
