"""Reports from the portal: those of people who signed in, and those of guests, which wait for a confirmed address.

A guest's words are kept raw until then; nobody is created and nothing reaches the desk before the confirmation.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import viewer_for
from leitstelle.catalog.models import Category, Impact, Urgency
from leitstelle.intake.actions.outgoing import send_confirmation
from leitstelle.intake.errors import GuestLinkExpired
from leitstelle.intake.events import GuestReportConfirmed, GuestReportKept
from leitstelle.intake.models import GuestFile, GuestReport
from leitstelle.intake.queries.guides import brought_guide, team_named
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.events import Actor, Subject, record, unit
from leitstelle.kernel.secrets import sign
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.knowledge.rules.guides import Outcome
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Audience, Channel, Direction, DraftMode, Kind
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.inputs import NewFile, NewMessage

CONFIRM_WITHIN = timedelta(days=7)
READ_FOR = timedelta(days=30)
CONFIRM, READ, SENT = "guest-confirm", "guest-read", "guest-sent"
GUEST = Actor.system("guest")
UrlOf = Callable[[GuestReport], str]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the form asked: the words, where they belong, how bad it is."""

    text: str
    category_id: int | None = None
    kind: str = Kind.INCIDENT
    impact: str = "person"
    urgency: str = "hindered"
    device: str = ""
    place: str = ""
    # The guide it was made with, as the form carried it.
    guide: str = ""


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Who a guest says they are."""

    name: str
    email: str
    phone: str = ""
    language: str = "de"


def token_for(report: GuestReport, purpose: str) -> str:
    """Return the signed handle of a guest's report for one purpose: CONFIRM, READ or SENT."""
    return sign(str(report.public_id), purpose)


@unit()
def report_problem(answers: Answers, files: tuple[NewFile, ...], *, by: Viewer, now: datetime) -> Ticket:
    """Open a ticket for the person signed in and forget their draft. Records `TicketOpened`.

    Raises as `open_ticket`.
    """
    ticket = _open(answers, files, "", by.person_id, by=by, now=now)
    tickets.discard_draft(None, DraftMode.NEW, by=by)
    return ticket


def _open(
    answers: Answers,
    files: tuple[NewFile, ...],
    phone: str,
    requester_id: int | None,
    *,
    by: Viewer,
    now: datetime,
) -> Ticket:
    brought = brought_guide(answers.guide)
    outcome = brought[1].outcome if brought else Outcome()
    new = tickets.NewTicket(
        subject="",
        channel=Channel.PORTAL,
        requester_id=requester_id,
        kind=Kind(outcome.kind or answers.kind),
        team_id=team_named(outcome.team),
        category_id=answers.category_id,
        impact=answers.impact,
        urgency=answers.urgency,
        device_label=answers.device,
        language=by.language,
    )
    first = NewMessage(
        text=_words(answers, phone),
        direction=Direction.INBOUND,
        channel=Channel.PORTAL,
        audience=Audience.PUBLIC,
        author_id=requester_id,
        files=files,
    )
    ticket = tickets.open_ticket(new, first, by=by, now=now)
    if brought:
        offered, found = brought
        tickets.bring_guide(ticket, offered, found.given, by=by, now=now)
    return ticket


def _words(answers: Answers, phone: str) -> str:
    """The text as a message: what the ticket has no field for stands below, in the requester's language."""
    more = [(_("Where"), answers.place), (_("Phone"), phone)]
    lines = [f"{label}: {value}" for label, value in more if value]
    return "\n\n".join(part for part in (answers.text, "\n".join(lines)) if part)


