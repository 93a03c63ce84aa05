"""Environments: solved, made here or as images, proven with a model."""
