"""The window's own controls; each module's head shows how to use it."""
