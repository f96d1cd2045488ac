"""Writes of triage: training, proposing, answering proposals."""
