"""Saying later who an unknown caller was: somebody the desk knows, or a new person."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import visible_people
from leitstelle.accounts.queries.callers import find_callers
from leitstelle.intake.actions.calls import introduce_caller
from leitstelle.intake.forms.calls import UNKNOWN, CallerForm
from leitstelle.intake.models import Call
from leitstelle.intake.views.call_drafts import agent_of
from leitstelle.intake.views.calls import SUGGESTIONS
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets


def name_caller(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show and save whose ticket a call of somebody unknown is."""
    viewer = agent_of(request)
    ticket = get_object_or_404(visible_tickets(viewer), public_id=public_id)
    call = Call.objects.filter(message__ticket=ticket).order_by("pk").first()
    form = CallerForm(request.POST or None, initial=_known(call))
    if request.method == "POST" and request.POST.get("step") != "find" and form.is_valid():
        try:
            person = _settle(ticket, form, viewer)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("%(person)s is the requester now.") % {"person": person.display_name})
            return go(request, reverse("tickets:ticket", args=[ticket.public_id]))
    context = {"ticket": ticket, "form": form, "candidates": _candidates(form, viewer)}
    return page(request, "intake/name_caller.html", context, status=422 if form.errors else 200)


def _known(call: Call | None) -> dict[str, str]:
    names = ("caller_name", "caller_number", "caller_email", "caller_organisation")
    return {name: getattr(call, name) for name in names} if call else {}


def _candidates(form: CallerForm, viewer: Viewer) -> list[Person]:
    """People whom the search fits; before anybody searched, those whom the number, address or name fits."""
    for name in ("who", "caller_number", "caller_email", "caller_name"):
        found = find_callers(viewer, str(form[name].value() or ""), limit=SUGGESTIONS)
        if found:
            return found
    return []


def _settle(ticket: Ticket, form: CallerForm, viewer: Viewer) -> Person:
    chosen, now = form.cleaned_data["person"], timezone.now()
    if chosen and chosen != UNKNOWN:
        person = get_object_or_404(visible_people(viewer), pk=int(chosen))
        tickets.change_requester(ticket, person, by=viewer, now=now)
        return person
    return introduce_caller(ticket, form.stranger, by=viewer, now=now)
