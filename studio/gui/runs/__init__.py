"""The Runs page: what has run, what runs, and everything each run left."""
