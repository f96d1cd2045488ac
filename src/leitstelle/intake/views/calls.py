"""Taking a call, or somebody at the counter: find the caller, write, decide; with and without a script."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import visible_people
from leitstelle.accounts.queries.callers import find_callers
from leitstelle.assets.models import Asset
from leitstelle.assets.policies import visible_assets
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.queries import matrix_of
from leitstelle.intake.actions.calls import enter_call
from leitstelle.intake.choices import Outcome
from leitstelle.intake.errors import CallEntered, NoFollowUp, WhoCalls
from leitstelle.intake.forms.calls import LOCAL_MINUTE, MATRIX, UNKNOWN, CallForm, typed
from leitstelle.intake.labels import OUTCOME
from leitstelle.intake.views.call_card import card_of, numbers_in
from leitstelle.intake.views.call_drafts import Begun, agent_of, begun_calls, wanted_form
from leitstelle.intake.views.call_guide import asked_in, guide_context, values_of, with_guide
from leitstelle.intake.views.call_phone import phone_call_named, prefilled
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, render, toast
from leitstelle.kernel.web.formats import local
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.tickets.choices import Channel, Kind
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets

SUGGESTIONS = 8


def call(request: HttpRequest, *, walk_in: bool = False) -> HttpResponse:
    """Show and save the form of a call; "find" shows who fits and what is known of them, for want of a script."""
    viewer = agent_of(request)
    if request.method != "POST":
        begun = begun_calls(viewer, wanted_form(request))
        values = begun.values or _fresh(request, viewer, walk_in, begun.once)
        return _show(request, viewer, CallForm(initial=values), begun=begun)
    if request.POST.get("step") in ("find", "guide"):
        return _show(request, viewer, CallForm(initial=typed(request.POST.dict())))
    form = CallForm(request.POST)
    if form.is_valid():
        try:
            new = form.call(_caller(form, viewer), _ticket(form, viewer), _device(form, viewer))
            told = phone_call_named(viewer, str(form.cleaned_data["phone_call"] or ""))
            new = with_guide(replace(new, phone_call=told), asked_in(request.POST))
            return _done(request, viewer, enter_call(new, by=viewer, now=timezone.now()))
        except DomainError as error:
            add_domain_error(form, error)
            if isinstance(error, CallEntered):
                form.data = _with_new_key(request.POST)
    return _show(request, viewer, form, status=422)


def _fresh(request: HttpRequest, viewer: Viewer, walk_in: bool, once: UUID) -> dict[str, Any]:
    """What a form begins with; a link may name the caller, and a ticket of theirs."""
    now = timezone.now()
    return {
        "once": str(once),
        "opened": now.isoformat(),
        "started": f"{local(now):{LOCAL_MINUTE}}",
        "channel": Channel.WALK_IN if walk_in else Channel.PHONE,
        "who": request.GET.get("who", "")[:254],
        "person": request.GET.get("person", ""),
        "ticket": request.GET.get("ticket", ""),
        "matrix": MATRIX,
        "kind": Kind.INCIDENT,
        "outcome": Outcome.OPEN,
        "code": "solved",
        "create_person": True,
        **prefilled(viewer, request.GET.get("phone_call", ""), person=request.GET.get("person", "")),
    }


def _with_new_key(data: QueryDict) -> QueryDict:
    values = data.copy()
    values["once"] = str(uuid4())
    return values


def _caller(form: CallForm, viewer: Viewer) -> Person | None:
    """Return the person chosen, `None` for an unknown caller. Whom a search fits is never taken unasked."""
    data = form.cleaned_data
    chosen: str = data["person"]
    if chosen == UNKNOWN:
        return None
    if chosen:
        person = _person(viewer, chosen)
        if person is not None:
            return person
    if data["who"] and find_callers(viewer, data["who"], limit=1):
        raise WhoCalls(fields={"who": _("Please choose the person below, or “unknown caller”.")})
    return None


def _person(viewer: Viewer, chosen: str) -> Person | None:
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
        return None
    people = visible_people(viewer).filter(pk=int(chosen), is_active=True)
    return people.select_related("organisation", "site").first()


def _ticket(form: CallForm, viewer: Viewer) -> Ticket | None:
    wanted = form.cleaned_data["ticket"]
    if wanted is None:
        return None
    found = (
        visible_tickets(viewer).select_related("status", "team", "requester").filter(public_id=wanted).first()
    )
    if found is None:
        raise NoFollowUp(fields={"ticket": NoFollowUp.default_message})
    return found


def _device(form: CallForm, viewer: Viewer) -> Asset | None:
    wanted = form.cleaned_data["device"]
    return visible_assets(viewer).filter(pk=wanted).first() if wanted is not None else None


def _done(request: HttpRequest, viewer: Viewer, ticket: Ticket) -> HttpResponse:
    toast(request, _("Call entered as #%(number)s.") % {"number": ticket.number})
    seen = visible_tickets(viewer).filter(pk=ticket.pk).exists()
    # Handed over to where this agent does not look: on to the next call.
    return go(request, reverse("tickets:ticket", args=[ticket.public_id]) if seen else reverse("intake:call"))


def _show(
    request: HttpRequest, viewer: Viewer, form: CallForm, *, begun: Begun | None = None, status: int = 200
) -> HttpResponse:
    chosen, who = str(form["person"].value() or ""), str(form["who"].value() or "")
    person = _person(viewer, chosen)
    searched = bool(who) and person is None and chosen != UNKNOWN
    candidates = find_callers(viewer, who, limit=SUGGESTIONS) if searched else []
    context = {
        "form": form,
        "draft": begun.draft if begun else None,
        "others": begun.others if begun else [],
        "walk_in": form["channel"].value() == Channel.WALK_IN,
        "candidates": candidates,
        "searched": searched,
        "unknown": chosen == UNKNOWN or (searched and not candidates),
        "person": person,
        "matrix": matrix_of(person.organisation_id if person else None),
        "outcomes": list(OUTCOME.items()),
        **_card(viewer, person, form),
        **guide_context(viewer, asked_in(values_of(form))),
    }
    return page(request, "intake/call.html", context, status=status)


def _card(viewer: Viewer, person: Person | None, form: CallForm) -> dict[str, Any]:
    if person is None:
        return {"name_of": name_of, "card": None, "ticket_value": "", "device_value": ""}
    return {
        "name_of": name_of,
        "card": card_of(viewer, person, now=timezone.now()),
        "ticket_value": str(form["ticket"].value() or ""),
        "device_value": str(form["device"].value() or ""),
    }


@require_safe
def callers(request: HttpRequest) -> HttpResponse:
    """Offer people while the agent types: the options of the list below the field."""
    viewer = agent_of(request)
    text = request.GET.get("who", "").strip()[:254]
    found = find_callers(viewer, text, limit=SUGGESTIONS) if len(text) > 1 else []
    offered = [
        (person, [shown for _number, shown in numbers_in(person.contact_points.all())]) for person in found
    ]
    return render(request, "intake/_callers.html", {"candidates": offered, "who": text})


@require_safe
def caller(request: HttpRequest) -> HttpResponse:
    """Show who was chosen: numbers, notes, devices, and the tickets this call may belong to."""
    viewer = agent_of(request)
    person = _person(viewer, request.GET.get("person", ""))
    card = card_of(viewer, person, now=timezone.now()) if person else None
    context = {
        "name_of": name_of,
        "card": card,
        "ticket_value": "",
        "device_value": "",
        # What saving makes of impact and urgency is this customer's own matter.
        "matrix": matrix_of(person.organisation_id if person else None),
        "matrix_value": request.GET.get("matrix", ""),
    }
    return render(request, "intake/_chosen.html", context)
