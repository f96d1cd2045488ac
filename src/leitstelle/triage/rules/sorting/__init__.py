"""Sorting tickets by rules: facts of one ticket, whether conditions hold for them, and what all rules together do."""
