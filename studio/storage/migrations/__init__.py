"""Schema changes, in order. A released step is never edited."""
