"""One click beside a mail: it belongs elsewhere, is a matter of its own, or is not of this person."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.intake.actions.corrections import move_mail, not_this_person, own_ticket
from leitstelle.intake.models import InboundMail
from leitstelle.intake.views.quarantine import found_mail, need_agent
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, toast
from leitstelle.kernel.web.addresses import address
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets


@require_POST
def correct(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Do what the button says (`what`); with `number` for the ticket a mail is moved to."""
    viewer = need_agent(request)
    mail = found_mail(viewer, public_id)
    here = mail.ticket
    try:
        there, words = _corrected(mail, request, viewer)
    except DomainError as error:
        there, words = here, error.message
    toast(request, words)
    shown = there or here
    return go(request, address("tickets:ticket", shown.public_id) if shown else address("intake:quarantine"))


def _corrected(mail: InboundMail, request: HttpRequest, viewer: Viewer) -> tuple[Ticket | None, str]:
    now, what = timezone.now(), request.POST.get("what", "")
    if what == "move":
        target = _ticket(viewer, request.POST.get("number", ""))
        if target is None:
            return mail.ticket, _("There is no such ticket.")
        move_mail(mail, target, by=viewer, now=now)
        return target, _("Moved to #%(number)s.") % {"number": target.number}
    if what == "own":
        ticket = own_ticket(mail, by=viewer, now=now)
        return ticket, _("This is ticket #%(number)s now.") % {"number": ticket.number}
    if what == "person":
        person = not_this_person(mail, by=viewer, now=now)
        return mail.ticket, _("The address belongs to %(name)s now.") % {"name": person.display_name}
    return mail.ticket, _("Nothing was changed.")


def _ticket(viewer: Viewer, text: str) -> Ticket | None:
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 18):
        return None
    return visible_tickets(viewer).select_related("status").filter(number=int(digits)).first()
