"""What triage does when something happened: look at new tickets, learn from what people choose."""

from django.utils import timezone

from leitstelle.accounts.models import Movable, register_movable
from leitstelle.kernel.events import Event, subscribe
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.events import ThresholdReached
from leitstelle.tickets.events import (
    HandoverAccepted,
    MessageAdded,
    StatusChanged,
    TicketAssigned,
    TicketClassified,
    TicketHandedOver,
    TicketOpened,
)
from leitstelle.tickets.models import Ticket
from leitstelle.triage.actions.answering import leave_team_to_rules, note_choices
from leitstelle.triage.actions.bursts import look_for_burst
from leitstelle.triage.actions.escalating import call_webhook, escalate
from leitstelle.triage.actions.proposing import propose
from leitstelle.triage.actions.routing import pass_on_after, settle_after, sort_after
from leitstelle.triage.choices import Matter
from leitstelle.triage.events import Escalated
from leitstelle.triage.models import Absence, Burst, Routing, Rule, RuleVersion


@subscribe(TicketOpened, TicketClassified, TicketHandedOver, name="triage.sort", inline=True)
def sort_by_rules(event: Event) -> None:
    """Rules first: what they set is true when whoever opened or changed the ticket gets their answer."""
    sort_after(event)


@subscribe(TicketOpened, TicketAssigned, TicketHandedOver, StatusChanged, name="triage.settle", inline=True)
def find_a_person(event: Event) -> None:
    """Then distribution: a ticket that nobody has gets a person, or somebody watches it."""
    settle_after(event)


@subscribe(MessageAdded, name="triage.pass_on", inline=True)
def pass_on_what_is_written(event: Event) -> None:
    """A requester who writes to somebody who is away is heard by a deputy or the team, where the team wants it so."""
    pass_on_after(event)


@subscribe(TicketOpened, name="triage.propose")
def propose_for_new(event: Event) -> None:
    """Propose what the ticket is about, once its rules have had their say."""
    propose(Ticket.objects.get(pk=event.subject_id), now=timezone.now())


@subscribe(TicketOpened, name="triage.look_for_burst")
def look_for_too_many(event: Event) -> None:
    """Ask whether it is an outage where too many like tickets come in."""
    look_for_burst(Ticket.objects.get(pk=event.subject_id), now=timezone.now())


@subscribe(TicketAssigned, HandoverAccepted, name="triage.note_team")
def note_which_team(event: Event) -> None:
    """A person's choice of another team answers what was proposed; what a rule chose is not for proposals.

    A handover is a choice once the receivers take it.
    """
    data = event.data
    if event.code == TicketAssigned.code and data["before_team"] == data["after_team"]:
        return
    ticket = Ticket.objects.select_related("team").get(pk=event.subject_id)
    if event.actor_kind in ("person", "token"):
        note_choices(ticket, {Matter.TEAM.value}, by=Viewer.system(), now=timezone.now())
    elif event.actor_kind == "rule":
        leave_team_to_rules(ticket, by=Viewer.system(), now=timezone.now())


@subscribe(TicketClassified, name="triage.note_choices")
def note_what_was_chosen(event: Event) -> None:
    """A person's choice answers what was proposed."""
    if event.actor_kind in ("person", "token"):
        fields = {change[0] for change in event.load(TicketClassified).changes}
        ticket = Ticket.objects.get(pk=event.subject_id)
        note_choices(ticket, fields, by=Viewer.system(), now=timezone.now())


for _movable in (
    Movable("triage.rules_assignee", "person", Rule, "assignee"),
    Movable("triage.rules_watcher", "person", Rule, "watcher"),
    Movable("triage.rule_versions", "person", RuleVersion, "by"),
    Movable("triage.routings", "person", Routing, "person"),
    Movable("triage.absences", "person", Absence, "person"),
    Movable("triage.deputies", "person", Absence, "deputy"),
    Movable("triage.bursts", "organisation", Burst, "organisation"),
):
    register_movable(_movable)


@subscribe(ThresholdReached, name="triage.escalate")
def follow_the_chain(event: Event) -> None:
    """Carry out what the agreement says for this part of the target."""
    escalate(event, now=timezone.now())


@subscribe(Escalated, name="triage.call_webhook", network=True)
def call_others(event: Event) -> None:
    """Call the webhook of the step; tried again for hours where nobody answers."""
    call_webhook(event, now=timezone.now())
