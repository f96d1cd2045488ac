"""Entering a ticket for somebody who called, came by, or wrote elsewhere."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from leitstelle.accounts.actions import ensure_person_for_address
from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import visible_people
from leitstelle.accounts.queries import search_people
from leitstelle.accounts.rules import normalise_email
from leitstelle.catalog.queries import active_services
from leitstelle.kernel.errors import DomainError, InvalidInput
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import collect, go, page, render, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction, Kind
from leitstelle.tickets.forms import NewTicketForm
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.inputs import NewFile, NewMessage
from leitstelle.tickets.views.doors import agents_only, store_uploads, ticket_url
from leitstelle.tickets.views.matrix import matrix_of

SUGGESTIONS = 8


@dataclass(frozen=True)
class _New:
    """The ticket that is not there yet, for those who fill the slot beside its form."""

    pk: int = 0


NEW = _New()


@agents_only
def new_ticket(request: HttpRequest) -> HttpResponse:
    """Show and save the form of a new ticket; several people with that name are offered to choose from."""
    viewer = viewer_of(request)
    form = NewTicketForm(
        request.POST or None, initial={"channel": Channel.PHONE, "matrix": "hindered:person"}
    )
    candidates = _given(request, viewer)
    if candidates and not form.is_bound:
        form.initial["requester"] = candidates[0].display_name
    if request.method == "POST" and form.is_valid():
        try:
            requester, candidates = _requester(form.cleaned_data, viewer)
            if requester is not None:
                files = store_uploads(request.FILES.getlist("uploads"))
                ticket = _open(form, requester, files, viewer)
                toast(request, _("Ticket #%(number)s opened.") % {"number": ticket.number})
                return go(request, ticket_url(ticket))
            form.add_error("requester", _("Please choose the person below."))
        except DomainError as error:
            add_domain_error(form, error)
    context = {
        "form": form,
        "candidates": candidates,
        "matrix": matrix_of(None),
        "services": bool(active_services()),
    }
    context["panels"] = collect("ticket.new", viewer, [NEW])[NEW.pk]
    return page(request, "tickets/new.html", context, status=422 if form.errors else 200)


def _given(request: HttpRequest, viewer: Viewer) -> list[Person]:
    """The person from whose page the agent came (`?person=`, public id)."""
    try:
        wanted = UUID(request.GET.get("person", ""))
    except ValueError:
        return []
    return list(
        visible_people(viewer).filter(public_id=wanted, is_active=True).select_related("organisation", "site")
    )


@agents_only
def find_people(request: HttpRequest) -> HttpResponse:
    """Offer people by name, address or number while the agent types."""
    viewer = viewer_of(request)
    text = request.GET.get("requester", "").strip()
    found = search_people(viewer, text, limit=SUGGESTIONS) if len(text) > 1 else []
    hint = _hint(text) if len(text) > 2 and not found else ""
    return render(request, "tickets/_people.html", {"candidates": found, "hint": hint})


def _hint(text: str) -> str:
    """What happens where nobody fits: a mail address makes a new person."""
    try:
        normalise_email(text)
    except ValueError:
        return _("Nobody fits. Enter a mail address to create the person.")
    return _("new person")


def _requester(data: dict[str, Any], viewer: Viewer) -> tuple[Person | None, list[Person]]:
    """Return the person meant, or those to choose from; an unknown mail address makes a new person."""
    if data["person"]:
        chosen = visible_people(viewer).filter(pk=data["person"]).first()
        if chosen is not None:
            return chosen, []
    text = data["requester"]
    found = search_people(viewer, text, limit=SUGGESTIONS)
    if len(found) == 1:
        return found[0], []
    if found:
        return None, found
    try:
        normalise_email(text)
    except ValueError:
        hint = _("Nobody fits. Enter a mail address to create the person.")
        raise InvalidInput(fields={"requester": hint}) from None
    person, _created = ensure_person_for_address(text, by=viewer, now=timezone.now())
    return person, []


@unit()
def _open(form: NewTicketForm, requester: Person, files: tuple[NewFile, ...], viewer: Viewer) -> Ticket:
    data = form.cleaned_data
    urgency, impact = form.urgency_and_impact()
    now = timezone.now()
    new = actions.NewTicket(
        subject=data["subject"],
        channel=Channel(data["channel"]),
        requester_id=requester.pk,
        kind=Kind(data["kind"]),
        category_id=data["category"].pk if data["category"] else None,
        service_id=data["service"].pk if data["service"] else None,
        impact=impact,
        urgency=urgency,
        team_id=data["team"].pk if data["team"] else None,
        device_label=data["device_label"],
    )
    first = NewMessage(
        text=data["text"],
        direction=Direction.INBOUND,
        channel=Channel(data["channel"]),
        audience=Audience.PUBLIC,
        author_id=requester.pk,
        files=files,
    )
    ticket = actions.open_ticket(new, first, by=viewer, now=now)
    actions.link_named_device(ticket, data["device_label"], by=viewer, now=now)
    if data["take"]:
        actions.take_ticket(ticket, by=viewer, now=now)
    return ticket
