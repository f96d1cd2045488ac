"""Who is calling: people by what an agent hears or sees on the telephone."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from leitstelle.accounts import rules
from leitstelle.accounts.choices import ContactKind, OrganisationKind
from leitstelle.accounts.models import ContactPoint, Organisation, Person, Site
from leitstelle.accounts.policies import findable_people, visible_organisations, visible_people
from leitstelle.accounts.queries.lookup import NUMBERS
from leitstelle.kernel.kept import kept
from leitstelle.kernel.search import search, sort_key
from leitstelle.kernel.viewer import Viewer

DEFAULT_COUNTRY = "DE"
_MOST_WORDS = 5
_SHORTEST_SPELLING = 4


@kept("organisation")
def dial_countries() -> list[str]:
    """Return the countries (ISO 3166-1) whose national numbers are dialled here: the own house's first."""
    rows = Site.objects.filter(is_active=True).values_list("country", "organisation__kind")
    weight: Counter[str] = Counter()
    for country, kind in rows:
        weight[country] += 1000 if kind == OrganisationKind.INTERNAL else 1
    return [country for country, _count in weight.most_common()] or [DEFAULT_COUNTRY]


def country_of(organisation: Organisation | None) -> str:
    """Return the country in which numbers of these people are read: their first site's, else the house's."""
    if organisation is not None:
        site = organisation.sites.filter(is_active=True).order_by("pk").first()
        if site is not None:
            return site.country
    return dial_countries()[0]


def find_callers(viewer: Viewer, text: str, *, limit: int) -> list[Person]:
    """Return the active visible people who may be meant, best first, with organisation, site and contact points.

    Digits are read as a number in every country the house dials in, or as an extension; all else as parts of
    names, of organisations' names and beginnings of addresses. Where nothing fits exactly, similar spellings count.
    At most four statements, one more for similar spellings and while the countries are not known.
    """
    wanted = text.replace("\x00", "").strip()
    if not wanted:
        return []
    people = visible_people(viewer).filter(is_active=True)
    if rules.is_number(wanted):
        found = _by_number(people, wanted, limit)
    else:
        found = _by_words(people, wanted, limit) or _by_spelling(viewer, wanted, limit)
    rows = Person.objects.select_related("organisation", "site").prefetch_related("contact_points")
    known = rows.in_bulk(found)
    return [known[pk] for pk in found if pk in known]


def _by_number(people: QuerySet[Person], typed: str, limit: int) -> list[int]:
    """Exact numbers and lines first, then numbers that begin (or end) with what is there so far."""
    countries = dial_countries()
    exact = _owners(people, typed, countries)
    if len(exact) >= limit:
        return exact[:limit]
    like = Q()
    for beginning in {rules.number_beginning(typed, country) for country in countries} - {""}:
        like |= Q(normalised__startswith=beginning)
    if end := rules.number_end(typed):
        like |= Q(normalised__endswith=end)
    if not like:
        return exact
    points = ContactPoint.objects.filter(like, kind__in=NUMBERS, person__in=people)
    rows = points.order_by("person__sort_name", "person_id").values_list("person_id", flat=True)
    return list(dict.fromkeys([*exact, *rows[: limit * 2]]))[:limit]


def _owners(people: QuerySet[Person], typed: str, countries: Sequence[str]) -> list[int]:
    numbers = []
    for country in countries:
        try:
            numbers.append(rules.normalise_phone(typed, country))
        except ValueError:
            continue
    candidates = {candidate for number in numbers for candidate in rules.phone_candidates(number)}
    if not candidates:
        return []
    points = ContactPoint.objects.filter(kind__in=NUMBERS, normalised__in=candidates, person__in=people)
    known = list(points.order_by("person__sort_name", "person_id"))
    best: list[int] = []
    for number in dict.fromkeys(numbers):
        fitting = rules.best_phone_matches(number, [(point.normalised, point.value) for point in known])
        best += [point.person_id for point in known if point.normalised in fitting]
    return list(dict.fromkeys(best))


def _by_words(people: QuerySet[Person], typed: str, limit: int) -> list[int]:
    words = typed.replace(",", " ").split()[:_MOST_WORDS]
    if not words:
        return []
    for word in words:
        people = people.filter(_fits(word))
    rows = people.annotate(place=_place(words[0]))
    return list(rows.order_by("place", "sort_name", "pk").values_list("pk", flat=True)[:limit])


def _fits(word: str) -> Q:
    key = sort_key(word)
    fits = Q(sort_name__contains=key) | Q(organisation__sort_name__contains=key)
    if "@" in word or "." in word:
        # A subquery instead of a join: nobody appears once per address.
        points = ContactPoint.objects.filter(
            kind=ContactKind.EMAIL, normalised__startswith=word.casefold().strip("<>")
        )
        fits |= Q(pk__in=points.values("person_id"))
    return fits


def _place(word: str) -> Case:
    """Family names that begin so come before other parts of names, and both before a customer's people."""
    key = sort_key(word)
    return Case(
        When(sort_name__startswith=key, then=Value(0)),
        When(sort_name__contains=key, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def _by_spelling(viewer: Viewer, typed: str, limit: int) -> list[int]:
    if len(typed) < _SHORTEST_SPELLING:
        return []
    found = search(typed, {"person": findable_people(viewer)}, limit=limit)
    return [hit.object_id for hit in found.hits]


def organisation_named(viewer: Viewer, typed: str) -> Organisation | None:
    """Return the one visible active organisation of this name, or whose name alone contains it."""
    key = sort_key(typed.replace("\x00", ""))
    if not key:
        return None
    rows = visible_organisations(viewer).filter(is_active=True)
    found = list(rows.filter(sort_name=key)[:2]) or list(rows.filter(sort_name__contains=key)[:2])
    return found[0] if len(found) == 1 else None
