"""Reads of the services."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from leitstelle.catalog import rules
from leitstelle.catalog.models import Service
from leitstelle.catalog.queries.categories import path_of
from leitstelle.catalog.rules import OfferedService
from leitstelle.kernel.kept import kept


@dataclass(frozen=True)
class Services:
    """The services in use by id, in the order of choice lists, and whom and what each is for."""

    rows: Mapping[int, Service] = field(default_factory=dict)
    offered: tuple[OfferedService, ...] = ()

    def for_organisation(self, organisation_id: int | None) -> list[Service]:
        """Return what people of an organisation use."""
        return [self.rows[one.id] for one in self.offered if rules.is_offered(one, organisation_id)]


@kept("service")
def services_in_use() -> Services:
    """Return the active services as this process knows them; three statements, one where there are none."""
    rows = {row.pk: row for row in Service.objects.filter(is_active=True)}
    if not rows:
        return Services()
    organisations: dict[int, set[int]] = defaultdict(set)
    for pk, other in Service.organisations.through.objects.values_list("service_id", "organisation_id"):
        organisations[pk].add(other)
    categories: dict[int, set[int]] = defaultdict(set)
    for pk, other in Service.categories.through.objects.values_list("service_id", "category_id"):
        categories[pk].add(other)
    return Services(
        rows,
        tuple(OfferedService(pk, frozenset(organisations[pk]), frozenset(categories[pk])) for pk in rows),
    )


def active_services() -> list[Service]:
    """Return the services in use, in the order of choice lists."""
    return list(services_in_use().rows.values())


def service_following(
    service_id: int | None, before: int | None, after: int | None, organisation_id: int | None
) -> int | None:
    """Return the service of a ticket whose category changes from `before` to `after`.

    One that came with the category goes with it; one that was chosen beside it stays.
    """
    if before == after or service_id not in (None, service_of_category(before, organisation_id)):
        return service_id
    return service_of_category(after, organisation_id)


def service_of_category(category_id: int | None, organisation_id: int | None) -> int | None:
    """Return the service that tickets of a category are about for an organisation, `None` where that is open."""
    offered = services_in_use().offered if category_id is not None else ()
    return rules.service_of(offered, path_of(category_id), organisation_id) if offered else None
