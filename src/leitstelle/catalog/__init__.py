"""Category tree and the impact, urgency and priority sets."""
