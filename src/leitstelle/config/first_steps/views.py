"""Pages of the first steps: an overview, a page per step, skipping, and the first ticket arriving."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import StepState
from leitstelle.accounts.forms.house import HouseForm, InviteForm
from leitstelle.accounts.models import LevelScheme, Person
from leitstelle.accounts.policies import can_administer, require
from leitstelle.accounts.queries import primary_address
from leitstelle.accounts.views.manage_house import save_house
from leitstelle.accounts.views.manage_invitations import invite, mail_works, open_rows
from leitstelle.calendars.queries import default_calendar, version_at, version_value
from leitstelle.config.first_steps import forms
from leitstelle.config.first_steps.setting_up import change_house_hours
from leitstelle.config.first_steps.steps import BY_CODE, LATER, after, progress
from leitstelle.intake import actions as intake
from leitstelle.intake.forms.outgoing import OutgoingForm
from leitstelle.intake.models import Mailbox
from leitstelle.intake.policies import visible_mailboxes
from leitstelle.intake.queries import default_mailbox
from leitstelle.intake.views.connection import (
    save_outgoing,
    send_test_mail,
    shown,
    test_form,
    try_mailbox,
)
from leitstelle.kernel.errors import DomainError, NotFound
from leitstelle.kernel.events import unit
from leitstelle.kernel.mail.probing import try_smtp
from leitstelle.kernel.mail.transports import house_account, house_address
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.sla import actions as sla
from leitstelle.sla.models import Target
from leitstelle.sla.queries import house_agreement
from leitstelle.tickets.policies import visible_tickets

NEWEST = 5


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """All steps with what is done and what comes next."""
    require(can_administer(viewer_of(request)))
    rows = progress()
    following = next((row for row in rows if not row.state), None)
    settled = sum(bool(row.state) for row in rows)
    context = {"rows": rows, "following": following, "settled": settled}
    return page(request, "first_steps/overview.html", context)


@require_POST
def later(request: HttpRequest) -> HttpResponse:
    """Put the rest off: the desk opens with the inbox from now on."""
    viewer = viewer_of(request)
    accounts.settle_first_step(LATER, StepState.SKIPPED, by=viewer, now=timezone.now())
    toast(request, _("You find the first steps under administration"))
    return go(request, reverse("accounts:home"))


@require_POST
def skip(request: HttpRequest, code: str) -> HttpResponse:
    """Leave a step out for now."""
    if code not in BY_CODE:
        raise NotFound
    accounts.settle_first_step(code, StepState.SKIPPED, by=viewer_of(request), now=timezone.now())
    return go(request, after(code))


@never_cache
@sensitive_post_parameters("password", "imap_password")
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, code: str) -> HttpResponse:
    """The form of one step."""
    require(can_administer(viewer_of(request)))
    if code not in BY_CODE:
        raise NotFound
    return _STEPS[code](request, code)


def _done(request: HttpRequest, code: str) -> HttpResponse:
    """Note the step as done and lead on."""
    accounts.settle_first_step(code, StepState.DONE, by=viewer_of(request), now=timezone.now())
    toast(request, _("Saved"))
    return go(request, after(code))


def _page(
    request: HttpRequest, code: str, template: str, context: dict[str, Any], *, bad: bool
) -> HttpResponse:
    rows = progress()
    row = next(one for one in rows if one.step.code == code)
    known = {"row": row, "rows": rows, "next_url": after(code)}
    return page(request, f"first_steps/{template}.html", known | context, status=422 if bad else 200)


def company(request: HttpRequest, code: str) -> HttpResponse:
    """Names of the house."""
    form = HouseForm(request.POST or None)
    saved, differences = save_house(request, form)
    if saved:
        return _done(request, code)
    context = {"form": form, "differences": differences}
    return _page(request, code, "company", context, bad=bool(form.errors))


def hours(request: HttpRequest, code: str) -> HttpResponse:
    """Service hours of the house."""
    now, calendar = timezone.now(), default_calendar()
    before = version_value(version_at(calendar, now))
    form = forms.HoursForm(request.POST or None, initial=forms.HoursForm.initial_of(before))
    if request.method == "POST" and form.is_valid():
        try:
            _publish_hours(request, form, now)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return _done(request, code)
    context = {"form": form, "long": reverse("calendars:edit", args=[calendar.public_id])}
    return _page(request, code, "form", context, bad=bool(form.errors))


@unit()
def _publish_hours(request: HttpRequest, form: forms.HoursForm, now: datetime) -> None:
    before = version_value(version_at(default_calendar(), now))
    wanted = form.hours(before)
    if wanted != before:
        change_house_hours(wanted, by=viewer_of(request), now=now)


def levels(request: HttpRequest, code: str) -> HttpResponse:
    """The scheme of levels."""
    form = forms.LevelsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        scheme = LevelScheme.objects.get(key=form.cleaned_data["scheme"])
        accounts.choose_default_level_scheme(scheme, by=viewer_of(request), now=timezone.now())
        return _done(request, code)
    context = {"form": form, "long": reverse("accounts:admin-levels")}
    return _page(request, code, "form", context, bad=bool(form.errors))


def teams(request: HttpRequest, code: str) -> HttpResponse:
    """Teams with their levels; whoever sets up the desk joins the first one."""
    rows = forms.team_forms(request.POST or None)
    valid = [row.is_valid() for row in rows]  # every row shows what is wrong with it
    if request.method == "POST" and all(valid):
        try:
            _create_teams(request, rows)
        except DomainError as error:
            add_domain_error(rows[0], error)
        else:
            return _done(request, code)
    bad = any(row.errors for row in rows)
    context = {"forms": rows, "known": forms.existing_teams(), "long": reverse("accounts:admin-teams")}
    return _page(request, code, "teams", context, bad=bad)


@unit()
def _create_teams(request: HttpRequest, rows: list[forms.TeamForm]) -> None:
    viewer, now = viewer_of(request), timezone.now()
    own = [request.user] if isinstance(request.user, Person) else []
    for new in forms.team_inputs(rows):
        accounts.create_team(new, members=own if new.is_default else (), by=viewer, now=now)


def people(request: HttpRequest, code: str) -> HttpResponse:
    """Invitations, one after the other."""
    now = timezone.now()
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and invite(request, form, now):
        accounts.settle_first_step(code, StepState.DONE, by=viewer_of(request), now=now)
        return go(request, reverse("first-steps:step", args=[code]))
    context = {"form": form, "rows_open": open_rows(request, now), "mail_works": mail_works()}
    return _page(request, code, "people", context, bad=bool(form.errors))


def outgoing(request: HttpRequest, code: str) -> HttpResponse:
    """The account that sends, with a test mail."""
    now = timezone.now()
    form = OutgoingForm(request.POST or None)
    trial: dict[str, Any] | None = None
    if save_outgoing(request, form, now):
        accounts.settle_first_step(code, StepState.DONE, by=viewer_of(request), now=now)
        trial, form = send_test_mail(request, now), OutgoingForm()
    context = {"form": form, "to": test_form(request), "trial": trial}
    return _page(request, code, "outgoing", context, bad=bool(form.errors))


def mailbox(request: HttpRequest, code: str) -> HttpResponse:
    """The support address, with a look into it."""
    viewer, now = viewer_of(request), timezone.now()
    box = visible_mailboxes(viewer).order_by("-is_default", "pk").first()
    form = forms.MailboxForm(request.POST or None, box=box)
    trial: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            box = _save_mailbox(form, box, request)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            accounts.settle_first_step(code, StepState.DONE, by=viewer, now=now)
            trial, form = try_mailbox(box, viewer, now), forms.MailboxForm(box=box)
    context = {"form": form, "trial": trial, "long": reverse("intake:mailboxes")}
    return _page(request, code, "mailbox", context, bad=bool(form.errors))


def _save_mailbox(form: forms.MailboxForm, box: Mailbox | None, request: HttpRequest) -> Mailbox:
    viewer, now, new = viewer_of(request), timezone.now(), form.to_input(box)
    if box is None:
        return intake.create_mailbox(new, by=viewer, now=now)
    return intake.edit_mailbox(box, new, by=viewer, now=now)


def targets(request: HttpRequest, code: str) -> HttpResponse:
    """Targets of the house's agreement."""
    agreement = house_agreement()
    if agreement is None:
        raise NotFound
    newest = Target.objects.filter(version__agreement=agreement).order_by("version__number")
    known = {(row.metric, row.priority_id): row.seconds for row in newest}
    form = forms.TargetsForm(request.POST or None, seconds=known)
    if request.method == "POST" and form.is_valid():
        sla.publish_targets(agreement, form.seconds(), by=viewer_of(request), now=timezone.now())
        return _done(request, code)
    return _page(request, code, "targets", {"form": form}, bad=bool(form.errors))


