"""Reads of agreements, and the clocks of a ticket computed from its events."""

from leitstelle.contracts.queries import category_paths
from leitstelle.sla.queries.clocks import (
    CURRENT,
    REMEMBERED,
    ClockKey,
    Reading,
    as_past,
    clocks_under,
    compute_clocks,
    past_events,
)
from leitstelle.sla.queries.promises import (
    Promise,
    case_of,
    house_agreement,
    promise_in_use,
    promise_kept,
    promise_of,
    terrain_of,
    whole_terrain,
)

__all__ = [
    "CURRENT",
    "REMEMBERED",
    "ClockKey",
    "Promise",
    "Reading",
    "as_past",
    "case_of",
    "category_paths",
    "clocks_under",
    "compute_clocks",
    "house_agreement",
    "past_events",
    "promise_in_use",
    "promise_kept",
    "promise_of",
    "terrain_of",
    "whole_terrain",
]
