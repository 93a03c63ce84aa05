"""The command line: one module per noun; prints results and sets exit codes."""
