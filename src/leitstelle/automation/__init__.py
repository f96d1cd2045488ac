"""Doors for other programs: what they report by webhook becomes tickets, as the house maps it."""
