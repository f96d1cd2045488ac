"""What happens to a ticket after it came in or changed hands: rules first, then a person, in the same transaction."""

from leitstelle.kernel.events import Event
from leitstelle.tickets.choices import ONGOING_TYPES, Direction, MergeVerb, Verb
from leitstelle.tickets.events import (
    StatusChanged,
    TicketAssigned,
    TicketClassified,
    TicketHandedOver,
    TicketOpened,
)
from leitstelle.tickets.models import Ticket
from leitstelle.triage.actions.absences import pass_on
from leitstelle.triage.actions.giving import settle, watch
from leitstelle.triage.actions.sorting import sort_ticket
from leitstelle.triage.choices import Trigger
from leitstelle.triage.queries.giving import absent_now
from leitstelle.triage.queries.sorting import rules_in_use

TRIGGERS = {
    TicketOpened.code: Trigger.OPENED,
    TicketClassified.code: Trigger.CHANGED,
    TicketHandedOver.code: Trigger.HANDED_OVER,
}


def sort_after(event: Event) -> None:
    """Let the rules of the event's trigger look at its ticket. What a rule did itself starts none.

    Without a rule for the trigger nothing is asked of the database.
    """
    trigger = TRIGGERS[event.code]
    if event.actor_kind == "rule":
        return
    rules = rules_in_use()
    if trigger not in rules.triggers:
        return
    ticket = ticket_of(event)
    team_id = ticket.team_id
    sort_ticket(ticket, trigger, event, rules, now=event.at)
    if trigger is Trigger.CHANGED and ticket.team_id != team_id:
        settle(ticket, now=event.at)


def settle_after(event: Event) -> None:
    """Find a person for a ticket that came to a team, or was reopened without one.

    Whoever gives one back says that nobody is to have it at once: it is watched only. What rules assign while a ticket
    is being opened or handed over is settled with that, not twice.
    """
    verb = event.data.get("verb")
    if event.code == StatusChanged.code and verb == MergeVerb.UNMERGE:
        ticket = ticket_of(event)
        if ticket.assignee_id is None and ticket.status_type in ONGOING_TYPES:
            watch(ticket, now=event.at)
        return
    if event.code == StatusChanged.code and verb != Verb.REOPEN:
        return
    if event.code == TicketAssigned.code and verb == "release":
        watch(ticket_of(event), now=event.at)
        return
    if event.data.get("after_person") or event.data.get("to_person") or event.actor_kind == "rule":
        return
    settle(ticket_of(event), now=event.at)


def pass_on_after(event: Event) -> None:
    """Pass a ticket on whose requester wrote to somebody who is away; nobody away, nothing is asked."""
    data = event.data
    if data["direction"] != Direction.INBOUND or data["by_agent"] or data["automatic_kind"]:
        return
    if not absent_now(event.at):
        return
    ticket = ticket_of(event)
    if ticket.assignee_id is not None and ticket.status_type in ONGOING_TYPES:
        pass_on(ticket, now=event.at)


def ticket_of(event: Event) -> Ticket:
    """Return the recorder's own object of the ticket, so that it sees what is changed here; else a fresh one."""
    return event.about if isinstance(event.about, Ticket) else Ticket.objects.get(pk=event.subject_id)
