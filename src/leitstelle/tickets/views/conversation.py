"""Writing on a ticket: answers, notes, calls, drafts; and fetching files."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from leitstelle.kernel.blobs import preview_response, response
from leitstelle.kernel.errors import DomainError, NotFound
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.formats import day_time
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.tickets import actions
from leitstelle.tickets.actions.answers import NewAnswer, send_answer, step_afterwards
from leitstelle.tickets.actions.conversation import note_call
from leitstelle.tickets.actions.planned import OPEN, plan_answer, undo_time, withdraw_planned
from leitstelle.tickets.choices import DraftMode, RecipientRole, Talk
from leitstelle.tickets.errors import NoRecipient
from leitstelle.tickets.forms import COMPOSER_MODES, ComposerForm
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_attachments, visible_planned
from leitstelle.tickets.queries.composing import files_to_send, forwardable, named_recipients
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.rules.inputs import NewFile, NewRecipient
from leitstelle.tickets.views.doors import agents_only, find_ticket, store_uploads, ticket_url
from leitstelle.tickets.views.ticket import ticket_context

DONE = {
    DraftMode.REPLY: gettext_lazy("Sent."),
    DraftMode.FORWARD: gettext_lazy("Forwarded."),
    DraftMode.NOTE: gettext_lazy("Note saved."),
    DraftMode.CALL: gettext_lazy("Call noted."),
}


@agents_only
@require_POST
def write(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send an answer, pass a message on, keep a note or note a call, then perhaps wait or resolve; one transaction."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    form = ComposerForm(request.POST)
    done = ""
    if form.is_valid():
        try:
            files = store_uploads(request.FILES.getlist("files"))
            files += files_to_send(viewer, ticket, request.POST.getlist("attached"))
            done = _write(ticket, form, files, viewer, timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
    if form.errors:
        ticket.refresh_from_db()
        context = ticket_context(ticket, viewer, composer=form)
        return page(request, "tickets/ticket.html", context, status=422)
    toast(request, done)
    return go(request, ticket_url(ticket))


@unit()
def _write(ticket: Ticket, form: ComposerForm, files: tuple[NewFile, ...], by: Viewer, now: datetime) -> str:
    data = form.cleaned_data
    mode = DraftMode(data["mode"])
    done = str(DONE[mode])
    if mode is DraftMode.NOTE:
        actions.write_note(ticket, data["body"], by=by, now=now, files=files)
    elif mode is DraftMode.CALL:
        at, seconds = form.talk_span(now)
        talk = Talk(data["talk"] or Talk.INBOUND)
        call = note_call(ticket, data["body"], talk, by=by, now=now, at=at, seconds=seconds, files=files)
        step_afterwards(ticket, data["after"], call, by=by, now=now)
    else:
        done = _answer(ticket, form, _new_answer(ticket, form, files, by), by, now) or done
    actions.discard_draft(ticket, mode, by=by)
    return done


def _answer(ticket: Ticket, form: ComposerForm, new: NewAnswer, by: Viewer, now: datetime) -> str:
    """Send at once where nothing can be undone, else plan it; the words for whoever pressed where that says more."""
    again, send_at = form.cleaned_data["again"], form.cleaned_data["send_at"]
    replaced = visible_planned(by).filter(ticket=ticket, public_id=again).first() if again else None
    if replaced is not None and replaced.state in OPEN:
        withdraw_planned(replaced, by=by, now=now)
    if send_at is None and not undo_time():
        send_answer(ticket, new, by=by, now=now)
        return ""
    planned = plan_answer(ticket, new, by=by, now=now, send_at=send_at)
    if planned.is_scheduled:
        return _("Will be sent %(time)s.") % {"time": day_time(planned.due_at)}
    return _("Sent in %(seconds)s seconds. “z” undoes it.") % {"seconds": undo_time().seconds}


def _new_answer(ticket: Ticket, form: ComposerForm, files: tuple[NewFile, ...], by: Viewer) -> NewAnswer:
    data = form.cleaned_data
    forwards = data["mode"] == DraftMode.FORWARD
    return NewAnswer(
        text=data["body"],
        recipients=_recipients(ticket, form, forwards),
        files=files,
        subject=data["subject"] if forwards else "",
        forwarded=forwardable(by, ticket, data["forward"]) if forwards else None,
        after=data["after"] if not forwards else "",
    )


def _recipients(ticket: Ticket, form: ComposerForm, forwards: bool) -> tuple[NewRecipient, ...]:
    """Whom the lines name. A form without the line "To" means those who get answers anyway."""
    data = form.cleaned_data
    standard = reply_recipients(ticket)
    if forwards or "to" in form.data:
        named = named_recipients(to=data["to"], cc=data["cc"], bcc=data["bcc"])
        if not any(one.role == RecipientRole.TO for one in named) and (named or standard or forwards):
            raise NoRecipient(fields={"to": _("Please name at least one recipient.")})
        return named
    return (*standard, *named_recipients(cc=data["cc"], bcc=data["bcc"]))


@agents_only
@require_POST
def keep_draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep what is being typed; called by the composer while the person types."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    mode = request.POST.get("mode", "")
    if mode not in COMPOSER_MODES:
        raise Http404
    actions.save_draft(ticket, DraftMode(mode), request.POST.get("body", ""), by=viewer, now=timezone.now())
    return HttpResponse(status=204)


def attachment(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Serve a file to whoever may read its message, as a download; raster images inline or small, if asked."""
    found = (
        visible_attachments(viewer_of(request))
        .select_related("blob__preview")
        .filter(public_id=public_id)
        .first()
    )
    if found is None or ("preview" in request.GET and not found.blob.has_preview):
        raise NotFound()
    if "preview" in request.GET:
        return preview_response(found.blob, found.filename)
    return response(found.blob, found.filename, inline_image="inline" in request.GET)
