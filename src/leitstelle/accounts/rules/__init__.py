"""Pure rules of addresses, numbers, names and merging: no Django, no database, no clock."""

from .addresses import (
    MAX_ADDRESS,
    MAX_DOMAIN,
    MAX_LOCAL_PART,
    is_function_address,
    normalise_domain,
    normalise_email,
    parent_domains,
)
from .merging import ORGANISATION_GROUPS, PERSON_GROUPS, chosen_values, default_choice
from .names import clean_name, folded_company, free_key, name_from_address, scope_key, split_name
from .numbers import (
    best_phone_matches,
    format_phone,
    is_mobile,
    is_number,
    is_switchboard,
    normalise_phone,
    number_beginning,
    number_end,
    phone_candidates,
)

__all__ = [
    "MAX_ADDRESS",
    "MAX_DOMAIN",
    "MAX_LOCAL_PART",
    "ORGANISATION_GROUPS",
    "PERSON_GROUPS",
    "best_phone_matches",
    "chosen_values",
    "clean_name",
    "default_choice",
    "folded_company",
    "format_phone",
    "free_key",
    "is_function_address",
    "is_mobile",
    "is_number",
    "is_switchboard",
    "name_from_address",
    "normalise_domain",
    "normalise_email",
    "normalise_phone",
    "number_beginning",
    "number_end",
    "parent_domains",
    "phone_candidates",
    "scope_key",
    "split_name",
]
