"""Agreements, targets and clocks."""
