"""Commands about background work."""
