"""Doors of the workspace: inbox, ticket, search."""

from leitstelle.tickets.views.classification import classification, requester, subject
from leitstelle.tickets.views.conversation import attachment, keep_draft, write
from leitstelle.tickets.views.inbox import inbox, preview
from leitstelle.tickets.views.opening import find_people, new_ticket
from leitstelle.tickets.views.people import drop_participant, participants
from leitstelle.tickets.views.relations import add_link, remove_link
from leitstelle.tickets.views.search import search_page
from leitstelle.tickets.views.steps import accept, assign, give_back, handover, step, take
from leitstelle.tickets.views.ticket import protocol_page, ticket_page

__all__ = [
    "accept",
    "add_link",
    "assign",
    "attachment",
    "classification",
    "drop_participant",
    "find_people",
    "give_back",
    "handover",
    "inbox",
    "keep_draft",
    "new_ticket",
    "participants",
    "preview",
    "protocol_page",
    "remove_link",
    "requester",
    "search_page",
    "step",
    "subject",
    "take",
    "ticket_page",
    "write",
]
