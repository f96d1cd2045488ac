"""Every write of notifications: telling people, mailing them, reading, following, choosing."""

from leitstelle.notifications.actions.choosing import MyChoices, change_preferences, set_defaults
from leitstelle.notifications.actions.following import follow_ticket, unfollow_ticket
from leitstelle.notifications.actions.mailing import may_leave, send_due, withdrawn
from leitstelle.notifications.actions.reading import mark_all_read, mark_read, mark_ticket_read, prune
from leitstelle.notifications.actions.telling import go_on_telling, tell

__all__ = [
    "MyChoices",
    "change_preferences",
    "follow_ticket",
    "go_on_telling",
    "mark_all_read",
    "mark_read",
    "mark_ticket_read",
    "may_leave",
    "prune",
    "send_due",
    "set_defaults",
    "tell",
    "unfollow_ticket",
    "withdrawn",
]
