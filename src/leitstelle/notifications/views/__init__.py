"""Doors of notifications: the list and its bell, following, preferences, the house's defaults."""
