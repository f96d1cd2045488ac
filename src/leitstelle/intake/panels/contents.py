"""Beside a message: events, signature and encryption of its mail, and what its reader may want to do with it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats, timezone

from leitstelle.intake.labels import EVENT_ANSWER, EVENT_METHOD, SIGNATURE_STATE
from leitstelle.intake.models import InboundMail, MailEvent
from leitstelle.intake.queries import note_in_words
from leitstelle.intake.queries.contents import (
    events_in,
    forwarded_in,
    has_events,
    is_forwarded,
    signature_in,
    suggested_in,
)
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.policies import visible_tickets

TONES = {"good": "ok", "broken": "crit"}


def contents(viewer: Viewer, mails: Mapping[int, InboundMail]) -> dict[int, dict[str, Any]]:
    """What stood in each mail beside its words, by message; queries only where a mail has events or names a ticket."""
    with_events = [pk for pk, mail in mails.items() if has_events(mail)]
    events = events_in(with_events) if with_events else {}
    named = [pk for mail in mails.values() if (pk := suggested_in(mail))]
    rows = visible_tickets(viewer).filter(pk__in=named) if named else None
    numbers = dict(rows.values_list("pk", "number")) if rows is not None else {}
    return {pk: _context(mail, events.get(pk, []), numbers) for pk, mail in mails.items()}


def _context(
    mail: InboundMail, events: list[tuple[MailEvent, MailEvent | None]], numbers: dict[int, int]
) -> dict[str, Any]:
    signature = signature_in(mail)
    forwarded = forwarded_in(mail)
    suggested = numbers.get(suggested_in(mail) or 0)
    return {
        "events": [_event(event, later) for event, later in events],
        "signature": _signature(*signature) if signature else None,
        "forwarded": {"email": forwarded[0], "name": forwarded[1], "is_original": is_forwarded(mail)}
        if forwarded
        else None,
        "suggested": suggested,
    }


def _signature(state: str, signer: str, why: str) -> dict[str, Any]:
    words = note_in_words(why) if state != "good" else why
    return {
        "label": SIGNATURE_STATE.get(state, state),
        "tone": TONES.get(state, "warn"),
        "signer": signer,
        "why": words,
    }


def _event(event: MailEvent, later: MailEvent | None) -> dict[str, Any]:
    return {
        "title": EVENT_METHOD.get(event.method, EVENT_METHOD[""]),
        "is_cancelled": event.method == "CANCEL",
        "summary": event.summary,
        "when": when(event),
        "location": event.location,
        "who": event.attendee if event.method == "REPLY" else event.organizer,
        "answer": EVENT_ANSWER.get(event.answer, "") if event.method == "REPLY" else "",
        "repeats": event.repeats,
        "later": later.method if later is not None else "",
    }


def when(event: MailEvent) -> str:
    """Day and time for the reader, in their zone; the sender's zone where it differs then."""
    if event.starts_at is None:
        return ""
    if event.all_day:
        last = (event.ends_at or event.starts_at) - timedelta(days=1)
        first_day, last_day = _day(event.starts_at), _day(max(last, event.starts_at))
        return first_day if first_day == last_day else f"{first_day} – {last_day}"
    start = timezone.localtime(event.starts_at)
    end = timezone.localtime(event.ends_at) if event.ends_at else None
    words = f"{_day(start)}, {_clock(start)}"
    if end is not None and end > start:
        words += f" – {_clock(end)}" if end.date() == start.date() else f" – {_day(end)}, {_clock(end)}"
    if event.zone:
        theirs = event.starts_at.astimezone(ZoneInfo(event.zone))
        if theirs.utcoffset() != start.utcoffset():
            words += f" ({_clock(theirs)} {event.zone})"
    return words


def _day(moment: datetime) -> str:
    return formats.date_format(moment, "D, j. N Y")


def _clock(moment: datetime) -> str:
    return formats.date_format(moment, "H:i")
