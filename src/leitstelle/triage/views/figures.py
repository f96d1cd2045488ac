"""How good the proposals are, field by field, with switches and a training on demand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from leitstelle.kernel.errors import DomainError, NotAllowed, NotFound
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.triage.actions.training import ask_for_training
from leitstelle.triage.actions.tuning import tune_field
from leitstelle.triage.choices import FIELDS, Matter
from leitstelle.triage.forms.tuning import ReinForm
from leitstelle.triage.models import FieldSetting
from leitstelle.triage.policies import can_see_figures, can_tune
from leitstelle.triage.queries.figures import field_figures, training_now
from leitstelle.triage.queries.models import untouched


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Accuracy, coverage, calibration, confusions and drift of every field; the state of a training alone."""
    return _shown(request)


@require_POST
def train_now(request: HttpRequest) -> HttpResponse:
    """Let the worker train at once."""
    try:
        ask_for_training(by=viewer_of(request), now=timezone.now())
    except NotAllowed:
        raise
    except DomainError as error:
        toast(request, error.message, "warn")
    return go(request, reverse("triage:figures"))


@require_POST
def tune(request: HttpRequest, field: str) -> HttpResponse:
    """Save what the house allows for a field."""
    if field not in FIELDS:
        raise NotFound
    viewer = viewer_of(request)
    form = ReinForm(request.POST, auto_id=f"{field}_%s")
    if form.is_valid():
        try:
            expected = form.cleaned_data["version"]
            tune_field(Matter(field), form.to_rein(), by=viewer, now=timezone.now(), expected=expected)
        except NotAllowed:
            raise
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved. It counts for the next ticket."))
            return go(request, reverse("triage:figures"))
    return _shown(request, {Matter(field): form})


def _shown(request: HttpRequest, bound: dict[Matter, ReinForm] | None = None) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    if not can_see_figures(viewer):
        raise NotAllowed
    forms = bound or {}
    rows = {row.field: row for row in FieldSetting.objects.all()}
    context: dict[str, Any] = {
        "training": training_now(now),
        "fields": [
            (figure, forms.get(figure.field) or _form(figure.field, rows.get(figure.field)))
            for figure in field_figures(now)
        ],
        "can_tune": can_tune(viewer),
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return page(
        request,
        "triage/figures.html",
        context,
        fragment="" if bound else "triage/_training.html",
        status=status,
    )


def _form(field: Matter, row: FieldSetting | None) -> ReinForm:
    row = row or untouched(field)
    names = ("version", "is_on", "decides", "precision", "suggest_from")
    return ReinForm(initial={name: getattr(row, name) for name in names}, auto_id=f"{field}_%s")
