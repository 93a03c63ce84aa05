"""The first page: where to begin, what is here, and whether all is ready."""
