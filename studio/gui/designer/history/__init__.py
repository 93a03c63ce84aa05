"""What a pipeline was: saved versions, this session's edits, its family of clones."""
