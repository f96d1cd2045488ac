"""Shapes of what people enter in triage."""
