"""Which service a ticket is about, as far as its category says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class OfferedService:
    """A service with the customers it is for (none: everybody) and the branches of categories that are about it."""

    id: int
    organisations: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()


def is_offered(service: OfferedService, organisation_id: int | None) -> bool:
    """Whether people of an organisation use the service."""
    return not service.organisations or organisation_id in service.organisations


def service_of(
    services: Iterable[OfferedService], branch: Sequence[int], organisation_id: int | None
) -> int | None:
    """Return the service that the nearest branch of a category names; `None` where none or several do.

    `branch` is the path of the category from the root.
    """
    offered = [one for one in services if is_offered(one, organisation_id)]
    for category_id in reversed(branch):
        found = [one.id for one in offered if category_id in one.categories]
        if found:
            return found[0] if len(found) == 1 else None
    return None
