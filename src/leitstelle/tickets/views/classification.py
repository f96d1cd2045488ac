"""Correcting what a ticket is about and whose it is."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.accounts.policies import visible_people
from leitstelle.catalog.models import Service
from leitstelle.kernel.errors import DomainError, InvalidInput
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.tickets import actions
from leitstelle.tickets.forms import ClassifyForm, SubjectForm
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.views.doors import agents_only, find_ticket, show_present_version, ticket_url
from leitstelle.tickets.views.ticket import form_page, ticket_context


@agents_only
@require_POST
def classification(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Save kind, category, service, impact × urgency and device."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    form = ClassifyForm(request.POST, auto_id="classify_%s")
    if form.is_valid():
        data = form.cleaned_data
        urgency, impact = form.urgency_and_impact()
        wanted = actions.Classification(
            kind=data["kind"],
            category_id=data["category"].pk if data["category"] else None,
            service_id=_service(ticket, data["service"]),
            impact=impact,
            urgency=urgency,
            device_label=data["device_label"],
            priority=data["priority"].pk if data["priority"] else None,
            reason=data["reason"],
        )
        try:
            actions.classify(ticket, wanted, by=viewer, now=timezone.now(), expected=data["version"])
        except DomainError as error:
            add_domain_error(form, error)
    if form.errors:
        ticket.refresh_from_db()
        show_present_version(form, ticket, "classification")
        context = {**ticket_context(ticket, viewer), "classify": form}
        return page(request, "tickets/ticket.html", context, status=422)
    toast(request, _("Classification saved."))
    return go(request, ticket_url(ticket))


def _service(ticket: Ticket, chosen: Service | None) -> int | None:
    """A service that was left as it stood goes with the category."""
    service_id = chosen.pk if chosen is not None else None
    return actions.FOLLOWS if service_id == ticket.service_id else service_id


@agents_only
def subject(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Reword the subject."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    initial = {"version": ticket.classification_version, "subject": ticket.subject}
    form = SubjectForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.change_subject(
                ticket, data["subject"], by=viewer, now=timezone.now(), expected=data["version"]
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Subject saved."))
            return go(request, ticket_url(ticket))
        ticket.refresh_from_db()
        show_present_version(form, ticket, "classification")
    return form_page(request, ticket, form, heading=_("Reword the subject"), submit=_("Save"))


@agents_only
@require_POST
def requester(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say whose ticket it really is."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    chosen = request.POST.get("person", "")
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
        raise InvalidInput()
    person = get_object_or_404(visible_people(viewer), pk=int(chosen))
    actions.change_requester(ticket, person, by=viewer, now=timezone.now())
    toast(request, _("Requester changed."))
    return go(request, ticket_url(ticket))
