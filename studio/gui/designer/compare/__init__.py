"""Two pipelines on one canvas: what differs, where, and taken over piece by piece."""
