"""Shapes of triage in the API."""
