"""Preferences of whoever is signed in, and the defaults of the house."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import require
from leitstelle.accounts.queries import primary_address
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.notifications import actions
from leitstelle.notifications.choices import ROLES
from leitstelle.notifications.forms.preferences import MatrixForm, PreferencesForm
from leitstelle.notifications.labels import ROLE
from leitstelle.notifications.policies import can_set_defaults, visible_rhythms
from leitstelle.notifications.queries.wishes import (
    choices_of_person,
    defaults_in_use,
    kinds_for,
    roles_of,
)


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """What one is told, and when by mail."""
    viewer, person = viewer_of(request), request.user
    assert isinstance(person, Person)
    form = _my_form(request, person)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_preferences(person, form.to_input(), by=viewer, now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, reverse("notifications:preferences"))
    context = {"form": form, "address": primary_address(person) or "", "person": person}
    return page(request, "notifications/preferences.html", context, status=422 if form.errors else 200)


def _my_form(request: HttpRequest, person: Person) -> PreferencesForm:
    viewer = viewer_of(request)
    role = roles_of([person.pk]).get(person.pk, ROLES[-1])
    return PreferencesForm(
        request.POST or None,
        viewer=viewer,
        rhythm=visible_rhythms(viewer).first(),
        kinds=kinds_for(role),
        chosen=choices_of_person(person, role),
        in_portal=role == ROLES[-1],
    )


@require_http_methods(["GET", "POST"])
def defaults(request: HttpRequest) -> HttpResponse:
    """What people of a role are told who did not choose for themselves."""
    viewer = viewer_of(request)
    require(can_set_defaults(viewer))
    role = next((one for one in ROLES if one == request.GET.get("role")), ROLES[2])
    matrix = defaults_in_use()
    form = MatrixForm(
        request.POST or None,
        kinds=kinds_for(role),
        chosen={kind: matrix[role, kind] for kind in kinds_for(role)},
        in_portal=role == ROLES[-1],
    )
    if request.method == "POST" and form.is_valid():
        actions.set_defaults(role, form.to_choices(), by=viewer, now=timezone.now())
        toast(request, _("Saved"))
        return go(request, f"{reverse('notifications:defaults')}?role={role}")
    context = {"form": form, "role": str(role), "roles": [(str(one), ROLE[one]) for one in ROLES]}
    return page(request, "notifications/defaults.html", context, status=422 if form.errors else 200)
