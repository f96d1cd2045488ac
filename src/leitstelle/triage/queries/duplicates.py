"""Whether what is about to be reported is there already: asked while somebody types, within what they may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q

from leitstelle.accounts.models import Person
from leitstelle.kernel.search.linguistics import shadow
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import ONGOING_TYPES, Audience
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.triage.rules.similar import Likeness, Relation, likenesses, may_be_duplicate

_COMPARED = 60
_RECENT = timedelta(days=30)
_SHOWN = 3
_LEAST_LETTERS = 12


@dataclass(frozen=True)
class Known:
    """An open ticket that may be the same matter, and whether the same person brought it."""

    ticket: Ticket
    percent: int
    same_requester: bool


def already_reported(viewer: Viewer, text: str, *, person_id: int | None, now: datetime) -> list[Known]:
    """Return open tickets of this person, or of their site, that say nearly the same; the likeliest first.

    Only visible tickets are compared: nobody learns by a warning that there is something they may not see
    (research, trap 53).
    """
    if len(text.strip()) < _LEAST_LETTERS or person_id is None:
        return []
    person = Person.objects.get(pk=person_id)
    candidates = _candidates(viewer, person, now)
    words = {one.pk: shadow(f"{one.subject} {_begin(one)}") for one in candidates}
    found = likenesses(shadow(text), words)
    known = [
        Known(one, round(100 * found[one.pk].share), one.requester_id == person.pk)
        for one in candidates
        if _is_same(one, found[one.pk], person)
    ]
    return sorted(known, key=lambda one: (-one.percent, -one.ticket.pk))[:_SHOWN]


def _candidates(viewer: Viewer, person: Person, now: datetime) -> Sequence[Ticket]:
    near = Q(requester=person)
    if person.site_id is not None:
        near |= Q(site_id=person.site_id)
    elif person.organisation_id is not None:
        near |= Q(organisation_id=person.organisation_id)
    rows = visible_tickets(viewer).filter(near, status_type__in=ONGOING_TYPES, opened_at__gt=now - _RECENT)
    public = Message.objects.filter(audience=Audience.PUBLIC).order_by("at", "pk")
    rows = rows.select_related("status", "requester").prefetch_related(Prefetch("messages", public))
    return list(rows.order_by("-last_message_at", "-pk")[:_COMPARED])


def _begin(ticket: Ticket) -> str:
    return next((message.preview for message in ticket.messages.all()), "")


def _is_same(ticket: Ticket, likeness: Likeness, person: Person) -> bool:
    relation = Relation(same_requester=ticket.requester_id == person.pk, same_place=True, both_open=True)
    return may_be_duplicate(likeness.share, relation)
