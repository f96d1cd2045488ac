"""Search index and its linguistics."""
