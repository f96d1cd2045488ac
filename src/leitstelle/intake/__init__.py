"""Doors into tickets: mail, portal forms, quarantine."""
