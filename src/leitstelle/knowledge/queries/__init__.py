"""Reads of knowledge."""

from leitstelle.knowledge.queries.guides import (
    Offered,
    find_guides,
    fitting_guides,
    guide_in_force,
    guides_in_force,
    guides_of_area,
    offered_of,
    read_stored,
    titled,
)

__all__ = [
    "Offered",
    "find_guides",
    "fitting_guides",
    "guide_in_force",
    "guides_in_force",
    "guides_of_area",
    "offered_of",
    "read_stored",
    "titled",
]
