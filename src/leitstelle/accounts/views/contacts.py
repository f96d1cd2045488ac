"""Addresses, numbers and notes of a person, edited on their page."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.accounts import actions, policies
from leitstelle.accounts.errors import AlreadyMerged
from leitstelle.accounts.forms.people import ContactForm, NotesForm
from leitstelle.accounts.models import ContactPoint, Person
from leitstelle.accounts.views.finding import one, set_value
from leitstelle.accounts.views.records import person_page, visible_person
from leitstelle.kernel.errors import Conflict, DomainError
from leitstelle.kernel.web import go, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error

STEPS: dict[str, Callable[..., object]] = {
    "remove": actions.remove_contact_point,
    "primary": actions.choose_primary_contact_point,
    "confirm": actions.verify_contact_point,
    "resume": actions.resume_contact_point,
}


@require_POST
def add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add an address or a number to a person."""
    viewer = viewer_of(request)
    row = _editable(request, public_id)
    form = ContactForm(request.POST, prefix="new")
    if form.is_valid() and not form.cleaned_data["value"].strip():
        form.add_error("value", _("Please enter an address or a number."))
    if form.is_valid():
        try:
            actions.add_contact_point(row, form.to_input(), by=viewer, now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, _contacts_of(row))
    return person_page(request, row, contact=form, status=422)


@require_POST
def step(request: HttpRequest, public_id: UUID, pk: int, step: str) -> HttpResponse:
    """Remove an address or number, prefer it, confirm it by hand (administrators), or write to it again."""
    row = _editable(request, public_id)
    point: ContactPoint = one(row.contact_points.select_related("person"), pk=pk)
    STEPS[step](point, by=viewer_of(request), now=timezone.now())
    toast(request, _("Removed") if step == "remove" else _("Saved"))
    return go(request, _contacts_of(row))


@require_POST
def notes(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Save what agents note on a person; a note that somebody else changed meanwhile is shown beside one's own."""
    row = _editable(request, public_id)
    form = NotesForm(request.POST)
    if not form.is_valid():
        return person_page(request, row, notes=form, status=422)
    version = form.cleaned_data["version"] or 0
    try:
        actions.change_notes(row, form.to_input(), version=version, by=viewer_of(request), now=timezone.now())
    except Conflict as error:
        form.add_error(None, error.message)
        form.stored_note = str(error.params["theirs"].get("note", row.note))
        set_value(form, "version", row.version)
        return person_page(request, row, notes=form, status=409)
    toast(request, _("Saved"))
    return go(request, reverse("accounts:person", args=[row.public_id]))


def _editable(request: HttpRequest, public_id: UUID) -> Person:
    viewer = viewer_of(request)
    policies.require(policies.is_agent(viewer))
    row = visible_person(viewer, public_id)
    policies.require(policies.can_edit_person(viewer, row))
    if row.merged_into_id is not None:
        raise AlreadyMerged
    return row


def _contacts_of(row: Person) -> str:
    return f"{reverse('accounts:person', args=[row.public_id])}#contacts"
