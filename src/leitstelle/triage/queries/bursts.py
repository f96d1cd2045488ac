"""What came in lately that is like a new ticket, where, and how much of it is usual."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet

from leitstelle.kernel.search.linguistics import shadow
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import StatusType
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.triage.models import Burst
from leitstelle.triage.rules.similar import alike_subjects, telling_words

WINDOW = timedelta(minutes=60)
# What is usual is taken from the weeks before, in service hours: nights and weekends are no measure.
_BEFORE = timedelta(days=28)
_SERVICE_HOURS = 28 * 5 / 7 * 9
_MOST = 200
# Without a category so much of everything that comes in counts as like.
_SHARE_OF_ALL = 0.1


@dataclass(frozen=True)
class Place:
    """Where a burst may be: a site, a customer, or (neither) the whole house."""

    organisation_id: int | None = None
    site_id: int | None = None

    @property
    def condition(self) -> Q:
        """The condition on tickets of this place."""
        if self.site_id is not None:
            return Q(site_id=self.site_id)
        return Q(organisation_id=self.organisation_id) if self.organisation_id is not None else Q()

    def holds(self, ticket: Ticket) -> bool:
        """Whether a ticket is of this place."""
        if self.site_id is not None:
            return ticket.site_id == self.site_id
        return self.organisation_id is None or ticket.organisation_id == self.organisation_id


def places_of(ticket: Ticket) -> Iterator[Place]:
    """Yield the places a ticket is of, the narrowest first."""
    if ticket.site_id is not None:
        yield Place(ticket.organisation_id, ticket.site_id)
    if ticket.organisation_id is not None:
        yield Place(ticket.organisation_id)
    yield Place()


def like_and_new(ticket: Ticket) -> tuple[list[Ticket], list[str]]:
    """Return the tickets of the last hour like this one (itself included), and the words they share.

    Like is what has the same category; where there is none, what has a similar subject.
    """
    lately = _real(
        Ticket.objects.filter(opened_at__gt=ticket.opened_at - WINDOW, opened_at__lte=ticket.opened_at)
    )
    if ticket.category_id is not None:
        rows = list(lately.filter(category_id=ticket.category_id).order_by("-opened_at")[:_MOST])
        return rows, _common(rows)
    rows = list(lately.filter(category=None).order_by("-opened_at")[:_MOST])
    own = shadow(ticket.subject)
    like = [one for one in rows if one.pk == ticket.pk or alike_subjects(own, shadow(one.subject))]
    return like, _common(like)


def _common(tickets: Sequence[Ticket]) -> list[str]:
    """Telling words that stand in at least half of the subjects, the commonest first."""
    words = Counter(word for one in tickets for word in telling_words(shadow(one.subject)))
    return [word for word, count in words.most_common(4) if count * 2 >= len(tickets)]


def usual_in_window(ticket: Ticket, place: Place) -> float:
    """Return how many like tickets the weeks before brought in such a window of service time."""
    before = ticket.opened_at - WINDOW
    rows = _real(
        Ticket.objects.filter(place.condition, opened_at__gt=before - _BEFORE, opened_at__lte=before)
    )
    if ticket.category_id is not None:
        return rows.filter(category_id=ticket.category_id).count() / _SERVICE_HOURS
    return rows.count() * _SHARE_OF_ALL / _SERVICE_HOURS


def _real(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return rows.exclude(status_type__in=(StatusType.MERGED, StatusType.REJECTED))


def tickets_of_burst(burst: Burst, viewer: Viewer) -> list[Ticket]:
    """Return the tickets of a burst that this viewer sees, oldest first."""
    rows = visible_tickets(viewer).filter(pk__in=burst.members.values("ticket_id"))
    return list(
        rows.select_related("requester", "status", "team", "assignee", "site").order_by("opened_at", "pk")
    )
