"""Under the canvas: problems, log, outputs and metrics."""
