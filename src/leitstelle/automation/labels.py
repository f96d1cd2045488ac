"""Names of codes and sentences about mappings."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leitstelle.automation.choices import CallState, ReportReason, ReportState

REPORT_STATE: dict[str, str | Promise] = {
    ReportState.KEPT: _("received"),
    ReportState.OPENED: _("opened a ticket"),
    ReportState.ADDED: _("noted on the open ticket"),
    ReportState.ENDED: _("reported as over"),
    ReportState.REPEATED: _("repeated, changed nothing"),
    ReportState.IGNORED: _("left aside"),
    ReportState.MALFORMED: _("not understood"),
    ReportState.REFUSED: _("refused"),
}
REPORT_REASON: dict[str, str | Promise] = {
    ReportReason.NOT_PROVEN: _("neither the secret nor a valid signature came with it"),
    ReportReason.NOT_JSON: _("the body is no JSON object"),
    ReportReason.NOT_WANTED: _("a condition of the mapping does not hold"),
    ReportReason.NOTHING_OPEN: _("it is over, and no ticket about it is open"),
    ReportReason.NOT_POSSIBLE: _(
        "the ticket could not be opened or changed so; check team, category and scales"
    ),
    ReportReason.NO_SUBJECT: _("the mapping gives it no subject"),
}
UNBALANCED = _("Line %(line)s: a brace is not closed, or closed without being opened.")
NO_PATH = _("Line %(line)s: “%(path)s” is no path. Write names joined by dots, places in a list as [0].")
NO_COMPARISON = _("Line %(line)s: write one comparison, such as status = resolved, or severity != info.")
CALL_STATE: dict[str, str | Promise] = {
    CallState.WAITING: _("on its way"),
    CallState.DELIVERED: _("delivered"),
    CallState.FAILED: _("given up"),
}
TOLD: dict[str, str | Promise] = {
    "ticket.opened": _("Ticket opened"),
    "ticket.message_added": _("Message or note added"),
    "ticket.status_changed": _("Status changed"),
    "ticket.assigned": _("Team or person changed"),
    "ticket.handed_over": _("Handed over"),
    "ticket.classified": _("Category, impact, urgency or priority changed"),
    "ticket.major_declared": _("Declared major"),
}
