"""Which values stay when two records become one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Columns that belong together when two records become one: a choice is made per group.
PERSON_GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("display_name", "given_name", "family_name", "sort_name"),
    "kind": ("kind",),
    "job_title": ("job_title",),
    "place": ("organisation_id", "site_id", "room"),
    "language": ("language",),
    "time_zone": ("time_zone",),
    "preferred_channel": ("preferred_channel",),
    "is_vip": ("is_vip",),
    "note": ("note",),
}
ORGANISATION_GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("name", "sort_name"),
    "kind": ("kind",),
    "parent": ("parent_id",),
    "language": ("language",),
    "level_scheme": ("level_scheme_id",),
    "portal_name": ("portal_name",),
    "note": ("note",),
}


def default_choice(ours: Iterable[object], theirs: Iterable[object]) -> str:
    """Return whose values stay where nobody chose: the survivor's, unless they say nothing at all."""
    return "merged" if not any(ours) and any(theirs) else "survivor"


def chosen_values(
    survivor: Mapping[str, Any],
    merged: Mapping[str, Any],
    groups: Mapping[str, Sequence[str]],
    choices: Mapping[str, str],
) -> dict[str, Any]:
    """Return the values a survivor has after a merge, per column of the groups.

    `choices` says per group `survivor`, `merged` or (for texts) `both`; what it does not name follows
    `default_choice`. Both texts stand below each other, once where they are the same.
    """
    values: dict[str, Any] = {}
    for group, names in groups.items():
        choice = choices.get(group) or default_choice(
            [survivor[name] for name in names], [merged[name] for name in names]
        )
        for name in names:
            if choice == "both" and isinstance(survivor[name], str):
                texts = dict.fromkeys(text for text in (survivor[name], merged[name]) if text)
                values[name] = "\n\n".join(texts)
            else:
                values[name] = (merged if choice == "merged" else survivor)[name]
    return values
