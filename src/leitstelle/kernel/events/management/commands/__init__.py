"""Commands about the journal."""
