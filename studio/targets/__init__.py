"""Where work runs: check, start, status, logs, stop."""
