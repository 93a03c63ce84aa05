"""The canvas as a tree, for the keyboard and for screen readers."""