def check(request: HttpRequest, code: str) -> HttpResponse:
    """Sends a mail to the mailbox in the name of whoever asks, and shows tickets as they arrive."""
    box = default_mailbox()
    own = primary_address(request.user) if isinstance(request.user, Person) else None
    trial: dict[str, Any] | None = None
    if request.method == "POST" and box is not None and own:
        trial = _send_first(own, box.address)
    can_send = bool(box and own and mail_works())
    context = {"box": box, "own": own, "trial": trial, "can_send": can_send, "tickets": _newest(request)}
    return _page(request, code, "check", context, bad=False)


def _send_first(own: str, address: str) -> dict[str, Any]:
    config = house_account()
    if config is None:
        return {"steps": [], "ok": False}
    subject, text = _("My first ticket"), _("This mail shows that a report reaches our desk.")
    return shown(try_smtp(config, house_address(), address, subject, text, author=own))


@never_cache
@require_safe
def arrived(request: HttpRequest) -> HttpResponse:
    """The newest tickets, asked for every two seconds while the last step is open."""
    require(can_administer(viewer_of(request)))
    return page(request, "first_steps/_arrived.html", {"tickets": _newest(request)})


def _newest(request: HttpRequest) -> list[Any]:
    rows = (
        visible_tickets(viewer_of(request)).select_related("team", "requester").order_by("-opened_at", "-pk")
    )
    return list(rows[:NEWEST])


_STEPS: dict[str, Callable[[HttpRequest, str], HttpResponse]] = {
    "company": company,
    "hours": hours,
    "levels": levels,
    "teams": teams,
    "people": people,
    "outgoing": outgoing,
    "mailbox": mailbox,
    "targets": targets,
    "check": check,
}
