"""MLOps Studio: the whole life of a model on one workstation."""

__version__ = "0.1.0"
