"""Reads of vendors and contracts."""

from leitstelle.contracts.queries.customers import (
    branches_of,
    category_paths,
    covers_of,
    day_words,
    newest_versions,
)
from leitstelle.contracts.queries.vendors import contracts_for, vendor_of_sender, vendors_in_use

__all__ = [
    "branches_of",
    "category_paths",
    "contracts_for",
    "covers_of",
    "day_words",
    "newest_versions",
    "vendor_of_sender",
    "vendors_in_use",
]
