"""Answers that wait to be sent: undo, send now, another time."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, toast, viewer_of
from leitstelle.kernel.web.formats import day_time
from leitstelle.tickets.actions.planned import move_planned, withdraw_planned
from leitstelle.tickets.choices import DraftMode
from leitstelle.tickets.forms import PlannedForm
from leitstelle.tickets.models import PlannedReply
from leitstelle.tickets.policies import visible_planned
from leitstelle.tickets.views.doors import agents_only, ticket_url


@agents_only
@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Do not send an answer; its words stand in the composer again."""
    viewer = viewer_of(request)
    planned = _planned(viewer, public_id)
    address = ticket_url(planned.ticket)
    try:
        withdraw_planned(planned, by=viewer, now=timezone.now())
    except DomainError as error:
        toast(request, error.message)
        return go(request, address)
    toast(request, _("Not sent. Your text stands below."))
    mode = DraftMode.FORWARD if planned.is_forward else DraftMode.REPLY
    return go(request, f"{address}?again={planned.public_id}#{mode}")


@agents_only
@require_POST
def move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send an answer at another time; without a time at once."""
    viewer = viewer_of(request)
    planned = _planned(viewer, public_id)
    form, now = PlannedForm(request.POST), timezone.now()
    try:
        if not form.is_valid():
            toast(request, _("This is not a time."))
            return go(request, ticket_url(planned.ticket))
        moved = move_planned(planned, form.cleaned_data["send_at"] or now, by=viewer, now=now)
    except DomainError as error:
        toast(request, next(iter(error.fields.values()), error.message))
    else:
        shown = _("Will be sent %(time)s.") % {"time": day_time(moved.due_at)}
        toast(request, shown if moved.is_scheduled else _("Sent."))
    return go(request, ticket_url(planned.ticket))


def _planned(viewer: Viewer, public_id: UUID) -> PlannedReply:
    found = visible_planned(viewer).select_related("ticket__status").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found
