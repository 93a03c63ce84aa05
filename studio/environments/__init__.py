"""How an environment comes to be: solved, locked, installed, built into an image."""
