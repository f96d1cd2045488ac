"""Who an address or a number belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from leitstelle.accounts import rules
from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.models import ContactPoint, Organisation, OrganisationDomain, Person
from leitstelle.kernel.search import sort_key

NUMBERS = (ContactKind.PHONE, ContactKind.MOBILE)


def find_by_email(address: str) -> Person | None:
    """Return whose mail address it is (inactive people too), `None` for unknown or malformed ones."""
    try:
        normalised = rules.normalise_email(address)
    except ValueError:
        return None
    point = (
        ContactPoint.objects.select_related("person")
        .filter(kind=ContactKind.EMAIL, normalised=normalised)
        .first()
    )
    return point.person if point else None


def find_by_phone(number: str, country: str = "DE") -> list[Person]:
    """Return the active people whose number fits best: the number itself, else the line it extends."""
    try:
        normalised = rules.normalise_phone(number, country)
    except ValueError:
        return []
    candidates = rules.phone_candidates(normalised)
    points = list(
        ContactPoint.objects.select_related("person").filter(
            kind__in=NUMBERS, normalised__in=candidates, person__is_active=True
        )
    )
    best = rules.best_phone_matches(normalised, [(point.normalised, point.value) for point in points])
    people = {point.person_id: point.person for point in points if point.normalised in best}
    return sorted(people.values(), key=lambda person: (person.sort_name, person.pk))


def people_matching(rows: QuerySet[Person], typed: str) -> QuerySet[Person]:
    """Narrow `rows` to whose name, address or number holds every word that was typed (at most five)."""
    for word in typed.split()[:5]:
        # A subquery instead of a join: nobody appears once per address.
        points = ContactPoint.objects.filter(normalised__contains=word.lower()).values("person_id")
        rows = rows.filter(Q(sort_name__contains=sort_key(word)) | Q(pk__in=points))
    return rows


def organisation_for_address(address: str) -> Organisation | None:
    """Return the active organisation that owns the address's domain, or the nearest domain above it."""
    try:
        domain = rules.normalise_email(address).rpartition("@")[2]
    except ValueError:
        return None
    names = rules.parent_domains(domain)
    rows = OrganisationDomain.objects.select_related("organisation").filter(
        domain__in=names, organisation__is_active=True
    )
    nearest = min(rows, key=lambda row: names.index(row.domain), default=None)
    return nearest.organisation if nearest else None


def primary_addresses(person_ids: Iterable[int]) -> dict[int, str]:
    """Return the mail address to write to per person: the primary one, no suspended ones."""
    points = ContactPoint.objects.filter(
        person_id__in=list(person_ids), kind=ContactKind.EMAIL, suspended_at__isnull=True
    ).order_by("person_id", "is_primary", "-id")
    return {point.person_id: point.value for point in points}


@dataclass(frozen=True)
class Reach:
    """How people are reached, by person: the mail address to write to, and numbers as (E.164, as people write it)."""

    addresses: dict[int, str] = field(default_factory=dict)
    numbers: dict[int, list[tuple[str, str]]] = field(default_factory=dict)


def reach_of(person_ids: Iterable[int]) -> Reach:
    """Return addresses as `primary_addresses` and numbers, the preferred one first; one query."""
    found = Reach()
    points = ContactPoint.objects.filter(
        person_id__in=list(person_ids), kind__in=(ContactKind.EMAIL, *NUMBERS)
    )
    for point in points.order_by("-is_primary", "id"):
        if point.kind in NUMBERS:
            written = (point.normalised, rules.format_phone(point.normalised))
            found.numbers.setdefault(point.person_id, []).append(written)
        elif point.suspended_at is None:
            found.addresses.setdefault(point.person_id, point.value)
    return found


def primary_address(person: Person) -> str | None:
    """Return the mail address to write to, `None` where there is none that works."""
    return primary_addresses([person.pk]).get(person.pk)


def addresses_of(person: Person) -> list[str]:
    """Return all normalised mail addresses of a person, the primary one first."""
    points = person.contact_points.filter(kind=ContactKind.EMAIL)
    return [point.normalised for point in points]
