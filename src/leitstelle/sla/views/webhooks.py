"""Administration of webhooks, on the generic pages for master data."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstelle.kernel.outbound.actions import EndpointInput, change_endpoint, create_endpoint
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.crud import Column, Crud
from leitstelle.kernel.web.formats import day_time
from leitstelle.sla.forms.webhooks import WebhookForm
from leitstelle.sla.labels import call_answer
from leitstelle.sla.policies import can_edit_agreements, visible_endpoints


def _input(data: dict[str, Any]) -> EndpointInput:
    return EndpointInput(**{name: value for name, value in data.items() if name != "version"})


def _create(viewer: Viewer, data: dict[str, Any]) -> Endpoint:
    return create_endpoint(_input(data), by=viewer, now=timezone.now())


def _update(viewer: Viewer, row: Endpoint, data: dict[str, Any]) -> Endpoint:
    return change_endpoint(row, _input(data), version=data["version"] or 0, by=viewer, now=timezone.now())


def _state(row: Endpoint) -> str:
    if not row.is_active:
        return _("switched off")
    if row.called_at is None:
        return _("not called yet")
    return f"{day_time(row.called_at)}: {call_answer(row.answer)}"


webhooks: Crud[Endpoint] = Crud(
    name="sla:webhooks",
    title=gettext_lazy("Outgoing webhooks"),
    new=gettext_lazy("New webhook"),
    form=WebhookForm,
    rows=visible_endpoints,
    columns=[
        Column(gettext_lazy("Name"), lambda row: row.name),
        Column(gettext_lazy("Address"), lambda row: row.address, opt=True),
        Column(gettext_lazy("Last call"), _state),
    ],
    allowed=can_edit_agreements,
    create=_create,
    update=_update,
    order=("name", "pk"),
    intro=gettext_lazy("Addresses of other systems. An escalation can call one; each call is signed."),
    initial=lambda row: {name: getattr(row, name) for name in ("version", "name", "address", "is_active")},
    archived=lambda row: not row.is_active,
)
