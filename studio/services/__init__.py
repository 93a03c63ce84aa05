"""What a user can do: one room per noun. Window and command line call these."""
