"""Sweeps in the designer: asked for, followed, and their trials looked at."""
