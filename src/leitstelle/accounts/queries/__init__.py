"""Reads across the tables of the domain: viewers, people by address and number, organisations by domain."""

from leitstelle.accounts.queries.finding import search_people
from leitstelle.accounts.queries.history import Happening, history
from leitstelle.accounts.queries.house import brand_for, handover_words, house_facts, open_invitation
from leitstelle.accounts.queries.lookup import (
    addresses_of,
    find_by_email,
    find_by_phone,
    organisation_for_address,
    people_matching,
    primary_address,
    primary_addresses,
    reach_of,
)
from leitstelle.accounts.queries.merging import (
    Pair,
    duplicate_organisations,
    duplicates,
    duplicates_of,
    merges_of,
    moved_rows,
    subjects_of,
    survivor_of,
    what_moves,
)
from leitstelle.accounts.queries.schemes import Schemes, schemes_in_use
from leitstelle.accounts.queries.tree import with_ancestors, with_descendants
from leitstelle.accounts.queries.viewers import token_for, viewer_for, viewer_for_token

__all__ = [
    "Happening",
    "Pair",
    "Schemes",
    "addresses_of",
    "brand_for",
    "duplicate_organisations",
    "duplicates",
    "duplicates_of",
    "find_by_email",
    "find_by_phone",
    "history",
    "handover_words",
    "house_facts",
    "merges_of",
    "moved_rows",
    "open_invitation",
    "organisation_for_address",
    "people_matching",
    "primary_address",
    "primary_addresses",
    "reach_of",
    "schemes_in_use",
    "search_people",
    "subjects_of",
    "survivor_of",
    "token_for",
    "viewer_for",
    "viewer_for_token",
    "what_moves",
    "with_ancestors",
    "with_descendants",
]
