"""What each event of a ticket says, as the part of a sentence that follows who did it; names are given, not fetched."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from leitstelle.contracts.queries import vendors_in_use
from leitstelle.kernel.web.formats import day_time
from leitstelle.tickets.labels import PARTICIPANT_ROLE, PLANNED_PROBLEM, VENDOR_STATE
from leitstelle.tickets.models import TicketMerge
from leitstelle.tickets.queries.lookup import numbers_of
from leitstelle.tickets.queries.priority import explained_event

# A message shows itself; its event would say the same again.
# Mails show their delivery at the message, planned answers stand below. The protocol has all of it.
_QUIET = frozenset(
    {
        "ticket.message_added",
        "ticket.delivery_reported",
        "ticket.reply_planned",
        "ticket.reply_withdrawn",
        "ticket.reply_held",
        "mail.queued",
        "mail.sent",
        "mail.failed",
        "mail.dropped",
        "mail.held",
        "mail.released",
    }
)


OF_MERGES = ("ticket.merged", "ticket.merge_undone")


@dataclass(frozen=True)
class Names:
    """Names for the ids in a batch of events, fetched once."""

    people: dict[int, str]
    teams: dict[int, str]
    statuses: dict[str, str]
    token_owners: dict[int, str]
    merges: dict[int, TicketMerge]

    def person(self, pk: Any) -> str:
        return self.people.get(int(pk), "") if pk is not None else ""

    def team(self, pk: Any) -> str:
        return self.teams.get(int(pk), "") if pk is not None else ""


Teller = Callable[[dict[str, Any], Names], str | Promise]


def _opened(data: dict[str, Any], names: Names) -> str:
    return _("opened the ticket")


def _status(data: dict[str, Any], names: Names) -> str:
    status = names.statuses.get(str(data["after"]), str(data["after"]))
    if data["verb"] == "merge":
        return _("took the ticket out of all deadlines and lists")
    if data["verb"] == "unmerge":
        return _("gave the ticket its status “%(status)s” back") % {"status": status}
    if data["verb"] == "reopen":
        return _("reopened the ticket")
    if data["verb"] == "confirm":
        return _("confirmed the solution")
    return _("set the status to “%(status)s”") % {"status": status}


def _assigned(data: dict[str, Any], names: Names) -> str:
    person, team = names.person(data["after_person"]), names.team(data["after_team"])
    if data["verb"] == "take":
        return _("took the ticket")
    if data["verb"] == "release":
        return _("put the ticket back to %(team)s") % {"team": team}
    if person:
        return _("assigned the ticket to %(team)s · %(person)s") % {"team": team, "person": person}
    return _("assigned the ticket to %(team)s") % {"team": team}


def _handed_over(data: dict[str, Any], names: Names) -> str:
    person, team = names.person(data["to_person"]), names.team(data["to_team"])
    target = f"{team} · {person}" if person else team
    return _("handed the ticket over to %(target)s") % {"target": target}


def _accepted(data: dict[str, Any], names: Names) -> str:
    return _("accepted the handover")


def _returned(data: dict[str, Any], names: Names) -> str:
    return _("returned the ticket to %(team)s") % {"team": names.team(data["to_team"])}


def _classified(data: dict[str, Any], names: Names) -> str:
    if data["priority_before"] != data["priority_after"]:
        told = _("changed the priority from P%(before)s to P%(after)s") % {
            "before": data["priority_before"],
            "after": data["priority_after"],
        }
        if data.get("by_hand"):
            return _("%(told)s by hand") % {"told": told}
        why = explained_event(data)
        return f"{told} ({why})" if why else told
    return _("changed the classification")


def _major(data: dict[str, Any], names: Names) -> str:
    return _("marked the ticket as major")


def _no_major(data: dict[str, Any], names: Names) -> str:
    return _("took the mark “major” off the ticket")


def _subject(data: dict[str, Any], names: Names) -> str:
    return _("reworded the subject")


def _requester(data: dict[str, Any], names: Names) -> str:
    return _("made %(person)s the requester") % {"person": names.person(data["after"])}


def _joined(data: dict[str, Any], names: Names) -> str:
    role = str(PARTICIPANT_ROLE.get(data["role"], data["role"]))
    return _("added %(person)s (%(role)s)") % {"person": names.person(data["person_id"]), "role": role}


def _left(data: dict[str, Any], names: Names) -> str:
    return _("removed %(person)s") % {"person": names.person(data["person_id"])}


def _linked(data: dict[str, Any], names: Names) -> str:
    return _("linked another ticket")


def _unlinked(data: dict[str, Any], names: Names) -> str:
    return _("removed a link")


def _device(data: dict[str, Any], names: Names) -> str:
    return _("linked a device")


def _no_device(data: dict[str, Any], names: Names) -> str:
    return _("removed a device")


def _message(data: dict[str, Any], names: Names) -> str:
    return _("added a message")


def _delivery(data: dict[str, Any], names: Names) -> str:
    return _("noted the delivery of a message")


def _message_moved(data: dict[str, Any], names: Names) -> str:
    numbers = numbers_of([data["before"], data["after"]])
    return _("moved a message from #%(before)s to #%(after)s") % {
        "before": numbers.get(data["before"], "?"),
        "after": numbers.get(data["after"], "?"),
    }


def _merged(data: dict[str, Any], names: Names) -> str:
    return _("merged #%(source)s into #%(target)s") % _numbers(data, names)


def _unmerged(data: dict[str, Any], names: Names) -> str:
    return _("undid the merge of #%(source)s into #%(target)s") % _numbers(data, names)


def _numbers(data: dict[str, Any], names: Names) -> dict[str, Any]:
    merge = names.merges.get(data["merge_id"])
    if merge is None:
        return {"source": "?", "target": "?"}
    return {"source": merge.source.number, "target": merge.target.number}


def _planned(data: dict[str, Any], names: Names) -> str:
    if not data["is_scheduled"]:
        return _("wrote an answer, sent after the time to undo")
    return _("planned an answer for %(time)s") % {"time": day_time(datetime.fromisoformat(data["due_at"]))}


def _withdrawn(data: dict[str, Any], names: Names) -> str:
    return _("withdrew an answer before it was sent")


def _reply_held(data: dict[str, Any], names: Names) -> str:
    return _("did not send a planned answer: %(why)s") % {"why": PLANNED_PROBLEM[data["problem"]]}


def _mail_queued(data: dict[str, Any], names: Names) -> str:
    return _("put a mail into the outbox")


def _mail_sent(data: dict[str, Any], names: Names) -> str:
    return _("sent a mail")


def _mail_failed(data: dict[str, Any], names: Names) -> str:
    return _("could not deliver a mail")


def _mail_held(data: dict[str, Any], names: Names) -> str:
    return _("held a mail back")


def _mail_dropped(data: dict[str, Any], names: Names) -> str:
    return _("decided that a held mail does not leave")


def _mail_released(data: dict[str, Any], names: Names) -> str:
    return _("released a mail")


def _vendor_name(data: dict[str, Any]) -> str:
    return next((one.name for one in vendors_in_use() if one.pk == data["vendor_id"]), _("a vendor"))


def _vendor_opened(data: dict[str, Any], names: Names) -> str:
    return _("asked %(vendor)s") % {"vendor": _vendor_name(data)}


def _vendor_moved(data: dict[str, Any], names: Names) -> str:
    values = {"vendor": _vendor_name(data), "state": VENDOR_STATE.get(data["after"], data["after"])}
    return _("moved the case at %(vendor)s: %(state)s") % values


def _vendor_number(data: dict[str, Any], names: Names) -> str:
    text = _("read the number of %(vendor)s") if data["read"] else _("noted the number of %(vendor)s")
    return text % {"vendor": _vendor_name(data)}


def other(data: dict[str, Any], names: Names) -> str:
    return _("recorded an event")


TELL: dict[str, tuple[str, Teller]] = {
    "ticket.opened": ("plus", _opened),
    "ticket.status_changed": ("circle-half-2", _status),
    "ticket.assigned": ("user-check", _assigned),
    "ticket.handed_over": ("stairs-up", _handed_over),
    "ticket.handover_accepted": ("check", _accepted),
    "ticket.handover_returned": ("arrow-back-up", _returned),
    "ticket.classified": ("tag", _classified),
    "ticket.major_declared": ("urgent", _major),
    "ticket.major_lifted": ("urgent", _no_major),
    "ticket.subject_changed": ("edit", _subject),
    "ticket.requester_changed": ("user", _requester),
    "ticket.participant_added": ("users", _joined),
    "ticket.participant_removed": ("users", _left),
    "ticket.linked": ("link", _linked),
    "ticket.unlinked": ("link", _unlinked),
    "ticket.device_linked": ("devices", _device),
    "ticket.device_unlinked": ("devices", _no_device),
    "ticket.vendor_case_opened": ("building", _vendor_opened),
    "ticket.vendor_case_moved": ("building", _vendor_moved),
    "ticket.vendor_number_noted": ("building", _vendor_number),
    "ticket.message_added": ("mail", _message),
    "ticket.delivery_reported": ("send", _delivery),
    "ticket.merged": ("git-merge", _merged),
    "ticket.merge_undone": ("rotate", _unmerged),
    "ticket.message_moved": ("arrow-right", _message_moved),
    "ticket.reply_planned": ("clock", _planned),
    "ticket.reply_withdrawn": ("arrow-back-up", _withdrawn),
    "ticket.reply_held": ("clock-pause", _reply_held),
    "mail.queued": ("mail", _mail_queued),
    "mail.sent": ("send", _mail_sent),
    "mail.failed": ("alert-triangle", _mail_failed),
    "mail.dropped": ("x", _mail_dropped),
    "mail.held": ("clock-pause", _mail_held),
    "mail.released": ("mail", _mail_released),
}
# What the thread tells of its own events; those of other domains are told by their tellers.
SPOKEN = frozenset(TELL) - _QUIET
