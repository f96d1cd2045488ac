"""Reads of the tree of organisations."""

from collections.abc import Iterable

from leitstelle.accounts.models import Organisation


def with_descendants(organisation_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return each organisation with everything below it; one query per depth of the tree."""
    roots = sorted(set(organisation_ids))
    found: dict[int, set[int]] = {root: {root} for root in roots}
    # A node reached in this step, with the roots it was reached from.
    frontier: dict[int, set[int]] = {root: {root} for root in roots}
    while frontier:
        reached: dict[int, set[int]] = {}
        rows = Organisation.objects.filter(parent_id__in=list(frontier)).values_list("id", "parent_id")
        for child, parent in rows:
            new = {root for root in frontier[parent or 0] if child not in found[root]}
            for root in new:
                found[root].add(child)
            if new:
                reached.setdefault(child, set()).update(new)
        frontier = reached
    return {root: frozenset(ids) for root, ids in found.items()}


def with_ancestors(organisation_id: int | None) -> frozenset[int]:
    """Return an organisation with everything above it; one query per depth, none without one."""
    found: set[int] = set()
    while organisation_id is not None and organisation_id not in found:
        found.add(organisation_id)
        parents = Organisation.objects.filter(pk=organisation_id).values_list("parent_id", flat=True)
        organisation_id = parents.first()
    return frozenset(found)
