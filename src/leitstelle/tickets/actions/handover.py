"""Handovers: passing a ticket on with what was tried, accepting it, returning it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.queries import brand_for, handover_words
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import events_for, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.assignment import check_member, supersede_handovers
from leitstelle.tickets.actions.base import change, need_worker, rank_in, record_on, subject_of
from leitstelle.tickets.actions.conversation import add_message, write_note
from leitstelle.tickets.actions.status import start_work
from leitstelle.tickets.choices import ENDED_TYPES, Audience, Channel, Direction, HandoverState, TriedStep
from leitstelle.tickets.errors import HandoverNotOpen, ReasonMissing, TriedMissing
from leitstelle.tickets.events import HandoverAccepted, HandoverReturned, TicketHandedOver
from leitstelle.tickets.models import Handover, Message, Ticket
from leitstelle.tickets.policies import can_decide
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.rules.handovers import is_ping_pong, path_of
from leitstelle.tickets.rules.inputs import NewFile, NewMessage

OUR_WORDS = gettext_noop(
    "Your report {number} is now with the team {team}, who know more about such matters. "
    "There is nothing you need to do; we will be in touch."
)


@dataclass(frozen=True, kw_only=True)
class HandoverOffer:
    """What is handed over: to whom, why, what was tried (required) and what was found."""

    to_team: Team
    reason: str
    tried: str
    findings: str = ""
    to_person: Person | None = None
    steps: tuple[str, ...] = ()
    files: tuple[NewFile, ...] = ()


@unit()
def hand_over(
    ticket: Ticket, offer: HandoverOffer, *, by: Viewer, now: datetime, expected: int | None = None
) -> Handover:
    """Pass the ticket to another team. Agents. Records `TicketHandedOver`.

    The receiving team has the ticket at once; accepting says who works on it, returning sends it
    back. Raises `ReasonMissing`, `TriedMissing`, `NotInTeam`, `TicketChanged`.
    """
    need_worker(by, ticket)
    if not offer.reason.strip():
        raise ReasonMissing(fields={"reason": ReasonMissing.default_message})
    if not offer.tried.strip():
        raise TriedMissing(fields={"tried": TriedMissing.default_message})
    check_member(offer.to_team, offer.to_person)
    supersede_handovers(ticket, now=now)
    handover = Handover.objects.create(
        ticket=ticket,
        from_team_id=ticket.team_id,
        from_level_id=ticket.level_id,
        from_person_id=ticket.assignee_id,
        to_team=offer.to_team,
        to_level=offer.to_team.level,
        to_person=offer.to_person,
        reason=offer.reason.strip(),
        tried=offer.tried.strip(),
        findings=offer.findings.strip(),
        steps=[step for step in TriedStep.values if step in offer.steps],
        note=_files(ticket, offer, by=by, now=now),
        offered_at=now,
        offered_by_id=by.person_id,
    )
    _place(ticket, offer.to_team, offer.to_person, now=now, expected=expected)
    Ticket.objects.filter(pk=ticket.pk).update(handover_count=F("handover_count") + 1)
    ticket.handover_count += 1
    record_on(
        ticket,
        TicketHandedOver(
            handover_id=handover.pk,
            from_team=handover.from_team_id,
            to_team=handover.to_team_id,
            from_level=handover.from_level_id,
            to_level=handover.to_level_id,
            to_person=handover.to_person_id,
        ),
        by=by,
        at=now,
    )
    note_path(ticket)
    return handover


@unit()
def accept_handover(handover: Handover, *, by: Viewer, now: datetime) -> Handover:
    """Take over: the receiver becomes assignee. The receiving team and leads. Records `HandoverAccepted`.

    Raises `HandoverNotOpen` where it is already decided.
    """
    _decide(handover, HandoverState.ACCEPTED, by=by, now=now)
    ticket = handover.ticket
    if by.person_id is not None:
        _place(ticket, handover.to_team, Person.objects.get(pk=by.person_id), now=now, expected=None)
    record_on(ticket, HandoverAccepted(handover_id=handover.pk, person_id=by.person_id), by=by, at=now)
    start_work(ticket, by=by, now=now)
    return handover


@unit()
def return_handover(handover: Handover, *, reason: str, by: Viewer, now: datetime) -> Handover:
    """Send the ticket back to where it came from, with a reason. Records `HandoverReturned`.

    Raises `ReasonMissing`, `HandoverNotOpen`.
    """
    if not reason.strip():
        raise ReasonMissing(fields={"reason": ReasonMissing.default_message})
    _decide(handover, HandoverState.RETURNED, by=by, now=now, return_reason=reason.strip())
    ticket = handover.ticket
    if handover.from_team is not None:
        _place(ticket, handover.from_team, handover.from_person, now=now, expected=None)
    record_on(
        ticket,
        HandoverReturned(
            handover_id=handover.pk, to_team=handover.from_team_id, to_level=handover.from_level_id
        ),
        by=by,
        at=now,
    )
    note_path(ticket)
    return handover


def _files(ticket: Ticket, offer: HandoverOffer, *, by: Viewer, now: datetime) -> Message | None:
    """Files of a handover are those of an internal note, so that they are seen by whom notes are."""
    if not offer.files:
        return None
    return write_note(ticket, offer.reason, by=by, now=now, files=offer.files)


@unit()
def tell_of_handover(handover: Handover, *, now: datetime) -> Message | None:
    """Tell the requester in plain words that another team has their matter now, where the house wants so.

    Once for each team; the product itself. Records `MessageAdded`; the mail leaves after the commit.
    """
    words, ticket = handover_words(), handover.ticket
    known = ticket.handovers.filter(to_team_id=handover.to_team_id, pk__lt=handover.pk)
    if words is None or ticket.requester is None or ticket.status_type in ENDED_TYPES or known.exists():
        return None
    language = ticket.requester.language
    with translation.override(language):
        text = words.get(language) or _(OUR_WORDS)
    text = text.replace("{number}", f"#{ticket.number}").replace("{team}", handover.to_team.name)
    told = NewMessage(
        text=text,
        direction=Direction.OUTBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        automatic_kind="handover",
        from_name=brand_for(ticket.organisation_id),
        recipients=reply_recipients(ticket),
    )
    return add_message(ticket, told, by=Viewer.system(), now=now)


def note_path(ticket: Ticket) -> None:
    """Mark a ticket that goes to and fro between the same two teams; the caller has recorded the move."""
    states = events_for(subject_of(ticket)).order_by("pk").values_list("state", flat=True)
    path = path_of(state.get("team") for state in states if state)
    marked = is_ping_pong(path)
    if marked != ticket.is_ping_pong:
        Ticket.objects.filter(pk=ticket.pk).update(is_ping_pong=marked)
        ticket.is_ping_pong = marked


def _decide(
    handover: Handover, state: HandoverState, *, by: Viewer, now: datetime, return_reason: str = ""
) -> None:
    if handover.state == HandoverState.OFFERED and not can_decide(by, handover):
        raise NotAllowed()
    open_row = Handover.objects.filter(pk=handover.pk, state=HandoverState.OFFERED)
    decided = open_row.update(
        state=state, decided_at=now, decided_by_id=by.person_id, return_reason=return_reason
    )
    if not decided:
        raise HandoverNotOpen()
    handover.refresh_from_db()


def _place(ticket: Ticket, team: Team, person: Person | None, *, now: datetime, expected: int | None) -> None:
    change(
        ticket,
        "assignment",
        expected,
        now=now,
        team_id=team.pk,
        level_id=team.level_id,
        level_rank=rank_in(team, ticket),
        assignee_id=person.pk if person is not None else None,
    )
