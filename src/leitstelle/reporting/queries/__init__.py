"""Reads of the overview and the lists behind its numbers."""

from leitstelle.reporting.queries.lists import OPEN, PREFIX, lists_of_leads, moments, settings_in_use
from leitstelle.reporting.queries.overview import CAP, LoadRow, Overview, overview

__all__ = [
    "CAP",
    "OPEN",
    "PREFIX",
    "LoadRow",
    "Overview",
    "lists_of_leads",
    "moments",
    "overview",
    "settings_in_use",
]
