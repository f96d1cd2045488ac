"""Service hours and holidays."""
