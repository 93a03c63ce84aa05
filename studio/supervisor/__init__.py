"""The detached program that owns one endpoint: its sockets, replicas and gateway.

Standard library only. It reads `wanted.json` in the endpoint's folder, and writes
`state.json` and `spool.jsonl` there; it never touches the database.
"""
