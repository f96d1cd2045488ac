"""Whom an event concerns, by which reason, under which kind. Reads only; who may see what is asked afterwards."""

from collections.abc import Callable
from typing import Any

from leitstelle.accounts.choices import AGENT_ROLES, Role
from leitstelle.accounts.models import ApiToken, RoleGrant, TeamMembership
from leitstelle.accounts.policies import agents
from leitstelle.intake.events import MailQuarantined
from leitstelle.kernel.events import Event, EventData
from leitstelle.notifications.choices import Kind, Reason
from leitstelle.notifications.queries.gathering import (
    News,
    claim,
    members,
    to_followers,
    to_leads,
    to_whoever_works,
)
from leitstelle.notifications.queries.thresholds import escalated, threshold
from leitstelle.notifications.rules.mentions import Candidate, has_mention, mentioned
from leitstelle.sla.events import ThresholdReached
from leitstelle.tickets.choices import (
    Audience,
    ClockEffect,
    Direction,
    MergeVerb,
    ParticipantRole,
    StatusType,
    Verb,
)
from leitstelle.tickets.events import (
    DeliveryReported,
    HandoverReturned,
    MessageAdded,
    StatusChanged,
    TicketAssigned,
    TicketHandedOver,
    TicketOpened,
)
from leitstelle.tickets.models import Handover, Message, Participant, Ticket
from leitstelle.triage.events import AssigneeAway, Escalated, NobodyHasIt, OutageSuspected

FIRST_PRIORITY = 1
READING = (ParticipantRole.AFFECTED, ParticipantRole.WATCHER, ParticipantRole.APPROVER)
# Taking a ticket is told as its assignment; a merge is told nobody (the tickets' people hear of the next step), and
# neither is that it was undone.
QUIET_VERBS = (Verb.TAKE, Verb.START, *MergeVerb)
# What a requester is told of the life of a report.
PORTAL_TYPES = (StatusType.RESOLVED, StatusType.CLOSED, StatusType.REJECTED)


def news_of(event: Event) -> News | None:
    """Return what there is to tell about an event, `None` for nothing."""
    load = _TELLERS.get(event.code)
    if load is None:
        return None
    news = News(actor_id=doer_of(event))
    if event.subject_kind == "ticket":
        news.ticket = Ticket.objects.filter(pk=event.subject_id).first()
        if news.ticket is None or news.ticket.status_type == StatusType.MERGED:
            return None
        news.urgent = news.ticket.priority_id == FIRST_PRIORITY
    load(event, event.load(), news)
    if news.actor_id is not None:
        news.silent.add(news.actor_id)
    return news if news.claims else None


def doer_of(event: Event) -> int | None:
    """The person behind an event, also behind a token; `None` for the product itself and guests."""
    if event.actor_kind == "person" and event.actor_id.isdigit():
        return int(event.actor_id)
    if event.actor_kind == "token" and event.actor_id.isdigit():
        return ApiToken.objects.filter(pk=int(event.actor_id)).values_list("person_id", flat=True).first()
    return None


def _to_portal(news: News, kind: Kind) -> None:
    """The requester and those who read along, as the portal shows it to them."""
    assert news.ticket is not None
    claim(news, [news.ticket.requester_id], kind, Reason.REQUESTER, portal=True)
    reading = Participant.objects.filter(ticket=news.ticket, role__in=READING)
    claim(news, reading.values_list("person_id", flat=True), kind, Reason.PARTICIPANT, portal=True)


def _opened(event: Event, data: TicketOpened, news: News) -> None:
    """Told at once; where routing gave the ticket to somebody while it was opened, that is told instead."""
    assert news.ticket is not None
    if Event.objects.filter(cause=event.pk, code=TicketAssigned.code).exists():
        return
    kind = Kind.TEAM_QUEUE if news.ticket.assignee_id is None else Kind.ASSIGNED
    to_whoever_works(news, kind)


def _assigned(event: Event, data: TicketAssigned, news: News) -> None:
    if data.after_person is not None:
        if data.after_person != data.before_person:
            claim(news, [data.after_person], Kind.ASSIGNED, Reason.ASSIGNEE)
    elif event.cause_id is None or (news.ticket is not None and news.ticket.assignee_id is None):
        # Routing may have found a person after the team; then only they are told.
        claim(news, members(data.after_team), Kind.TEAM_QUEUE, Reason.TEAM)


def _handed_over(event: Event, data: TicketHandedOver, news: News) -> None:
    if data.to_person is not None:
        claim(news, [data.to_person], Kind.HANDED_OVER, Reason.ASSIGNEE)
    else:
        claim(news, members(data.to_team), Kind.HANDED_OVER, Reason.TEAM)
    to_followers(news, Kind.HANDED_OVER)


def _returned(event: Event, data: HandoverReturned, news: News) -> None:
    handover = Handover.objects.filter(pk=data.handover_id).first()
    if handover is None:
        return
    claim(news, [handover.from_person_id], Kind.RETURNED, Reason.ASSIGNEE)
    claim(news, [handover.offered_by_id], Kind.RETURNED, Reason.AUTHOR)
    if not news.claims:
        claim(news, members(data.to_team), Kind.RETURNED, Reason.TEAM)
    to_followers(news, Kind.RETURNED)


