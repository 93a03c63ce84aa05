"""The Environments page: declared, locked and built, each in versions."""
