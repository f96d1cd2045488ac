"""The list of people, and the form of one."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.forms import Form
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.accounts import actions, labels, policies, queries
from leitstelle.accounts.choices import AGENT_ROLES, Role
from leitstelle.accounts.forms.people import ContactForms, FilterForm, PersonForm, RoleForm
from leitstelle.accounts.models import Person, RoleGrant
from leitstelle.accounts.views.finding import both_values, one, set_value
from leitstelle.kernel.errors import Conflict, DomainError
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.kernel.web.paging import keyset, without_cursor

PAGE = 50


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody the viewer sees, by name; searched by name, address and number."""
    viewer = viewer_of(request)
    policies.require(policies.is_agent(viewer))
    form = FilterForm(request.GET)
    form.is_valid()
    rows = _narrowed(policies.visible_people(viewer), form.cleaned_data)
    rows = rows.select_related("organisation").prefetch_related("contact_points", "grants")
    found = keyset(rows, ["sort_name"], request.GET.get("after"), request.GET.get("before"), PAGE)
    context = {
        "form": form,
        "page": found,
        "query": without_cursor(request.GET),
        "roles": {person.pk: _roles(person) for person in found.items},
        "can": {"create": policies.can_create_person(viewer)},
    }
    return page(request, "accounts/admin/people.html", context, fragment="accounts/admin/_people.html")


def _narrowed(rows: QuerySet[Person], wanted: dict[str, Any]) -> QuerySet[Person]:
    state = wanted.get("state", "")
    if state != "all":
        rows = rows.filter(is_active=state != "inactive")
    role = wanted.get("role")
    if role == Role.REQUESTER:
        rows = rows.exclude(pk__in=RoleGrant.objects.filter(role__in=AGENT_ROLES).values("person_id"))
    elif role:
        rows = rows.filter(pk__in=RoleGrant.objects.filter(role=role).values("person_id"))
    if wanted.get("organisation"):
        rows = rows.filter(organisation__public_id=wanted["organisation"])
    return queries.people_matching(rows, wanted.get("q", ""))


def _roles(person: Person) -> str:
    codes = dict.fromkeys(grant.role for grant in person.grants.all())
    return ", ".join(str(labels.ROLES[code]) for code in codes) or str(labels.ROLES[Role.REQUESTER])


@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """A form for somebody nobody knows yet."""
    policies.require(policies.can_create_person(viewer_of(request)))
    return _form(request, None)


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The form of a person, with roles for administrators."""
    viewer = viewer_of(request)
    policies.require(policies.is_agent(viewer))
    row = one(policies.visible_people(viewer), public_id=public_id)
    policies.require(policies.can_edit_person(viewer, row))
    if row.merged_into_id is not None:
        return go(request, reverse("accounts:person", args=[row.public_id]))  # leads on to who remains
    return _form(request, row)


def _form(request: HttpRequest, row: Person | None) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    form = PersonForm(request.POST or None, viewer=viewer, person=row)
    contacts = ContactForms(request.POST or None, prefix="contacts", initial=_contacts(row))
    differences: list[tuple[str, str, str]] = []
    if "add-contact" in request.POST:
        return _answer(request, row, _with_one_more(request, viewer, row), [], 200)
    if request.method == "POST" and form.is_valid() and contacts.is_valid():
        new = form.to_input(contacts.inputs())
        try:
            if row is None:
                row = actions.create_person(new, by=viewer, now=now)
            else:
                version = form.cleaned_data["version"] or 0
                actions.edit_person(row, new, version=version, by=viewer, now=now)
        except Conflict as error:
            form.add_error(None, error.message)
            differences = both_values(
                error,
                {"contacts": _("Addresses and numbers")}
                | {name: str(field.label) for name, field in form.fields.items()},
            )
            # Who has seen both values may decide: the next try counts from the version of now.
            set_value(form, "version", row.version if row else 0)
        except DomainError as error:
            _place(form, contacts, error)
        else:
            toast(request, _("Saved"))
            return go(request, _url(row))
    status = 422 if form.errors or any(contacts.errors) else 200
    return _answer(request, row, (form, contacts), differences, 409 if differences else status)


def _with_one_more(request: HttpRequest, viewer: Any, row: Person | None) -> tuple[PersonForm, Any]:
    """Another empty row without a script: what was typed stays, nothing is checked yet."""
    data = request.POST.copy()
    data["contacts-TOTAL_FORMS"] = str(min(30, int(data.get("contacts-TOTAL_FORMS") or 0) + 1))
    form = PersonForm(data, viewer=viewer, person=row)
    _unchecked(form)
    contacts = ContactForms(data, prefix="contacts", initial=_contacts(row))
    for contact in contacts.forms:
        _unchecked(contact)
    return form, contacts


def _unchecked(form: Form) -> None:
    """An unfinished form has no errors yet: Django checks only forms whose errors are not known."""
    form._errors = ErrorDict()  # type: ignore[attr-defined]


def _answer(
    request: HttpRequest,
    row: Person | None,
    forms: tuple[PersonForm, Any],
    differences: list[tuple[str, str, str]],
    status: int,
) -> HttpResponse:
    viewer = viewer_of(request)
    can_administer = policies.can_administer(viewer)
    context = {
        "person": row,
        "form": forms[0],
        "contacts": forms[1],
        "differences": differences,
        "grants": _grants(row) if row and can_administer else [],
        "role_form": RoleForm(prefix="role") if row and can_administer else None,
        "can": {"administer": can_administer},
    }
    return page(request, "accounts/admin/person.html", context, status=status)


def _grants(row: Person) -> list[tuple[RoleGrant, str]]:
    grants = row.grants.select_related("organisation", "team", "level").order_by("id")
    return [(grant, str(labels.ROLES[grant.role])) for grant in grants]


def _contacts(row: Person | None) -> list[dict[str, Any]]:
    if row is None:
        return []
    return [
        {"kind": point.kind, "value": point.value, "label": point.label, "is_primary": point.is_primary}
        for point in row.contact_points.all()
    ]


def _place(form: PersonForm, contacts: Any, error: DomainError) -> None:
    placed = False
    rows = [contact for contact in contacts.forms if contact.cleaned_data.get("value", "").strip()]
    rows = [contact for contact in rows if not contact.cleaned_data.get("DELETE")]
    for name, text in error.fields.items():
        number = name.removeprefix("contacts-")
        if number != name and number.isdigit() and int(number) < len(rows):
            rows[int(number)].add_error("value", text)
            placed = True
    if placed:
        form.add_error(None, error.message)
    else:
        add_domain_error(form, error)


@require_POST
def active(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Deactivate or reactivate a person, as the form says."""
    viewer = viewer_of(request)
    row = one(policies.visible_people(viewer), public_id=public_id)
    if request.POST.get("active") == "1":
        actions.reactivate_person(row, by=viewer, now=timezone.now())
        toast(request, _("The person can sign in again."))
    else:
        actions.deactivate_person(row, by=viewer, now=timezone.now())
        toast(request, _("The person was deactivated."))
    return go(request, _url(row))


def _url(row: Person) -> str:
    return reverse("accounts:admin-person", args=[row.public_id])
