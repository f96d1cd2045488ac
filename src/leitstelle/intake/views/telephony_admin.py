"""Administration of telephone systems: settings, address and secret, lines, and what came in lately."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from leitstelle.accounts.policies import can_administer
from leitstelle.intake.actions.telephony_sources import (
    TelephonySourceInput,
    change_source,
    create_source,
    make_secret,
    remove_line,
    set_line,
)
from leitstelle.intake.choices import TelephonyKind
from leitstelle.intake.forms.telephony import LineForm, TelephonySourceForm
from leitstelle.intake.labels import TELEPHONY_KIND, TELEPHONY_REASON, TELEPHONY_STATE
from leitstelle.intake.models import TelephonyEvent, TelephonySource
from leitstelle.intake.policies import visible_sources
from leitstelle.intake.queries.telephony import told_by
from leitstelle.kernel.errors import DomainError, NotAllowed
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.crud import Column, Crud
from leitstelle.kernel.web.forms import add_domain_error

EVENTS_SHOWN = 30
BODY_SHOWN = 2000
SHOWN = (
    *("version", "name", "kind", "missed_tickets", "is_active"),
    *("public_key", "dial_kind", "dial_address", "dial_user"),
)


def _input(data: dict[str, Any]) -> TelephonySourceInput:
    return TelephonySourceInput(**{name: value for name, value in data.items() if name != "version"})


def _create(viewer: Viewer, data: dict[str, Any]) -> TelephonySource:
    return create_source(_input(data), by=viewer, now=timezone.now())


def _update(viewer: Viewer, source: TelephonySource, data: dict[str, Any]) -> TelephonySource:
    return change_source(source, _input(data), version=data["version"] or 0, by=viewer, now=timezone.now())


def _state(source: TelephonySource) -> str:
    if not source.is_active:
        return _("switched off")
    return _("takes calls") if source.secret_at else _("has no secret yet")


sources = Crud(
    name="intake:telephony",
    title=gettext_lazy("Telephone systems"),
    new=gettext_lazy("New telephone system"),
    form=TelephonySourceForm,
    rows=lambda viewer: visible_sources(viewer).select_related("team"),
    columns=[
        Column(gettext_lazy("Name"), lambda source: source.name),
        Column(gettext_lazy("Kind"), lambda source: TELEPHONY_KIND[source.kind]),
        Column(gettext_lazy("Team"), lambda source: source.team.name if source.team else "", opt=True),
        Column(gettext_lazy("State"), _state),
    ],
    allowed=can_administer,
    create=_create,
    update=_update,
    order=("name", "pk"),
    initial=lambda source: {name: getattr(source, name) for name in SHOWN} | {"team": source.team_id},
    archived=lambda source: not source.is_active,
    beside=lambda source: [
        (_("Connection and lines"), reverse("intake:telephony-lines", args=[source.public_id]))
    ],
)


@require_http_methods(["GET", "HEAD", "POST"])
def lines(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show and change how a system is connected: "secret" makes a new one, "remove" forgets a line, else one is set."""
    viewer = viewer_of(request)
    if not can_administer(viewer):
        raise NotAllowed
    source = get_object_or_404(visible_sources(viewer).select_related("team"), public_id=public_id)
    if request.method != "POST":
        return _show(request, source, LineForm())
    step, now = request.POST.get("step", ""), timezone.now()
    if step == "secret":
        return _show(request, source, LineForm(), secret=make_secret(source, by=viewer, now=now))
    if step == "remove":
        line_id = request.POST.get("line", "")
        if line_id.isascii() and line_id.isdigit() and len(line_id) < 19:
            remove_line(source, int(line_id), by=viewer, now=now)
        return go(request, request.path)
    form = LineForm(request.POST)
    if form.is_valid():
        try:
            set_line(source, by=viewer, now=now, **form.cleaned_data)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, request.path)
    return _show(request, source, form, status=422)


def _show(
    request: HttpRequest, source: TelephonySource, form: LineForm, *, secret: str = "", status: int = 200
) -> HttpResponse:
    address = request.build_absolute_uri(reverse("intake:telephony-hook", args=[source.public_id]))
    in_address = source.kind in (TelephonyKind.SIPGATE, TelephonyKind.THREECX)
    context = {
        "source": source,
        "kind": TELEPHONY_KIND[source.kind],
        "address": f"{address}?token={secret}" if secret and in_address else address,
        "in_address": in_address,
        "secret": secret,
        "form": form,
        "lines": source.lines.select_related("person", "team").order_by("key"),
        "events": [_shown(event) for event in told_by(source, EVENTS_SHOWN)],
    }
    return page(request, "intake/telephony_lines.html", context, status=status)


def _shown(event: TelephonyEvent) -> dict[str, Any]:
    body = bytes(event.body)[:BODY_SHOWN].decode("utf-8", "replace")
    return {
        "event": event,
        "state": TELEPHONY_STATE[event.state],
        "reason": TELEPHONY_REASON.get(event.reason, event.reason),
        "sent": "\n".join(part for part in (event.query, body) if part),
    }
