"""What the outcome of a guide may name."""

from leitstelle.accounts.models import Team
from leitstelle.catalog.models import Category, Impact, Urgency
from leitstelle.knowledge.rules.reading import Known

KINDS = frozenset({"incident", "request", "advice", "complaint"})


def known_codes() -> Known:
    """Return the codes of this house: kinds of tickets, categories in use, scales, teams by name."""
    return Known(
        kind=KINDS,
        category=frozenset(Category.objects.filter(is_active=True).values_list("key", flat=True)),
        impact=frozenset(Impact.objects.values_list("key", flat=True)),
        urgency=frozenset(Urgency.objects.values_list("key", flat=True)),
        team=frozenset(Team.objects.filter(is_active=True).values_list("name", flat=True)),
    )
