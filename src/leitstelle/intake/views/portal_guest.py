"""Guests: the mail with the confirming link, confirming, and reading and answering one report without signing in.

The signed link is the key to this one report: it went to the confirmed address only, opens nothing else, and
ends after thirty days. Looking at a link never changes anything, because mail scanners look at every link.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from leitstelle.accounts.queries import find_by_email, viewer_for
from leitstelle.intake.actions.portal import (
    CONFIRM,
    READ,
    READ_FOR,
    SENT,
    Answers,
    Guest,
    confirm_guest_report,
    keep_guest_report,
    resend_confirmation,
    token_for,
)
from leitstelle.intake.errors import GuestLinkExpired
from leitstelle.intake.forms.portal import AnswerForm
from leitstelle.intake.models import GuestReport
from leitstelle.intake.queries import own_addresses
from leitstelle.intake.views.portal_detail import (
    confirm_solution,
    file_response,
    report_context,
    take_answer,
)
from leitstelle.intake.views.portal_doors import absolute, check_machine, find_report, keep_private
from leitstelle.kernel import limits
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.secrets import unsign
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.tickets.models import Attachment, Ticket
from leitstelle.tickets.policies import visible_attachments
from leitstelle.tickets.rules.inputs import NewFile

REPORTS_PER_MACHINE = (20, timedelta(hours=1))
MAILS_PER_ADDRESS = (5, timedelta(hours=1))
LINKS_PER_MACHINE = (600, timedelta(hours=1))


def keep_report(
    request: HttpRequest, guest: Guest, answers: Answers, files: tuple[NewFile, ...], now: datetime
) -> GuestReport:
    """Keep a guest's report and have the mail sent. The same for known and unknown addresses.

    Raises `TooMany` for the machine and the address, `InvalidInput` for an address of the desk itself.
    """
    check_machine(request, "portal.guest", *REPORTS_PER_MACHINE, now)
    limit, per = MAILS_PER_ADDRESS
    limits.check("portal.guest.address", guest.email, limit=limit, per=per, now=now)
    if guest.email in own_addresses():
        raise InvalidInput(fields={"email": _("Please give your own mail address.")})
    return keep_guest_report(guest, answers, files, url_of=lambda kept: _link(request, kept), now=now)


def _link(request: HttpRequest, report: GuestReport) -> str:
    return absolute(request, reverse("portal:guest-confirm", args=[token_for(report, CONFIRM)]))


def sent(request: HttpRequest, token: str) -> HttpResponse:
    """Say that a mail is on its way; a POST sends it once more. Shows the address, never what it belongs to."""
    report = _report(token, SENT)
    if report is None:
        return _invalid(request)
    if request.method == "POST":
        now = timezone.now()
        check_machine(request, "portal.guest", *REPORTS_PER_MACHINE, now)
        limit, per = MAILS_PER_ADDRESS
        limits.check("portal.guest.address", report.email, limit=limit, per=per, now=now)
        resend_confirmation(report, url_of=lambda kept: _link(request, kept), now=now)
        toast(request, _("We have sent the mail again."))
        return go(request, request.path)
    context = {"email": report.email, "until": report.expires_at}
    return keep_private(page(request, "intake/portal/guest_sent.html", context))


def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST confirms; once confirmed, the same link leads to the report."""
    now = timezone.now()
    check_machine(request, "portal.guest.link", *LINKS_PER_MACHINE, now)
    report = _report(token, CONFIRM)
    if report is None:
        return _invalid(request)
    if report.confirmed_at is not None:
        return go(request, reverse("portal:guest-report", args=[token_for(report, READ)]))
    if request.method != "POST":
        if report.expires_at <= now:
            return _invalid(request, 410)
        return keep_private(page(request, "intake/portal/guest_confirm.html", {"report": report}))
    try:
        confirm_guest_report(report, now=now)
    except GuestLinkExpired:
        return _invalid(request, 410)
    toast(request, _("Thank you. Your report has reached us."))
    return go(request, reverse("portal:guest-report", args=[token_for(report, READ)]))


@dataclass(frozen=True)
class _Reading:
    """A confirmed report and its ticket, seen as the person whose address was confirmed."""

    token: str
    viewer: Viewer
    ticket: Ticket
    until: datetime

    def url(self, name: str, *more: object) -> str:
        return reverse(f"portal:{name}", args=[self.token, *more])


def _reading(request: HttpRequest, token: str) -> _Reading | None:
    """Return what the link opens; `None` where it is not ours, too old, or no longer that person's report."""
    check_machine(request, "portal.guest.link", *LINKS_PER_MACHINE, timezone.now())
    report = _report(token, READ)
    if report is None or report.confirmed_at is None or report.ticket is None:
        return None
    until = report.confirmed_at + READ_FOR
    person = find_by_email(report.email)
    if person is None or until <= timezone.now():
        return None
    # The rights of the person, cut down to this one report by the door.
    viewer = viewer_for(person, Hat.REQUESTER)
    try:
        return _Reading(token, viewer, find_report(viewer, report.ticket.public_id), until)
    except Http404:
        return None


@require_GET
def read(request: HttpRequest, token: str) -> HttpResponse:
    """Show the report to whoever holds the link of the mail."""
    reading = _reading(request, token)
    if reading is None:
        return _invalid(request)
    response = page(
        request,
        "intake/portal/guest_report.html",
        _context(request, reading),
        fragment="intake/portal/_conversation.html",
    )
    return keep_private(response)


@require_POST
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Add what the guest writes."""
    reading = _reading(request, token)
    if reading is None:
        return _invalid(request)
    form = take_answer(request, reading.ticket, reading.viewer)
    if form.errors:
        context = _context(request, reading, form=form)
        return keep_private(page(request, "intake/portal/guest_report.html", context, status=422))
    return go(request, reading.url("guest-report"))


@require_POST
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The guest says that it works."""
    reading = _reading(request, token)
    if reading is None:
        return _invalid(request)
    confirm_solution(request, reading.ticket, reading.viewer)
    return go(request, reading.url("guest-report"))


@require_GET
def file(request: HttpRequest, token: str, public_id: UUID) -> HttpResponseBase:
    """Serve a file of a public message of this one report."""
    reading = _reading(request, token)
    if reading is None:
        return _invalid(request)
    # Those of a report that was joined with another one, and kept apart from it, are still its own.
    own = Q(message__ticket=reading.ticket) | Q(message__apart_of=reading.ticket)
    files = visible_attachments(reading.viewer).filter(own)
    return file_response(request, files.filter(public_id=public_id).first())


def _context(request: HttpRequest, reading: _Reading, *, form: AnswerForm | None = None) -> dict[str, Any]:
    def file_url(attachment: Attachment) -> str:
        return reading.url("guest-file", attachment.public_id)

    return {
        **report_context(request, reading.ticket, reading.viewer, file_url),
        "form": form or AnswerForm(),
        "here": reading.url("guest-report"),
        "answer_url": reading.url("guest-answer"),
        "confirm_url": reading.url("guest-done"),
        "draft_url": "",
        "continued_url": "",
        "until": reading.until,
        "signed_in": viewer_of(request).person_id is not None,
    }


def _report(token: str, purpose: str) -> GuestReport | None:
    try:
        public_id = UUID(unsign(token, purpose))
    except (BadSignature, ValueError):
        return None
    return GuestReport.objects.select_related("ticket").filter(public_id=public_id).first()


def _invalid(request: HttpRequest, status: int = 404) -> HttpResponse:
    return keep_private(page(request, "intake/portal/guest_invalid.html", status=status))
