"""Tickets like one that somebody looks at: similar ones, possible duplicates, and what solved them before.

Everything is taken from tickets and messages the viewer may see; what they may not see cannot even influence weights.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from leitstelle.kernel.search import search
from leitstelle.kernel.search.linguistics import shadow
from leitstelle.kernel.search.models import SearchText
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import ONGOING_TYPES, Audience, Direction, StatusType
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.policies import searchable, visible_messages, visible_tickets
from leitstelle.triage.queries.examples import words_of
from leitstelle.triage.rules.similar import Likeness, Relation, likenesses, may_be_duplicate

# What the search index calls tickets.
KIND = "ticket"
# So many tickets are compared: the newest of the same person, place and category, and what search finds.
_COMPARED = 120
_FOUND = 40
_LIKE = 0.1
_SHOWN = 6
_RECENT = timedelta(days=120)


@dataclass(frozen=True)
class Like:
    """A ticket that is like another one: how much (percent), by which words, and what they share besides."""

    ticket: Ticket
    percent: int
    words: tuple[str, ...]
    same_requester: bool
    same_place: bool
    duplicate: bool
    solution: str = ""


def like_tickets(viewer: Viewer, ticket: Ticket) -> list[Like]:
    """Return visible tickets like this one: possible duplicates first, then the most similar."""
    text = " ".join(words_of([ticket])[ticket.pk])
    own = shadow(text)
    candidates = _candidates(viewer, ticket)
    found = likenesses(own, _shadows(viewer, candidates))
    by_id = {one.pk: one for one in candidates}
    likes = [_like(ticket, by_id[pk], one) for pk, one in found.items() if one.share >= _LIKE]
    likes.sort(key=lambda like: (not like.duplicate, -like.percent, -like.ticket.pk))
    return _with_solutions(viewer, likes[:_SHOWN])


def _candidates(viewer: Viewer, ticket: Ticket) -> list[Ticket]:
    seen = visible_tickets(viewer).exclude(pk=ticket.pk).exclude(status_type=StatusType.MERGED)
    seen = seen.select_related("status", "requester", "category")
    recent = seen.filter(opened_at__gt=ticket.opened_at - _RECENT)
    found: dict[int, Ticket] = {}
    for condition in _relations(ticket):
        rows = recent.filter(condition).order_by("-last_message_at", "-pk")[:_COMPARED]
        found |= {row.pk: row for row in rows}
    missing = [pk for pk in _searched(viewer, ticket) if pk not in found]
    return [*found.values(), *seen.filter(pk__in=missing)]


def _relations(ticket: Ticket) -> Iterable[Q]:
    if ticket.requester_id is not None:
        yield Q(requester_id=ticket.requester_id)
    if ticket.category_id is not None:
        yield Q(category_id=ticket.category_id)
    if ticket.organisation_id is not None:
        yield Q(organisation_id=ticket.organisation_id)


def _searched(viewer: Viewer, ticket: Ticket) -> list[int]:
    """Tickets of any age that hold the two longest words of the subject."""
    words = sorted(
        {word for word in ticket.subject.split() if word.isalpha()}, key=lambda word: (-len(word), word)
    )
    if not words:
        return []
    page = search(" ".join(words[:2]), {KIND: searchable(viewer)}, limit=_FOUND, similar=False)
    return [pk for pk in dict.fromkeys(hit.object_id for hit in page.hits) if pk != ticket.pk]


def _shadows(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, str]:
    """Words of each ticket's first public message with its subject, as the search index has them."""
    first: dict[int, tuple[int, str]] = {}
    rows = SearchText.objects.filter(
        row__kind=KIND, row__ticket_id__in=[one.pk for one in tickets], row__audience=Audience.PUBLIC
    )
    for ticket_id, part, title, body in rows.values_list("row__ticket_id", "row__part", "title", "body"):
        if ticket_id is not None and (ticket_id not in first or part < first[ticket_id][0]):
            first[ticket_id] = (part, f"{title} {body}")
    return {ticket_id: words for ticket_id, (_part, words) in first.items()}


def _like(ticket: Ticket, other: Ticket, likeness: Likeness) -> Like:
    relation = Relation(
        same_requester=ticket.requester_id is not None and ticket.requester_id == other.requester_id,
        same_place=_same_place(ticket, other),
        both_open=ticket.status_type in ONGOING_TYPES and other.status_type in ONGOING_TYPES,
    )
    return Like(
        ticket=other,
        percent=round(100 * likeness.share),
        words=likeness.words,
        same_requester=relation.same_requester,
        same_place=relation.same_place,
        duplicate=may_be_duplicate(likeness.share, relation),
    )


def _same_place(ticket: Ticket, other: Ticket) -> bool:
    if ticket.site_id is not None:
        return ticket.site_id == other.site_id
    return ticket.organisation_id is not None and ticket.organisation_id == other.organisation_id


def _with_solutions(viewer: Viewer, likes: list[Like]) -> list[Like]:
    solved = [
        one.ticket.pk for one in likes if one.ticket.status_type in (StatusType.RESOLVED, StatusType.CLOSED)
    ]
    answers: dict[int, Message] = {}
    rows = visible_messages(viewer).filter(
        ticket__in=solved, audience=Audience.PUBLIC, direction=Direction.OUTBOUND, automatic_kind=""
    )
    for message in rows.order_by("at", "pk"):
        answers[message.ticket_id] = message
    return [
        Like(**{**vars(one), "solution": answers[one.ticket.pk].preview}) if one.ticket.pk in answers else one
        for one in likes
    ]
