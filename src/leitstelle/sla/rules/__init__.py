"""Pure clock arithmetic."""
