"""Giving and taking roles on the page of a person."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.accounts import actions, policies
from leitstelle.accounts.choices import Role
from leitstelle.accounts.forms.people import RoleForm
from leitstelle.accounts.models import Person
from leitstelle.accounts.views.finding import one
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@require_POST
def grant(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a person a role."""
    viewer = viewer_of(request)
    policies.require(policies.can_administer(viewer))
    person = one(policies.visible_people(viewer), public_id=public_id)
    form = RoleForm(request.POST, prefix="role")
    if form.is_valid():
        try:
            role = Role(form.cleaned_data["role"])
            actions.grant_role(person, role, form.scope(), by=viewer, now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("The role was given."))
            return _back(request, person)
    return page(request, "accounts/admin/role.html", {"person": person, "form": form}, status=422)


@require_POST
def revoke(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Take a role away."""
    viewer = viewer_of(request)
    policies.require(policies.can_administer(viewer))
    person = one(policies.visible_people(viewer), public_id=public_id)
    actions.revoke_role(one(person.grants.select_related("person"), pk=pk), by=viewer, now=timezone.now())
    toast(request, _("The role was taken away."))
    return _back(request, person)


def _back(request: HttpRequest, person: Person) -> HttpResponse:
    return go(request, reverse("accounts:admin-person", args=[person.public_id]))
