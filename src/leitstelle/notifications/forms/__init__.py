"""Forms of notifications: one's own preferences, and the house's defaults."""
