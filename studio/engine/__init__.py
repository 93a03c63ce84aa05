"""How a pipeline runs: what is reused and why not, and what runs when."""
