"""Reads across the tables of the domain: viewers, people by address and number, organisations by domain."""

from leitstelle.accounts.queries.finding import search_people
from leitstelle.accounts.queries.lookup import (
    addresses_of,
    find_by_email,
    find_by_phone,
    organisation_for_address,
    people_matching,
    primary_address,
    primary_addresses,
)
from leitstelle.accounts.queries.tree import with_descendants
from leitstelle.accounts.queries.viewers import token_for, viewer_for, viewer_for_token

__all__ = [
    "addresses_of",
    "find_by_email",
    "find_by_phone",
    "organisation_for_address",
    "people_matching",
    "primary_address",
    "primary_addresses",
    "search_people",
    "token_for",
    "viewer_for",
    "viewer_for_token",
    "with_descendants",
]
