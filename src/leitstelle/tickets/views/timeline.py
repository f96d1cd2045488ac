"""The thread of a ticket: messages and events in one order, each event as a sentence for the reader.

Sentences are made here, in the reader's language, from the codes and ids of the journal.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from markupsafe import Markup

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.queries.actors import actor_name, person_acting, token_owners
from leitstelle.catalog.labels import name_of
from leitstelle.contracts.queries import vendors_in_use
from leitstelle.kernel.events import Event
from leitstelle.kernel.web.formats import day_time, local
from leitstelle.kernel.web.richtext import clean_html, fold_quotes, linked_text
from leitstelle.kernel.web.sentences import teller_of, told_codes
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.labels import PARTICIPANT_ROLE, PLANNED_PROBLEM, VENDOR_STATE
from leitstelle.tickets.models import Handover, Message, Ticket, TicketMerge
from leitstelle.tickets.queries import statuses
from leitstelle.tickets.queries.lookup import numbers_of
from leitstelle.tickets.queries.people import teams_in_use
from leitstelle.tickets.queries.priority import explained_event
from leitstelle.tickets.queries.workspace import Conversation, protocol

# How many events the thread shows at most; the protocol has them all.
EVENTS_SHOWN = 100
# A message shows itself; its event would say the same again.
# Mails show their delivery at the message, planned answers stand below. The protocol has all of it.
QUIET = frozenset(
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


_OF_MERGES = ("ticket.merged", "ticket.merge_undone")


@dataclass(frozen=True)
class Sentence:
    """What an event says: icon, who, and the rest of the sentence; `url` leads to who did it, `about` to more of it."""

    icon: str
    who: str
    text: str
    url: str = ""
    about: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry of the thread: a message, an event or a handover, under its day."""

    at: datetime
    day: date | None
    message: Message | None = None
    sentence: Sentence | None = None
    handover: Handover | None = None
    kind: str = ""
    text: Markup = Markup("")
    formatted: bool = False
    quote: str = ""


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


def timeline(ticket: Ticket, talk: Conversation, handovers: Sequence[Handover]) -> list[Entry]:
    """Merge messages with the events of the same stretch of time, oldest first, and mark the days."""
    spoken = (set(_TELL) - QUIET) | told_codes()
    rows = list(protocol(ticket).filter(code__in=spoken).order_by("-pk")[:EVENTS_SHOWN])
    oldest = talk.messages[0].at if talk.older and talk.messages else None
    shown = [event for event in reversed(rows) if oldest is None or event.at >= oldest]
    by_id = {handover.pk: handover for handover in handovers}
    entries = [
        replace(shown_text(message), message=message, kind=kind_of(message)) for message in talk.messages
    ]
    for event, sentence in zip(shown, sentences(shown), strict=True):
        handover = by_id.get(event.data.get("handover_id", 0)) if event.code == "ticket.handed_over" else None
        entries.append(Entry(event.at, None, sentence=sentence, handover=handover, kind=event.code))
    entries.sort(key=lambda entry: entry.at)
    return list(_with_days(entries))


def kind_of(message: Message) -> str:
    """Return how the design draws a message: in, out, call, note or vendor."""
    if message.audience != Audience.PUBLIC:
        return "vendor" if message.audience == Audience.VENDOR else "note"
    if message.channel in (Channel.PHONE, Channel.WALK_IN):
        return "call"
    return "out" if message.direction == Direction.OUTBOUND else "in"


def _with_days(entries: Iterable[Entry]) -> Iterable[Entry]:
    last: date | None = None
    for entry in entries:
        today = local(entry.at).date()
        day = today if today != last else None
        last = today
        yield replace(entry, day=day)


def shown_text(message: Message) -> Entry:
    """Return a message's words fit for a page, with its own inline images and no others.

    What it quotes is folded. Where a mail program marks quotations in the HTML by looks alone, they cannot be
    told apart there; then the plain text, which was taken apart on arrival, is shown instead.
    """
    body = message.body
    marked = "<blockquote" in body.html
    if not body.html or (body.quoted_text and not marked):
        return Entry(message.at, None, text=linked_text(body.text), quote=body.quoted_text)
    images = {
        file.content_id.strip("<>"): reverse("tickets:attachment", args=[file.public_id]) + "?inline"
        for file in message.attachments.all()
        if file.content_id
    }
    text = clean_html(body.html, images)
    return Entry(
        message.at,
        None,
        text=fold_quotes(text, _("Quoted text")) if body.quoted_text else text,
        formatted=True,
    )


def sentences(events: Sequence[Event]) -> list[Sentence]:
    """Return a sentence per event, with all names fetched in three statements, one more where tokens acted."""
    names = _names(events)
    return [_sentence(event, names) for event in events]


def _names(events: Sequence[Event]) -> Names:
    people, team_ids, merge_ids = set(), set(), set[int]()
    for event in events:
        if event.code in _OF_MERGES and "merge_id" in event.data:
            merge_ids.add(event.data["merge_id"])
        actor = person_acting(event)
        if actor is not None:
            people.add(actor)
        for key, value in event.data.items():
            if not isinstance(value, int):
                continue
            if key in ("before_person", "after_person", "to_person", "person_id", "before", "after"):
                people.add(value)
            elif key in ("before_team", "after_team", "from_team", "to_team"):
                team_ids.add(value)
    return Names(
        dict(Person.objects.filter(pk__in=people).values_list("pk", "display_name")) if people else {},
        _team_names(team_ids),
        {str(status.pk): name_of(status) for status in statuses()},
        token_owners(events),
        _merges(merge_ids),
    )


def _merges(ids: Collection[int]) -> dict[int, TicketMerge]:
    return TicketMerge.objects.select_related("source", "target").in_bulk(ids) if ids else {}


def _team_names(ids: Collection[int]) -> dict[int, str]:
    """Names of teams as this process knows them; those not in use any more are asked for."""
    known = {team.pk: team.name for team in teams_in_use() if team.pk in ids}
    missing = [pk for pk in ids if pk not in known]
    return known | dict(Team.objects.filter(pk__in=missing).values_list("pk", "name")) if missing else known


def _sentence(event: Event, names: Names) -> Sentence:
    who = actor_name(event, names.people, names.token_owners)
    if event.erased_at is not None:
        return Sentence("trash", who, _("changed something; the details were erased"))
    foreign = teller_of(event.code)
    if foreign is not None:
        url = foreign.link(event.data) if foreign.link is not None else ""
        return Sentence(foreign.icon, who, foreign.words(event.data), url)
    icon, tell = _TELL.get(event.code, ("info-circle", _other))
    merge = names.merges.get(event.data.get("merge_id", 0)) if event.code in _OF_MERGES else None
    about = reverse("tickets:merge-record", args=[merge.public_id]) if merge is not None else ""
    return Sentence(icon, who, str(tell(event.data, names)), about=about)


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


def _other(data: dict[str, Any], names: Names) -> str:
    return _("recorded an event")


_TELL: dict[str, tuple[str, Teller]] = {
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
