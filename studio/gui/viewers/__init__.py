"""Looks into files that a step has made, in a process of their own."""
