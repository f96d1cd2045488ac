"""One report: where it stands, the conversation, answering, and confirming the solution."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.catalog.labels import name_of
from leitstelle.intake.forms.portal import AnswerForm
from leitstelle.intake.views.portal_doors import find_report, signed_in
from leitstelle.intake.views.portal_files import file_limits, take_files
from leitstelle.intake.views.portal_words import FileUrl, conversation, report_of, steps
from leitstelle.kernel.blobs import preview_response, response
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import collect, go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.tickets import actions
from leitstelle.tickets.choices import DraftMode, Verb
from leitstelle.tickets.models import Attachment, Message, Ticket
from leitstelle.tickets.policies import can_write, visible_attachments, visible_drafts, visible_messages
from leitstelle.tickets.queries import living, possible_steps
from leitstelle.tickets.queries import workspace as reads
from leitstelle.tickets.rules.inputs import NewFile
from leitstelle.tickets.rules.life_cycle import FollowUp, follow_up
from leitstelle.triage.actions.replies import answer_from_portal


@signed_in
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a report; a live update gets standing and conversation alone and leaves typed text alone."""
    viewer = viewer_of(request)
    ticket = find_report(viewer, public_id)
    return page(
        request,
        "intake/portal/detail.html",
        _context(request, ticket, viewer),
        fragment="intake/portal/_conversation.html",
    )


@signed_in
@require_POST
def answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add what the requester writes; a solved report is taken up again by it."""
    viewer = viewer_of(request)
    ticket = find_report(viewer, public_id)
    form = take_answer(request, ticket, viewer)
    if form.errors:
        context = _context(request, ticket, viewer, form=form)
        return page(request, "intake/portal/detail.html", context, status=422)
    return go(request, _url(ticket))


@signed_in
@require_POST
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The requester says that it works."""
    ticket = find_report(viewer_of(request), public_id)
    confirm_solution(request, ticket, viewer_of(request))
    return go(request, _url(ticket))


@signed_in
@require_POST
def keep_answer_draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep what is being typed; called while the person types."""
    viewer = viewer_of(request)
    ticket = find_report(viewer, public_id)
    text = request.POST.get("body", "")
    actions.save_draft(ticket, DraftMode.REPLY, text, by=viewer, now=timezone.now())
    return HttpResponse(status=204)


@signed_in
def file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Serve a file of a public message under the requester's hat."""
    return file_response(request, visible_attachments(viewer_of(request)).filter(public_id=public_id).first())


def file_response(request: HttpRequest, found: Attachment | None) -> HttpResponseBase:
    """Serve a file as a download; raster images may be shown inline, and have a small picture."""
    if found is None or ("preview" in request.GET and not found.blob.has_preview):
        raise Http404
    if "preview" in request.GET:
        return preview_response(found.blob, found.filename)
    return response(found.blob, found.filename, inline_image="inline" in request.GET)


def _url(ticket: Ticket) -> str:
    return reverse("portal:report-detail", args=[ticket.public_id])


def _file_url(attachment: Attachment) -> str:
    return reverse("portal:file", args=[attachment.public_id])


def _context(
    request: HttpRequest, ticket: Ticket, viewer: Viewer, *, form: AnswerForm | None = None
) -> dict[str, Any]:
    draft = visible_drafts(viewer).filter(ticket=ticket, mode=DraftMode.REPLY).first()
    arguments = [ticket.public_id]
    return {
        **report_context(request, ticket, viewer, _file_url),
        "form": form or AnswerForm(initial={"body": draft.text if draft else ""}),
        "here": _url(ticket),
        "answer_url": reverse("portal:report-answer", args=arguments),
        "confirm_url": reverse("portal:report-confirm", args=arguments),
        "draft_url": reverse("portal:report-draft", args=arguments),
        "continued_url": _continued(ticket, viewer),
        "panels": collect("report.header", viewer, [ticket])[ticket.pk],
    }


def _continued(ticket: Ticket, viewer: Viewer) -> str:
    """Return the address of the report this one was joined with, where the viewer may see it."""
    target = living(ticket)
    is_read = (
        target.pk != ticket.pk and visible_messages(viewer).filter(ticket=target, apart_of=None).exists()
    )
    return _url(target) if is_read else ""


def report_context(request: HttpRequest, ticket: Ticket, viewer: Viewer, file_url: FileUrl) -> dict[str, Any]:
    """Return what the page of a report shows to whoever reads it: signed in or by the link of a mail."""
    now = timezone.now()
    talk = reads.conversation(ticket, viewer, before=_before(request, ticket, viewer))
    verbs = {step.verb for step in possible_steps(ticket, as_agent=False)}
    return {
        **file_limits(),
        "report": report_of(ticket, now),
        "about": name_of(ticket.category) if ticket.category else "",
        "steps": steps(),
        "entries": conversation(talk.messages, file_url),
        "older_url": f"?before={talk.messages[0].public_id}" if talk.older else "",
        "can_confirm": Verb.CONFIRM in verbs,
        "can_answer": can_write(viewer, ticket, "public") and not _is_over(ticket, now),
    }


def _before(request: HttpRequest, ticket: Ticket, viewer: Viewer) -> Message | None:
    text = request.GET.get("before", "")
    try:
        wanted = UUID(text)
    except ValueError:
        return None
    return visible_messages(viewer).filter(ticket=ticket, public_id=wanted).first()


def _is_over(ticket: Ticket, now: datetime) -> bool:
    """Whether an answer would be a new matter: what was completed long ago is reported anew."""
    return follow_up(ticket.status_type, False, ticket.closed_at, now) is FollowUp.NEW_TICKET


def take_answer(request: HttpRequest, ticket: Ticket, viewer: Viewer) -> AnswerForm:
    """Add the answer of the request to the report; returns the form with errors where it was refused."""
    form = AnswerForm(request.POST)
    now = timezone.now()
    if form.is_valid() and not _is_over(ticket, now):
        try:
            files = take_files(request, form)
            if not form.errors:
                _reply(ticket, form.cleaned_data["body"], files, viewer, now)
                toast(request, _("Your answer has been sent."))
        except DomainError as error:
            add_domain_error(form, error)
            ticket.refresh_from_db()
    elif not form.errors:
        form.add_error(None, _("This report was completed a while ago. Please report the problem again."))
    return form


@unit()
def _reply(ticket: Ticket, text: str, files: tuple[NewFile, ...], by: Viewer, now: datetime) -> None:
    answer_from_portal(ticket, text, by=by, now=now, files=files)
    actions.discard_draft(ticket, DraftMode.REPLY, by=by)


def confirm_solution(request: HttpRequest, ticket: Ticket, viewer: Viewer) -> None:
    """Confirm the solution and thank; pressed twice, it has been confirmed already."""
    if any(step.verb == Verb.CONFIRM for step in possible_steps(ticket, as_agent=False)):
        actions.confirm_solution(ticket, by=viewer, now=timezone.now())
    toast(request, _("Thank you. The report is completed."))
