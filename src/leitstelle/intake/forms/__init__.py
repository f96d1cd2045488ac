"""Input of intake's pages."""
