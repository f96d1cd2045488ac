"""Makes agreements and publishes new versions, with a live preview."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from leitstelle.accounts.policies import require
from leitstelle.calendars.queries import default_calendar
from leitstelle.kernel.errors import DomainError, NotFound
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.sla import actions
from leitstelle.sla.choices import PROMISED
from leitstelle.sla.forms import NewAgreementForm, RenameForm, VersionForm
from leitstelle.sla.labels import METRIC
from leitstelle.sla.models import Agreement
from leitstelle.sla.policies import can_edit_agreements
from leitstelle.sla.queries.previews import Promised, previews
from leitstelle.sla.views.agreements import visible_or_404


@require_http_methods(["GET", "POST"])
def agreement_new(request: HttpRequest) -> HttpResponse:
    """A form for a new agreement, from a contract's page with that contract (`contract`: its id) chosen.

    `do=preview` only shows what it would mean.
    """
    viewer, now = viewer_of(request), timezone.now()
    require(can_edit_agreements(viewer))
    chosen = NewAgreementForm.for_contract(viewer, request.GET.get("contract", ""))
    initial = {"calendar": default_calendar().pk, **chosen}
    form = NewAgreementForm(request.POST or None, viewer=viewer, now=now, initial=initial)
    if _wants_saving(request) and form.is_valid():
        try:
            agreement = actions.create_agreement(form.new(), by=viewer, now=now)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Agreement made"))
            return go(request, reverse("sla:agreement", args=[agreement.public_id]))
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
def agreement_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A form for the next version, filled with the newest one; `do=preview` only shows what it would mean."""
    viewer, now = viewer_of(request), timezone.now()
    agreement = visible_or_404(viewer, public_id)
    require(can_edit_agreements(viewer))
    newest = agreement.versions.select_related("calendar").order_by("-number").first()
    if newest is None:
        raise NotFound
    initial = VersionForm.initial_of(actions.version_input(newest, valid_from=now))
    form = VersionForm(
        request.POST or None, viewer=viewer, now=now, initial={**initial, "seen": newest.number}
    )
    if _wants_saving(request) and form.is_valid():
        seen = form.cleaned_data["seen"] or 0
        try:
            actions.publish_version(agreement, form.version(), seen=seen, by=viewer, now=now)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("New version published"))
            return go(request, reverse("sla:agreement", args=[agreement.public_id]))
    return _form_page(request, form, agreement)


# Buttons that show the form again: with what it would mean, or with more steps.
_TRIES = ("preview", "more-steps")


def _wants_saving(request: HttpRequest) -> bool:
    return request.method == "POST" and request.POST.get("do") not in _TRIES


def _form_page(request: HttpRequest, form: VersionForm, agreement: Agreement | None) -> HttpResponse:
    tries = request.POST.get("do") in _TRIES
    context: dict[str, Any] = {
        "form": form,
        "agreement": agreement,
        "columns": [METRIC[metric] for metric in PROMISED],
        "previews": _previews(form),
    }
    if request.POST.get("do") == "preview" and request.headers.get("HX-Request"):
        return page(request, "sla/_preview.html", context)
    status = 422 if form.errors and not tries else 200
    return page(request, "sla/agreement_form.html", context, status=status)


def _previews(form: VersionForm) -> list[Any]:
    """When tickets would be due by what the form says so far; nothing while service hours are missing."""
    if form.is_bound:
        form.is_valid()
        values = form.cleaned_data
        calendar = values.get("calendar")
        targets = list(form.targets()) if calendar else []
    else:
        calendar = form.initial_calendar()
        targets = form.initial_targets()
    if calendar is None:
        return []
    promised = [
        Promised(one.metric, one.level, one.priority, one.amount, one.calendar or calendar) for one in targets
    ]
    return previews(promised, list(PROMISED), form.now)


@require_http_methods(["GET", "POST"])
def agreement_name(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A form for another name."""
    viewer = viewer_of(request)
    agreement = visible_or_404(viewer, public_id)
    require(can_edit_agreements(viewer))
    form = RenameForm(request.POST or None, agreement=agreement)
    if request.method == "POST" and form.is_valid():
        actions.rename_agreement(agreement, form.cleaned_data["name"], by=viewer, now=timezone.now())
        toast(request, _("Name changed"))
        return go(request, reverse("sla:agreement", args=[agreement.public_id]))
    context = {"form": form, "agreement": agreement}
    return page(request, "sla/agreement_name.html", context, status=422 if form.errors else 200)
