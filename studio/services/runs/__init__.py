"""Runs: prepared, executed by a process of their own, watched, reopened."""
