"""The run plan: what the next run will do, why, and of which steps."""
