"""Endpoints: wished for here, fulfilled by a process of their own."""
