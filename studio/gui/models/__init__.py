"""The Models page: registered models, found by their tags."""
