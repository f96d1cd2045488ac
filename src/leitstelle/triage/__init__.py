"""Triage: what a ticket is about, how urgent it is, and who gets it."""
