"""Doors of the workspace: inbox, ticket, search."""

from leitstelle.tickets.views.bulk import bulk_run, choose
from leitstelle.tickets.views.classification import classification, requester, subject
from leitstelle.tickets.views.conversation import attachment, keep_draft, write
from leitstelle.tickets.views.devices import add_device, drop_device
from leitstelle.tickets.views.inbox import inbox, news, preview
from leitstelle.tickets.views.opening import find_people, new_ticket
from leitstelle.tickets.views.people import drop_participant, participants
from leitstelle.tickets.views.priorities import major, recalculate
from leitstelle.tickets.views.records import tickets_of
from leitstelle.tickets.views.relations import add_link, remove_link
from leitstelle.tickets.views.saved import (
    arrange,
    copy_view,
    edit_view,
    manage_views,
    new_view,
    remove_view,
)
from leitstelle.tickets.views.search import search_page
from leitstelle.tickets.views.steps import accept, assign, give_back, handover, step, take
from leitstelle.tickets.views.tabs import close_other_tabs, close_tab, move_tab, pin_tab, tabs
from leitstelle.tickets.views.ticket import protocol_page, ticket_page

__all__ = [
    "accept",
    "add_device",
    "add_link",
    "arrange",
    "assign",
    "attachment",
    "bulk_run",
    "choose",
    "classification",
    "close_other_tabs",
    "close_tab",
    "copy_view",
    "drop_device",
    "drop_participant",
    "edit_view",
    "find_people",
    "give_back",
    "handover",
    "inbox",
    "keep_draft",
    "major",
    "manage_views",
    "move_tab",
    "new_ticket",
    "new_view",
    "news",
    "participants",
    "pin_tab",
    "preview",
    "protocol_page",
    "recalculate",
    "remove_link",
    "remove_view",
    "requester",
    "search_page",
    "step",
    "subject",
    "tabs",
    "take",
    "ticket_page",
    "tickets_of",
    "write",
]
