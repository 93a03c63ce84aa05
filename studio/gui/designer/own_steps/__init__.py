"""Components of one's own: followed as their files change, edited, made."""
