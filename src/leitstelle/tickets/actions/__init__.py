"""Every write to a ticket: one function per intent, one transaction, one event."""

from leitstelle.tickets.actions.assignment import assign_ticket, release_ticket, take_ticket
from leitstelle.tickets.actions.bulk import choose_tickets, go_on, look_again, start_bulk, wanted_with_team
from leitstelle.tickets.actions.classification import (
    FOLLOWS,
    Classification,
    change_subject,
    classify,
    recalculate_priority,
)
from leitstelle.tickets.actions.conversation import add_message, reply, write_note
from leitstelle.tickets.actions.defaults import ensure_defaults
from leitstelle.tickets.actions.delivery import report_delivery
from leitstelle.tickets.actions.devices import link_device, link_named_device, unlink_device
from leitstelle.tickets.actions.drafts import discard_draft, place_of, save_draft
from leitstelle.tickets.actions.guides import answer_guide, apply_guide, begin_guide, bring_guide
from leitstelle.tickets.actions.handover import HandoverOffer, accept_handover, hand_over, return_handover
from leitstelle.tickets.actions.level_rights import LevelRightsInput, set_rights_of_level
from leitstelle.tickets.actions.opening import NewTicket, open_ticket
from leitstelle.tickets.actions.people import add_participant, change_requester, remove_participant
from leitstelle.tickets.actions.priority import declare_major, lift_major
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
from leitstelle.tickets.actions.tabs import close_other_tabs, close_tab, look_at, move_tab, pin_tab
from leitstelle.tickets.actions.vendor import (
    NewVendorCase,
    move_vendor_case,
    note_vendor_number,
    open_vendor_case,
    receive_from_vendor,
    write_to_vendor,
)
from leitstelle.tickets.actions.views import (
    ViewInput,
    arrange_views,
    change_view,
    choose_start,
    create_view,
    delete_view,
)
from leitstelle.tickets.rules.inputs import NewFile, NewMessage, NewRecipient

__all__ = [
    "FOLLOWS",
    "Classification",
    "HandoverOffer",
    "LevelRightsInput",
    "NewFile",
    "NewMessage",
    "NewRecipient",
    "NewTicket",
    "NewVendorCase",
    "ViewInput",
    "accept_handover",
    "add_message",
    "add_participant",
    "answer_guide",
    "apply_guide",
    "arrange_views",
    "assign_ticket",
    "begin_guide",
    "bring_guide",
    "change_requester",
    "change_subject",
    "change_view",
    "choose_start",
    "choose_tickets",
    "classify",
    "close_other_tabs",
    "close_tab",
    "close_ticket",
    "confirm_solution",
    "continue_work",
    "create_view",
    "declare_major",
    "delete_view",
    "discard_draft",
    "ensure_defaults",
    "go_on",
    "hand_over",
    "lift_major",
    "link_device",
    "link_named_device",
    "link_tickets",
    "look_again",
    "look_at",
    "move_tab",
    "move_vendor_case",
    "note_vendor_number",
    "open_ticket",
    "open_vendor_case",
    "pin_tab",
    "place_of",
    "recalculate_priority",
    "receive_from_vendor",
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
    "set_rights_of_level",
    "start_bulk",
    "take_ticket",
    "unlink_device",
    "unlink_tickets",
    "wait_for",
    "wanted_with_team",
    "write_note",
    "write_to_vendor",
]
