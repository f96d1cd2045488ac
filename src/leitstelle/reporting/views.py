"""The overview for those who lead, and the page where it is set."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from leitstelle.accounts.policies import require
from leitstelle.catalog.labels import name_of
from leitstelle.kernel.errors import Conflict, DomainError
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.reporting import actions, queries
from leitstelle.reporting.choices import Risk
from leitstelle.reporting.forms import OverviewForm
from leitstelle.reporting.labels import ICON, RISK, TONE
from leitstelle.reporting.models import OverviewSettings
from leitstelle.reporting.policies import can_lead, can_set_overview
from leitstelle.tickets.labels import CHANNEL
from leitstelle.tickets.queries.people import teams_in_use, unavailable


@dataclass(frozen=True)
class Figure:
    """One number of the overview and the list behind it."""

    label: str | Promise
    icon: str
    value: str
    tone: str
    url: str
    note: str


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show what lies with one's teams; HTMX gets the figures alone."""
    viewer = viewer_of(request)
    require(can_lead(viewer))
    teams = [team for team in teams_in_use() if not viewer.lead_team_ids or team.pk in viewer.lead_team_ids]
    wanted = request.GET.get("team", "")
    team = next((one for one in teams if str(one.pk) == wanted), None)
    now = timezone.now()
    found = queries.overview(viewer, now, team_id=team.pk if team else None)
    narrowed = {"team": str(team.pk)} if team else {}
    context = {
        "found": found,
        "figures": [_figure(risk, found, narrowed) for risk in Risk],
        "teams": teams,
        "team": team,
        "own_teams": bool(viewer.lead_team_ids),
        "address": _address(narrowed),
        "now": now,
        "list_url": _list_url,
        "narrowed": narrowed,
        "channel_names": CHANNEL,
        "name_of": name_of,
        "may_set": can_set_overview(viewer),
        "unavailable": unavailable(now) if found.settings.show_people else {},
    }
    return page(request, "reporting/overview.html", context, fragment="reporting/_overview.html")


def _figure(risk: Risk, found: queries.Overview, narrowed: dict[str, str]) -> Figure:
    count = found.counts[risk]
    return Figure(
        label=RISK[risk],
        icon=ICON[risk],
        value=f"{queries.CAP - 1}+" if count >= queries.CAP else str(count),
        tone=TONE.get(risk, "") if count else "",
        url=_list_url(str(risk), **narrowed),
        note=_note(risk, found),
    )


def _note(risk: Risk, found: queries.Overview) -> str:
    """What a number means with the settings of the house."""
    settings = found.settings
    if risk is Risk.SOON:
        return _("within %(hours)s service hours") % {"hours": settings.soon_hours}
    if risk is Risk.QUIET:
        return _("for %(hours)s service hours") % {"hours": settings.quiet_hours}
    if risk is Risk.RETURNED:
        return _("in the last %(days)s days") % {"days": settings.returned_days}
    return ""


def _list_url(key: str, **filters: str | int | None) -> str:
    """Return the address of the list behind a number; `open` is everything open."""
    kept = {name: str(value) for name, value in filters.items() if value is not None}
    return f"{reverse('tickets:inbox')}?{urlencode({'view': f'{queries.PREFIX}{key}', **kept})}"


def _address(narrowed: dict[str, str]) -> str:
    address = reverse("reporting:overview")
    return f"{address}?{urlencode(narrowed)}" if narrowed else address


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Say what leads see of their teams."""
    viewer = viewer_of(request)
    require(can_set_overview(viewer))
    row = OverviewSettings.objects.first() or OverviewSettings()
    form = OverviewForm(request.POST or None, settings=row)
    conflict = False
    if request.method == "POST" and form.is_valid():
        try:
            _save(form, viewer)
        except Conflict as error:
            form.add_error(None, error.message)
            conflict = True
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, reverse("reporting:settings"))
    status = 409 if conflict else 422 if form.errors else 200
    return page(request, "reporting/settings.html", {"form": form}, status=status)


def _save(form: OverviewForm, viewer: Viewer) -> None:
    version = form.cleaned_data["version"]
    actions.set_overview(form.to_input(), version=version, by=viewer, now=timezone.now())
