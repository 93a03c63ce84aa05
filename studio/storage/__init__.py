"""What is remembered: rows stay in here, values come out."""
