"""Writing on a ticket: replies, notes, drafts; and fetching files."""

from datetime import datetime
from uuid import UUID

from django.core.validators import validate_email
from django.forms import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.kernel.blobs import response
from leitstelle.kernel.errors import DomainError, NotFound
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.tickets import actions
from leitstelle.tickets.choices import DraftMode, RecipientRole
from leitstelle.tickets.forms import ComposerForm
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.policies import visible_attachments
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.rules.inputs import NewFile, NewRecipient
from leitstelle.tickets.views.doors import agents_only, find_ticket, store_uploads, ticket_url
from leitstelle.tickets.views.ticket import ticket_context

RESOLVED, WAITING = "resolved", "waiting_requester"


@agents_only
@require_POST
def write(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send a reply or keep a note, then perhaps wait or resolve, all in one transaction."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    form = ComposerForm(request.POST)
    if form.is_valid():
        try:
            files = store_uploads(request.FILES.getlist("files"))
            _write(ticket, form, files, viewer, timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        except ValidationError as error:
            form.add_error("cc", error)
    if form.errors:
        ticket.refresh_from_db()
        context = ticket_context(ticket, viewer, composer=form)
        return page(request, "tickets/ticket.html", context, status=422)
    toast(request, _("Sent.") if form.cleaned_data["mode"] == DraftMode.REPLY else _("Note saved."))
    return go(request, ticket_url(ticket))


@unit()
def _write(ticket: Ticket, form: ComposerForm, files: tuple[NewFile, ...], by: Viewer, now: datetime) -> None:
    data = form.cleaned_data
    if data["mode"] == DraftMode.NOTE:
        actions.write_note(ticket, data["body"], by=by, now=now, files=files)
    else:
        recipients = (*reply_recipients(ticket), *_copies(data["cc"]))
        message = actions.reply(ticket, data["body"], recipients=recipients, by=by, now=now, files=files)
        _afterwards(ticket, data["after"], message, by, now)
    actions.discard_draft(ticket, DraftMode(data["mode"]), by=by)


def _afterwards(ticket: Ticket, after: str, message: Message, by: Viewer, now: datetime) -> None:
    """The answer is booked before the clock pauses or stops (research, trap 39)."""
    if after == WAITING and ticket.status_id != WAITING:
        actions.wait_for(ticket, WAITING, reason="", question=message, by=by, now=now)
    elif after == RESOLVED:
        actions.resolve_ticket(ticket, code="solved", by=by, now=now, solution=message)


def _copies(text: str) -> tuple[NewRecipient, ...]:
    """Read addresses for a copy; raises `ValidationError` naming the one that is none."""
    addresses = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError:
            raise ValidationError(_("“%(address)s” is not a mail address.") % {"address": address}) from None
    return tuple(NewRecipient(email=address, role=RecipientRole.CC) for address in addresses)


@agents_only
@require_POST
def keep_draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep what is being typed; called by the composer while the person types."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    mode = request.POST.get("mode", "")
    if mode not in (DraftMode.REPLY, DraftMode.NOTE):
        raise Http404
    actions.save_draft(ticket, DraftMode(mode), request.POST.get("body", ""), by=viewer, now=timezone.now())
    return HttpResponse(status=204)


def attachment(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Serve a file to whoever may read its message, as a download; raster images may be shown inline."""
    found = visible_attachments(viewer_of(request)).select_related("blob").filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return response(found.blob, found.filename, inline_image="inline" in request.GET)
