"""The sentence of a notification, in the reader's language, from what they may see of it."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from leitstelle.catalog.labels import name_of
from leitstelle.notifications.choices import Kind, Reason
from leitstelle.notifications.labels import REASON
from leitstelle.notifications.queries.shown import Told
from leitstelle.sla.choices import Metric
from leitstelle.sla.labels import METRIC
from leitstelle.tickets.choices import StatusType
from leitstelle.tickets.queries import statuses


def sentence(told: Told) -> str:
    """Say what happened. What its reader may no longer see is said to be out of sight, nothing else."""
    if not told.visible:
        return _("You can no longer see what this was about.")
    return _SENTENCES[Kind(told.row.kind)](told, told.who or _("Leitstelle"))


def because(told: Told) -> str:
    """Say why the reader was told."""
    return str(REASON[Reason(told.row.reason)])


def _mentioned(told: Told, who: str) -> str:
    return _("%(who)s mentions you in a note.") % {"who": who}


def _assigned(told: Told, who: str) -> str:
    return _("%(who)s assigned the ticket to you.") % {"who": who}


def _handed_over(told: Told, who: str) -> str:
    if told.row.reason == Reason.ASSIGNEE:
        return _("%(who)s handed the ticket over to you.") % {"who": who}
    if told.row.reason == Reason.TEAM:
        return _("%(who)s handed the ticket over to your team.") % {"who": who}
    return _("%(who)s handed the ticket over to another team.") % {"who": who}


def _returned(told: Told, who: str) -> str:
    return _("%(who)s returned the handover.") % {"who": who}


def _queued(told: Told, who: str) -> str:
    return _("Waits in your team for somebody to take it.")


def _wrote(told: Told, who: str) -> str:
    if told.message is not None and told.message.from_name:
        return _("%(who)s wrote.") % {"who": told.message.from_name}
    return _("The requester wrote.")


def _answered(told: Told, who: str) -> str:
    if told.row.in_portal:
        return _("Your report was answered.")
    return _("%(who)s answered the requester.") % {"who": who}


def _noted(told: Told, who: str) -> str:
    return _("%(who)s wrote an internal note.") % {"who": who}


def _status(told: Told, who: str) -> str:
    if told.row.in_portal:
        return _portal_status(str(told.row.data.get("type", "")))
    key = str(told.row.data.get("status", ""))
    names = {str(status.pk): name_of(status) for status in statuses()}
    return _("%(who)s set the status to “%(status)s”.") % {"who": who, "status": names.get(key, key)}


def _portal_status(status_type: str) -> str:
    return {
        StatusType.WAITING: _("We need your answer."),
        StatusType.RESOLVED: _("Your report is solved. Please tell us whether everything works again."),
        StatusType.CLOSED: _("Your report is completed."),
        StatusType.REJECTED: _("Your report ended without a solution."),
    }.get(StatusType(status_type), _("There is news about your report."))


def _warned(told: Told, who: str) -> str:
    values = {"percent": told.row.data.get("percent"), "metric": _metric(told)}
    return _("%(percent)s %% of the deadline are used: %(metric)s.") % values


def _breached(told: Told, who: str) -> str:
    return _("The deadline has passed: %(metric)s.") % {"metric": _metric(told)}


def _metric(told: Told) -> str:
    return str(METRIC[Metric(str(told.row.data["metric"]))])


def _undelivered(told: Told, who: str) -> str:
    return _("A mail to the requester could not be delivered.")


def _quarantined(told: Told, who: str) -> str:
    return _("A mail could not be processed and waits for a decision.")


def _outage(told: Told, who: str) -> str:
    return _("%(count)s like tickets came in within an hour. Is it an outage?") % {
        "count": told.row.data["count"]
    }


def _unassigned(told: Told, who: str) -> str:
    values = {"minutes": told.row.data.get("minutes")}
    return _("Nobody has taken it for %(minutes)s minutes of service time.") % values


def _away(told: Told, who: str) -> str:
    return _("Whoever has it is away: it can be taken over.")


def _late(told: Told, who: str) -> str:
    if told.row.data.get("missed"):
        return _("This report takes longer than agreed. We are working on it.")
    return _("This report is close to the time that was agreed for it. We are working on it.")


_SENTENCES: dict[Kind, Callable[[Told, str], str]] = {
    Kind.MENTIONED: _mentioned,
    Kind.ASSIGNED: _assigned,
    Kind.HANDED_OVER: _handed_over,
    Kind.RETURNED: _returned,
    Kind.TEAM_QUEUE: _queued,
    Kind.REQUESTER_WROTE: _wrote,
    Kind.ANSWERED: _answered,
    Kind.NOTE: _noted,
    Kind.STATUS: _status,
    Kind.WARNING: _warned,
    Kind.BREACH: _breached,
    Kind.UNDELIVERED: _undelivered,
    Kind.QUARANTINE: _quarantined,
    Kind.OUTAGE: _outage,
    Kind.UNASSIGNED: _unassigned,
    Kind.AWAY: _away,
    Kind.LATE: _late,
}


def title_of(told: Told) -> str:
    """What the group of a notification is called: its ticket, the quarantine, or nothing that can be seen."""
    if told.link is not None:
        return told.link.label
    if told.visible and told.row.inbound_id is not None:
        return _("Quarantine")
    return pgettext("notification", "Out of sight")
