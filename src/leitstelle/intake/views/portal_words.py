"""What the portal says about a report: standing, expected time, conversation, service hours. Never internal words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from markupsafe import Markup

from leitstelle.calendars.errors import NoCalendar
from leitstelle.calendars.queries import default_calendar, hours_of
from leitstelle.intake.rules.portal import Progress, Standing, progress
from leitstelle.kernel.web.formats import clock_time, local, long_day
from leitstelle.kernel.web.richtext import clean_html, linked_text
from leitstelle.tickets.choices import ClockEffect
from leitstelle.tickets.models import Attachment, Message, Ticket

LOOK_AHEAD = timedelta(days=14)
FileUrl = Callable[[Attachment], str]


@dataclass(frozen=True)
class Report:
    """A report as its requester reads it."""

    ticket: Ticket
    progress: Progress
    headline: str
    expected: str
    worker: str

    @property
    def bar(self) -> str:
        """How the four-part bar is drawn: done, waiting for the requester, or plain."""
        if self.progress.step == 4:
            return "done"
        return "wait" if self.progress.waits_for_you else ""


@dataclass(frozen=True)
class Entry:
    """A message as the portal shows it, under its day."""

    message: Message
    day: date | None
    author: str
    from_desk: bool
    text: Markup
    files: tuple[tuple[Attachment, str], ...]


@dataclass(frozen=True)
class Opening:
    """Whether the desk answers now, and until or from when."""

    is_open: bool
    text: str


def steps() -> list[str]:
    """Return the names of the four steps of a report."""
    return [
        pgettext("report", "Received"),
        pgettext("report", "In progress"),
        pgettext("report", "Solved"),
        pgettext("report", "Completed"),
    ]


def report_of(ticket: Ticket, now: datetime) -> Report:
    """Put a ticket into words; `status` and `assignee` should be loaded."""
    paused = ticket.status.resolution_clock == ClockEffect.PAUSE
    found = progress(ticket.status_type, clock_pauses=paused)
    worker = ticket.assignee.display_name if ticket.assignee and found.step < 4 else ""
    return Report(ticket, found, headline(found, ticket), expected(found, ticket, now), worker)


def headline(found: Progress, ticket: Ticket) -> str:
    """Say where the report stands, in one short sentence."""
    if found.standing is Standing.SCHEDULED and ticket.wait_until:
        return _("Planned for %(day)s") % {"day": long_day(ticket.wait_until)}
    return {
        Standing.RECEIVED: pgettext("report", "Received"),
        Standing.IN_PROGRESS: pgettext("report", "In progress"),
        Standing.YOUR_TURN: _("We need your answer"),
        Standing.WITH_OTHERS: _("In progress, we are waiting for others"),
        Standing.SCHEDULED: _("Planned"),
        Standing.SOLVED: _("Solved. Does everything work again?"),
        Standing.COMPLETED: pgettext("report", "Completed"),
        Standing.DECLINED: _("Ended without a solution"),
        Standing.CONTINUED: _("Continued in another report"),
    }[found.standing]


def expected(found: Progress, ticket: Ticket, now: datetime) -> str:
    """Say by when to expect something; a date that has passed is not told, but that it takes longer is."""
    due = ticket.next_due_at
    running = (Standing.RECEIVED, Standing.IN_PROGRESS, Standing.WITH_OTHERS)
    if due is None or found.standing not in running:
        return ""
    if due <= now:
        return _("It takes longer than planned. We are working on it.")
    if ticket.first_response_at is None:
        return _("We will get back to you by %(time)s.") % {"time": moment(due, now)}
    return _("Expected to be done by %(time)s.") % {"time": moment(due, now)}


def moment(value: datetime, now: datetime) -> str:
    """Return a moment as one says it: today, 11:15 o'clock; tomorrow; else with the day."""
    time = _("%(time)s o’clock") % {"time": clock_time(value)}
    days = (local(value).date() - local(now).date()).days
    if days == 0:
        return _("today, %(time)s") % {"time": time}
    if days == 1:
        return _("tomorrow, %(time)s") % {"time": time}
    return f"{long_day(value)}, {time}"


def conversation(messages: Iterable[Message], file_url: FileUrl) -> list[Entry]:
    """Return messages with author, text and files; `body` and `attachments` should be loaded."""
    entries, last = [], None
    for message in messages:
        today = local(message.at).date()
        entries.append(_entry(message, today if today != last else None, file_url))
        last = today
    return entries


def _entry(message: Message, day: date | None, file_url: FileUrl) -> Entry:
    files = list(message.attachments.all())
    images = {f.content_id.strip("<>"): f"{file_url(f)}?inline" for f in files if f.content_id}
    html = message.body.html
    shown = {cid for cid in images if f"cid:{cid}" in html}
    listed = [file for file in files if file.content_id.strip("<>") not in shown or not file.content_id]
    return Entry(
        message,
        day,
        message.from_name or (_("IT support") if message.author_is_agent else _("You")),
        message.direction == "outbound" or message.author_is_agent,
        clean_html(html, images) if html else linked_text(message.body.text),
        tuple((file, file_url(file)) for file in listed),
    )


def opening(organisation_id: int | None, now: datetime) -> Opening | None:
    """Say whether the house answers at `now` and when that changes; `None` without service hours."""
    try:
        hours = hours_of(default_calendar(organisation_id).pk)
    except NoCalendar:
        return None
    span = next(hours.opening_spans(now, now + LOOK_AHEAD), None)
    if span is None:
        return Opening(False, _("At the moment there are no service hours planned."))
    begin, end = span
    if begin > now:
        return Opening(False, _("Again from %(time)s.") % {"time": moment(begin, now)})
    if end - now > timedelta(days=1):
        return Opening(True, _("We are there for you."))
    return Opening(True, _("We are there for you until %(time)s.") % {"time": moment(end, now)})