def _message(event: Event, data: MessageAdded, news: News) -> None:
    if data.automatic_kind:
        return
    message = Message.objects.select_related("body").filter(pk=data.message_id).first()
    if message is None:
        return
    news.message = message
    if message.author_id is not None:
        news.actor_id = message.author_id
    if message.audience != Audience.PUBLIC:
        _note(message, news)
    elif message.direction == Direction.OUTBOUND:
        to_followers(news, Kind.ANSWERED)
        _to_portal(news, Kind.ANSWERED)
        known = message.recipients.filter(person__isnull=False)
        news.mailed |= {int(pk) for pk in known.values_list("person__pk", flat=True)}
    else:
        to_whoever_works(news, Kind.REQUESTER_WROTE)
        to_followers(news, Kind.REQUESTER_WROTE)


def _note(message: Message, news: News) -> None:
    if has_mention(message.body.text):
        people = agents().values_list("pk", "display_name", "given_name", "family_name")
        candidates = (Candidate(*row) for row in people.order_by("pk"))
        claim(news, sorted(mentioned(message.body.text, candidates)), Kind.MENTIONED, Reason.MENTIONED)
    assert news.ticket is not None
    claim(news, [news.ticket.assignee_id], Kind.NOTE, Reason.ASSIGNEE)
    to_followers(news, Kind.NOTE)


def _status(event: Event, data: StatusChanged, news: News) -> None:
    if data.verb in QUIET_VERBS:
        return
    news.data = {"status": data.after, "type": data.after_type}
    assert news.ticket is not None
    claim(news, [news.ticket.assignee_id], Kind.STATUS, Reason.ASSIGNEE)
    to_followers(news, Kind.STATUS)
    asks = data.after_type == StatusType.WAITING and data.resolution_clock == ClockEffect.PAUSE
    if asks or data.after_type in PORTAL_TYPES:
        _to_portal(news, Kind.STATUS)
    news.silent |= _told_with_the_message(event)


def _told_with_the_message(event: Event) -> set[int]:
    """Who was told of the message that brought this step along: one intent, one notice."""
    before = Event.objects.filter(
        subject_kind=event.subject_kind, subject_id=event.subject_id, seq=(event.seq or 0) - 1
    ).first()
    if before is None or before.code != MessageAdded.code or before.actor != event.actor:
        return set()
    if (event.recorded_at - before.recorded_at).total_seconds() > 5:
        return set()
    told = news_of(before)
    return {claim.person_id for claim in told.claims} if told else set()


def _delivery(event: Event, data: DeliveryReported, news: News) -> None:
    if data.state != "failed":
        return
    news.message = Message.objects.filter(pk=data.message_id).first()
    if news.message is not None and news.message.author_is_agent:
        claim(news, [news.message.author_id], Kind.UNDELIVERED, Reason.AUTHOR)
    to_whoever_works(news, Kind.UNDELIVERED)


def _quarantined(event: Event, data: MailQuarantined, news: News) -> None:
    news.inbound_id = event.subject_id
    news.data = {"reason": data.reason}
    leads = RoleGrant.objects.filter(role__in=(Role.ADMINISTRATOR, Role.TEAM_LEAD), person__is_active=True)
    claim(news, set(leads.values_list("person_id", flat=True)), Kind.QUARANTINE, Reason.LEAD)
    members = TeamMembership.objects.filter(is_lead=True, person__is_active=True)
    desk = members.filter(person__grants__role__in=AGENT_ROLES)
    claim(news, set(desk.values_list("person_id", flat=True)), Kind.QUARANTINE, Reason.LEAD)


def _outage(event: Event, data: OutageSuspected, news: News) -> None:
    """Leads of the ticket's team, and whoever leads everything."""
    news.data, news.urgent = {"count": data.count}, True
    leads = RoleGrant.objects.filter(role=Role.TEAM_LEAD, team=None, person__is_active=True)
    claim(news, leads.values_list("person_id", flat=True), Kind.OUTAGE, Reason.LEAD)
    if news.ticket is not None:
        claim(news, members(news.ticket.team_id, leads_only=True), Kind.OUTAGE, Reason.LEAD)


def _nobody(event: Event, data: NobodyHasIt, news: News) -> None:
    news.data = {"minutes": data.minutes}
    to_leads(news, Kind.UNASSIGNED)


def _away(event: Event, data: AssigneeAway, news: News) -> None:
    claim(news, [data.deputy_id], Kind.AWAY, Reason.DEPUTY)
    to_leads(news, Kind.AWAY)
    news.silent.add(data.person_id)


_TELLERS: dict[str, Callable[[Event, Any, News], None]] = {
    TicketOpened.code: _opened,
    TicketAssigned.code: _assigned,
    TicketHandedOver.code: _handed_over,
    HandoverReturned.code: _returned,
    MessageAdded.code: _message,
    StatusChanged.code: _status,
    ThresholdReached.code: threshold,
    Escalated.code: escalated,
    DeliveryReported.code: _delivery,
    MailQuarantined.code: _quarantined,
    OutageSuspected.code: _outage,
    NobodyHasIt.code: _nobody,
    AssigneeAway.code: _away,
}
TOLD: tuple[type[EventData], ...] = (
    TicketOpened, TicketAssigned, TicketHandedOver, HandoverReturned, MessageAdded, StatusChanged, ThresholdReached,
    Escalated, DeliveryReported, MailQuarantined, OutageSuspected, NobodyHasIt, AssigneeAway,
)  # fmt: skip
