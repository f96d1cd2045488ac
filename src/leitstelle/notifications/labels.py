"""Translated names of the codes in `choices`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leitstelle.accounts.choices import Role
from leitstelle.notifications.choices import Kind, MailChoice, Reason

KIND: dict[str, str | Promise] = {
    Kind.MENTIONED: _("Somebody mentions me in a note"),
    Kind.ASSIGNED: _("A ticket is assigned to me"),
    Kind.HANDED_OVER: _("A ticket is handed over to me or my team"),
    Kind.RETURNED: _("A handover comes back"),
    Kind.TEAM_QUEUE: _("A ticket without assignee comes to my team"),
    Kind.REQUESTER_WROTE: _("The requester writes on a ticket of mine"),
    Kind.ANSWERED: _("A ticket I follow is answered"),
    Kind.NOTE: _("A colleague writes an internal note"),
    Kind.STATUS: _("The status changes"),
    Kind.WARNING: _("A deadline comes close"),
    Kind.BREACH: _("A deadline has passed"),
    Kind.UNDELIVERED: _("A mail could not be delivered"),
    Kind.QUARANTINE: _("A mail waits in quarantine"),
    Kind.OUTAGE: _("Many like tickets may be an outage"),
    Kind.UNASSIGNED: _("A ticket of my team has been without a person for too long"),
    Kind.AWAY: _("Somebody with tickets of my team is away, or I stand in for them"),
    Kind.LATE: _("A report of my company takes longer than agreed"),
}
# The same for people without a role on the desk; the portal knows no tickets.
PORTAL_KIND: dict[str, str | Promise] = {
    Kind.ANSWERED: _("My report is answered"),
    Kind.STATUS: _("My report is solved, completed, or needs my answer"),
    Kind.LATE: _("A report of my company takes longer than agreed"),
}
MAIL: dict[str, str | Promise] = {
    MailChoice.OFF: pgettext_lazy("notification by mail", "no mail"),
    MailChoice.AT_ONCE: pgettext_lazy("notification by mail", "at once"),
    MailChoice.BATCHED: pgettext_lazy("notification by mail", "collected"),
    MailChoice.DAILY: pgettext_lazy("notification by mail", "once a day"),
}
ROLE: dict[str, str | Promise] = {
    Role.ADMINISTRATOR: _("Administrators"),
    Role.TEAM_LEAD: _("Team leads"),
    Role.AGENT: _("Agents"),
    Role.REQUESTER: _("Requesters"),
}
REASON: dict[str, str | Promise] = {
    Reason.MENTIONED: _("because you are mentioned"),
    Reason.ASSIGNEE: _("because it is assigned to you"),
    Reason.AUTHOR: _("because you wrote it"),
    Reason.TEAM: _("because it belongs to your team"),
    Reason.LEAD: _("because you lead the team"),
    Reason.MANAGER: _("because you lead the desk"),
    Reason.DEPUTY: _("because you stand in"),
    Reason.FOLLOWER: _("because you follow it"),
    Reason.REQUESTER: _("because it is your report"),
    Reason.PARTICIPANT: _("because you take part"),
    Reason.CONTACT: _("because you are your company’s contact"),
}
ICON: dict[str, str] = {
    Kind.MENTIONED: "message-circle",
    Kind.ASSIGNED: "user-check",
    Kind.HANDED_OVER: "stairs-up",
    Kind.RETURNED: "arrow-back-up",
    Kind.TEAM_QUEUE: "inbox",
    Kind.REQUESTER_WROTE: "mail",
    Kind.ANSWERED: "send",
    Kind.NOTE: "lock",
    Kind.STATUS: "circle-half-2",
    Kind.WARNING: "clock",
    Kind.BREACH: "alert-triangle",
    Kind.UNDELIVERED: "alert-triangle",
    Kind.QUARANTINE: "shield-check",
    Kind.OUTAGE: "activity-heartbeat",
    Kind.UNASSIGNED: "inbox",
    Kind.AWAY: "calendar-time",
    Kind.LATE: "clock",
}
WEEKDAYS: tuple[str | Promise, ...] = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