@unit()
def keep_guest_report(
    guest: Guest, answers: Answers, files: tuple[NewFile, ...], *, url_of: UrlOf, now: datetime
) -> GuestReport:
    """Keep a guest's report and queue the mail that asks to confirm the address. Anybody.

    `url_of` makes the whole address of the confirming page. Records `GuestReportKept` and `MailQueued`.
    """
    report = GuestReport.objects.create(
        email=guest.email,
        name=guest.name,
        phone=guest.phone,
        language=guest.language,
        report=asdict(answers),
        created_at=now,
        expires_at=now + CONFIRM_WITHIN,
    )
    GuestFile.objects.bulk_create(
        GuestFile(report=report, blob_id=file.blob_id, filename=file.filename[:255]) for file in files
    )
    record(GuestReportKept(files=len(files)), subject=_subject(report), actor=GUEST, at=now)
    send_confirmation(report, url_of(report), now=now)
    return report


@unit()
def resend_confirmation(report: GuestReport, *, url_of: UrlOf, now: datetime) -> None:
    """Queue the confirming mail once more while it is still of use. Records `MailQueued`."""
    if report.confirmed_at is None and report.expires_at > now:
        send_confirmation(report, url_of(report), now=now)


@unit()
def confirm_guest_report(report: GuestReport, *, now: datetime) -> Ticket:
    """Make person and ticket of a report whose link was used; a second time gives the same ticket.

    Records `PersonCreated` for unknown addresses, `TicketOpened`, `GuestReportConfirmed`. Raises
    `GuestLinkExpired`.
    """
    waiting = GuestReport.objects.filter(pk=report.pk, confirmed_at__isnull=True, expires_at__gt=now)
    if not waiting.update(confirmed_at=now):
        return _ticket_of(report)
    with translation.override(report.language):
        person, created = accounts.ensure_person_for_address(
            report.email, report.name, by=Viewer.system(), now=now, language=report.language
        )
        if created and report.phone:
            _add_phone(person, report.phone, now=now)
        answers = _known(report.report)
        own = viewer_for(person, Hat.REQUESTER)
        # Somebody whose account was closed may still bring something, as by mail; they act through the house.
        by = own if own.person_id is not None else replace(Viewer.system(), language=report.language)
        ticket = _open(answers, _files_of(report), report.phone, person.pk, by=by, now=now)
    GuestReport.objects.filter(pk=report.pk).update(ticket=ticket)
    record(GuestReportConfirmed(ticket_id=ticket.pk), subject=_subject(report), actor=GUEST, at=now)
    report.refresh_from_db()
    return ticket


def _ticket_of(report: GuestReport) -> Ticket:
    report.refresh_from_db()
    if report.confirmed_at is None or report.ticket is None:
        raise GuestLinkExpired()
    return report.ticket


def _add_phone(person: Person, number: str, *, now: datetime) -> None:
    """A number nobody can read as one stays in the text; it is no reason to refuse the report."""
    point = accounts.ContactInput(kind=ContactKind.PHONE, value=number)
    try:
        accounts.add_contact_point(person, point, by=Viewer.system(), now=now)
    except DomainError:
        return


def _known(values: dict[str, Any]) -> Answers:
    """Answers kept a week ago: what was taken out of the catalogue meanwhile is left out."""
    answers = Answers(**values)
    category = Category.objects.filter(pk=answers.category_id).first() if answers.category_id else None
    return Answers(
        **{
            **values,
            "category_id": category.pk if category else None,
            "impact": answers.impact if Impact.objects.filter(pk=answers.impact).exists() else "person",
            "urgency": answers.urgency if Urgency.objects.filter(pk=answers.urgency).exists() else "hindered",
        }
    )


def _files_of(report: GuestReport) -> tuple[NewFile, ...]:
    return tuple(
        NewFile(
            blob_id=row.blob_id,
            filename=row.filename,
            content_type=row.blob.content_type,
            size=row.blob.size,
        )
        for row in report.attached.select_related("blob").order_by("pk")
    )


def _subject(report: GuestReport) -> Subject:
    return Subject("guest_report", report.pk)


def forget_unconfirmed(now: datetime) -> int:
    """Delete what nobody confirmed in time; returns how many. Their files go with the next clean-up."""
    return GuestReport.objects.filter(confirmed_at__isnull=True, expires_at__lte=now).delete()[0]
