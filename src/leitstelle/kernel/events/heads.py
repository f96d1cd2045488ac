"""Whether something happened to master data since it was read, in one small statement."""

from collections.abc import Iterable, Mapping

from django.db.models import Count, Q, Sum

from leitstelle.kernel.events.models import EventHead

Standing = tuple[int, int]


def standing(kinds: Iterable[str], single: Mapping[str, Iterable[int]] | None = None) -> Standing:
    """Return how many subjects of these kinds have a history, and how many events those are together.

    It differs after every event that was committed, whoever recorded it; what this process records itself it is told
    of by `kernel.kept` already before the commit. `single` names subjects of further kinds, by kind, where the
    kind as a whole is too large.
    """
    wanted = Q(subject_kind__in=tuple(kinds))
    for kind, ids in (single or {}).items():
        wanted |= Q(subject_kind=kind, subject_id__in=tuple(ids))
    found = EventHead.objects.filter(wanted).aggregate(subjects=Count("pk"), events=Sum("seq"))
    return found["subjects"], found["events"] or 0
