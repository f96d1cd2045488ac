"""Who might be the same person or customer, what a merge would move, and which merges there were."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import StrIndex, Substr
from django.utils.functional import Promise

from leitstelle.accounts import labels, rules
from leitstelle.accounts.choices import ContactKind, MergeKind, PersonKind
from leitstelle.accounts.models import ContactPoint, MergeRecord, Organisation, Person, movables_of
from leitstelle.accounts.policies import visible_organisations, visible_people
from leitstelle.accounts.queries.lookup import NUMBERS
from leitstelle.kernel.db import capped_counts
from leitstelle.kernel.events import Event
from leitstelle.kernel.viewer import Viewer

# A number that more people have is a switchboard or an office, not one person twice.
_SHARED = 3
_CAP = 1000
_COMPARED = 5000


@dataclass(frozen=True)
class Pair:
    """Two records that may be the same, older first, and why."""

    first: Person
    second: Person
    reasons: tuple[str | Promise, ...]


def duplicates(viewer: Viewer, *, limit: int = 50) -> list[Pair]:
    """Return pairs of visible active people who may be one; a fixed number of statements."""
    people = visible_people(viewer).filter(is_active=True, kind=PersonKind.HUMAN)
    reasons: dict[tuple[int, int], list[str | Promise]] = defaultdict(list)
    for label, groups in (
        (labels.SAME_NUMBER, _by_number(people, limit)),
        (labels.SAME_LOCAL_PART, _by_local_part(people, limit)),
        (labels.SAME_NAME, _by_name(people, limit)),
    ):
        for ids in groups:
            for pair in _pairs(ids):
                reasons[pair].append(label)
    wanted = sorted(reasons, key=lambda pair: (-len(reasons[pair]), pair))[:limit]
    rows = people.select_related("organisation").in_bulk({pk for pair in wanted for pk in pair})
    return [
        Pair(rows[first], rows[second], tuple(reasons[first, second]))
        for first, second in wanted
        if first in rows and second in rows
    ]


def duplicates_of(viewer: Viewer, person: Person, *, limit: int = 5) -> list[Person]:
    """Return visible active people who may be the same as this one; one statement."""
    points = list(person.contact_points.all())
    numbers = [point.normalised for point in points if point.kind != ContactKind.EMAIL]
    parts = [point.normalised.partition("@")[0] for point in points if point.kind == ContactKind.EMAIL]
    same = Q(organisation=person.organisation_id, sort_name=person.sort_name)
    if numbers:
        rows = ContactPoint.objects.filter(kind__in=NUMBERS, normalised__in=numbers)
        same |= Q(pk__in=rows.values("person_id"))
    for part in parts:
        if not rules.is_function_address(f"{part}@"):
            rows = ContactPoint.objects.filter(kind=ContactKind.EMAIL, normalised__startswith=f"{part}@")
            same |= Q(organisation=person.organisation_id, pk__in=rows.values("person_id"))
    people = visible_people(viewer).filter(same, is_active=True, kind=PersonKind.HUMAN)
    return list(people.exclude(pk=person.pk).select_related("organisation")[:limit])


def _by_number(people: QuerySet[Person], limit: int) -> list[list[int]]:
    points = ContactPoint.objects.filter(kind__in=NUMBERS, person__in=people.values("pk"))
    shared = points.values("normalised").annotate(size=Count("person_id", distinct=True))
    numbers = [row["normalised"] for row in shared.filter(size__gt=1, size__lte=_SHARED)[:limit]]
    rows = points.filter(normalised__in=numbers).values_list("normalised", "person_id")
    return _grouped(rows.order_by("normalised", "person_id"))


def _by_local_part(people: QuerySet[Person], limit: int) -> list[list[int]]:
    points = ContactPoint.objects.filter(
        kind=ContactKind.EMAIL, person__in=people.values("pk"), person__organisation__isnull=False
    )
    points = points.annotate(part=Substr("normalised", 1, StrIndex("normalised", Value("@")) - 1))
    shared = points.values("part", "person__organisation_id").annotate(size=Count("person_id", distinct=True))
    same = Q()
    for row in shared.filter(size__gt=1)[:limit]:
        if not rules.is_function_address(f"{row['part']}@"):
            same |= Q(part=row["part"], person__organisation_id=row["person__organisation_id"])
    if not same:
        return []
    rows = points.filter(same).values_list("part", "person__organisation_id", "person_id")
    return _grouped(((part, organisation), pk) for part, organisation, pk in rows.order_by("person_id"))


def _by_name(people: QuerySet[Person], limit: int) -> list[list[int]]:
    named = people.filter(organisation__isnull=False).order_by()
    shared = named.values("sort_name", "organisation_id").annotate(size=Count("pk")).filter(size__gt=1)
    same = Q()
    for row in shared[:limit]:
        same |= Q(sort_name=row["sort_name"], organisation_id=row["organisation_id"])
    if not same:
        return []
    rows = people.filter(same).values_list("sort_name", "organisation_id", "pk").order_by("pk")
    return _grouped(((name, organisation), pk) for name, organisation, pk in rows)


def _grouped(rows: Iterable[tuple[object, int]]) -> list[list[int]]:
    groups: dict[object, dict[int, None]] = defaultdict(dict)
    for key, pk in rows:
        groups[key][pk] = None
    return [sorted(ids) for ids in groups.values()]


def _pairs(ids: Sequence[int]) -> list[tuple[int, int]]:
    """The first with each of the others: who is merged leaves the list, so no more is needed."""
    return [(ids[0], other) for other in ids[1:]]


def duplicate_organisations(viewer: Viewer) -> list[tuple[Organisation, Organisation]]:
    """Return pairs of visible active organisations whose names differ by legal form and marks at most."""
    rows = visible_organisations(viewer).filter(is_active=True).order_by("pk")[:_COMPARED]
    groups: dict[str, list[Organisation]] = defaultdict(list)
    for row in rows:
        groups[rules.folded_company(row.sort_name)].append(row)
    return [(group[0], other) for group in groups.values() for other in group[1:]]


def what_moves(kind: str, merged_id: int) -> list[tuple[str | Promise, int]]:
    """Return how many rows of each sort would follow, counted up to a thousand; one statement."""
    told = [movable for movable in movables_of(kind) if movable.label]
    counts = capped_counts({movable.key: movable.rows_of(merged_id) for movable in told}, _CAP)
    return [(movable.label, counts[movable.key]) for movable in told if counts[movable.key]]


def merges_of(kind: str, subject_id: int, now: datetime) -> list[MergeRecord]:
    """Return the merges into this record that stand and can still be taken back, newest first."""
    rows = MergeRecord.objects.filter(kind=kind, survivor_id=subject_id, undone_at=None, undo_until__gte=now)
    return list(rows.select_related("by")[:10])


def survivor_of(row: Person | Organisation) -> Person | Organisation:
    """Follow the aliases to the record that holds everything now."""
    seen = {row.pk}
    while row.merged_into is not None and row.merged_into.pk not in seen:
        row = row.merged_into
        seen.add(row.pk)
    return row


def moved_rows(event: Event, *keys: str) -> tuple[int, ...]:
    """Return the ids of the rows that moved in the merge an event tells of, for these movables."""
    merge = MergeRecord.objects.filter(pk=event.data.get("merge_id", 0)).first()
    if merge is None:
        return ()
    return tuple(pk for move in merge.moves for key in keys for pk in move["rows"].get(key, ()))


def subjects_of(merge: MergeRecord) -> tuple[Person | Organisation, Person | Organisation]:
    """Return who remained and who became an alias."""
    model = Person if merge.kind == MergeKind.PERSON else Organisation
    return model._default_manager.get(pk=merge.survivor_id), model._default_manager.get(pk=merge.merged_id)
