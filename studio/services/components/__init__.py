"""Components: built-in ones, and the workspace's own as files."""
