"""What a user can do: one module per noun. Window and command line call these."""
