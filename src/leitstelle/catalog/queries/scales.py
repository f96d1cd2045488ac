"""Reads of the scales tickets are classified with."""

from leitstelle.catalog.models import Impact, Priority, Urgency
from leitstelle.kernel.kept import kept


@kept("catalog")
def priorities() -> list[Priority]:
    """Return all priorities, the worst first."""
    return list(Priority.objects.order_by("rank"))


@kept("catalog")
def impacts() -> list[Impact]:
    """Return the impacts from one person to everybody."""
    return list(Impact.objects.order_by("order"))


@kept("catalog")
def urgencies() -> list[Urgency]:
    """Return the urgencies from worst to mildest."""
    return list(Urgency.objects.order_by("-order"))
