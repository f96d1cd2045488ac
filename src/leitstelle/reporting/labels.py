"""Names of what the overview counts."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leitstelle.reporting.choices import Risk

RISK: dict[Risk, str | Promise] = {
    Risk.OVERDUE: _("Deadline missed"),
    Risk.SOON: _("Due soon"),
    Risk.MAJOR: pgettext_lazy("tickets", "Major"),
    Risk.UNASSIGNED: _("Nobody works on it"),
    Risk.QUIET: _("Nobody touched it"),
    Risk.WAITING: _("Waiting without a date"),
    Risk.RETURNED: _("Handover returned"),
    Risk.PING_PONG: _("Passed to and fro"),
}
ICON: dict[Risk, str] = {
    Risk.OVERDUE: "alert-octagon",
    Risk.SOON: "clock",
    Risk.MAJOR: "flame",
    Risk.UNASSIGNED: "inbox",
    Risk.QUIET: "moon",
    Risk.WAITING: "clock-pause",
    Risk.RETURNED: "arrow-back-up",
    Risk.PING_PONG: "refresh",
}
# Where somebody must act now, and where it is worth a look.
TONE: dict[Risk, str] = {Risk.OVERDUE: "crit", Risk.SOON: "warn", Risk.MAJOR: "crit"}
OPEN_TICKETS = _("All open of my teams")
OUT_OF_RANGE = _("Please enter a number from 1 to %(most)s.")
