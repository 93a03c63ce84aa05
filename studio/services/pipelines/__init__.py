"""Pipelines: saved in versions, checked, put together of others."""
