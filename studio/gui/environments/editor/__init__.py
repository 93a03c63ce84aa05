"""Environments written in the window: checked as one types, tried before saved."""
