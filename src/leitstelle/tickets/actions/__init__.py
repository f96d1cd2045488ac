"""Every write to a ticket: one function per intent, one transaction, one event."""

from leitstelle.tickets.actions.assignment import assign_ticket, release_ticket, take_ticket
from leitstelle.tickets.actions.classification import Classification, change_subject, classify
from leitstelle.tickets.actions.conversation import add_message, reply, write_note
from leitstelle.tickets.actions.defaults import ensure_defaults
from leitstelle.tickets.actions.delivery import report_delivery
from leitstelle.tickets.actions.drafts import discard_draft, save_draft
from leitstelle.tickets.actions.handover import HandoverOffer, accept_handover, hand_over, return_handover
from leitstelle.tickets.actions.opening import NewTicket, open_ticket
from leitstelle.tickets.actions.people import add_participant, change_requester, remove_participant
from leitstelle.tickets.actions.relations import link_tickets, unlink_tickets
from leitstelle.tickets.actions.status import (
    close_ticket,
    confirm_solution,
    continue_work,
    reject_ticket,
    reopen_ticket,
    resolve_ticket,
    schedule_work,
    wait_for,
)
from leitstelle.tickets.rules.inputs import NewFile, NewMessage, NewRecipient

__all__ = [
    "Classification",
    "HandoverOffer",
    "NewFile",
    "NewMessage",
    "NewRecipient",
    "NewTicket",
    "accept_handover",
    "add_message",
    "add_participant",
    "assign_ticket",
    "change_requester",
    "change_subject",
    "classify",
    "close_ticket",
    "confirm_solution",
    "continue_work",
    "discard_draft",
    "ensure_defaults",
    "hand_over",
    "link_tickets",
    "open_ticket",
    "reject_ticket",
    "release_ticket",
    "remove_participant",
    "reopen_ticket",
    "reply",
    "report_delivery",
    "resolve_ticket",
    "return_handover",
    "save_draft",
    "schedule_work",
    "take_ticket",
    "unlink_tickets",
    "wait_for",
    "write_note",
]
