"""The page where a pipeline is drawn, set up, run and looked into."""
