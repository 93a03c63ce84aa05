"""The activity page: everything that has happened in the workspace."""
