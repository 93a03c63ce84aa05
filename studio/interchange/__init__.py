"""What other tools read and write, turned into our values and back."""
