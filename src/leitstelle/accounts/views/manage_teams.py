"""Teams with level, members and leads."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from leitstelle.accounts import actions, policies
from leitstelle.accounts.forms.structure import TeamForm, level_name
from leitstelle.accounts.models import Team
from leitstelle.accounts.views.finding import both_values, one, set_value
from leitstelle.kernel.errors import Conflict, DomainError
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """All teams by level."""
    viewer = viewer_of(request)
    policies.require(policies.can_administer(viewer))
    rows = (
        policies.visible_teams(viewer).select_related("level__scheme").prefetch_related("memberships__person")
    )
    return page(
        request, "accounts/admin/teams.html", {"rows": [(row, level_name(row.level)) for row in rows]}
    )


@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """The form of a team, new or known."""
    viewer = viewer_of(request)
    policies.require(policies.can_administer(viewer))
    row = one(policies.visible_teams(viewer), public_id=public_id) if public_id else None
    form = TeamForm(request.POST or None, team=row)
    differences: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            _save(form, row, viewer)
        except Conflict as error:
            form.add_error(None, error.message)
            differences = both_values(error, {name: str(field.label) for name, field in form.fields.items()})
            set_value(form, "version", row.version if row else 0)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, reverse("accounts:admin-teams"))
    status = 409 if differences else 422 if form.errors else 200
    context = {"team": row, "form": form, "differences": differences}
    return page(request, "accounts/admin/team.html", context, status=status)


def _save(form: TeamForm, row: Team | None, viewer: Viewer) -> None:
    now, values = timezone.now(), form.cleaned_data
    people = actions.TeamPeople(members=list(values["members"]), leads=list(values["leads"]))
    if row is None:
        actions.create_team(form.to_input(), members=people.members, leads=people.leads, by=viewer, now=now)
    else:
        version = values["version"] or 0
        actions.edit_team(row, form.to_input(), version=version, people=people, by=viewer, now=now)
