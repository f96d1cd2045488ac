"""One click below a message that did not arrive: another try."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.intake.actions.resending import send_again as again
from leitstelle.intake.views.quarantine import need_agent
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.web import go, toast
from leitstelle.kernel.web.addresses import address
from leitstelle.tickets.policies import visible_messages


@require_POST
def send_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send a message again to those who did not get it; with `clear` their addresses are cleared first."""
    viewer = need_agent(request)
    rows = visible_messages(viewer).select_related("ticket__requester", "ticket__status", "body", "author")
    message = get_object_or_404(rows, public_id=public_id)
    try:
        sent = again(message, by=viewer, now=timezone.now(), clear=request.POST.get("clear") == "1")
    except DomainError as error:
        toast(request, error.message)
    else:
        toast(request, _("Another try to %(addresses)s is under way.") % {"addresses": ", ".join(sent)})
    return go(request, address("tickets:ticket", message.ticket.public_id))
