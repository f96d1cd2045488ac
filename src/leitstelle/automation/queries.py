"""Reads of webhooks."""

from uuid import UUID

from leitstelle.automation.models import HookReport, InboundHook, OutgoingCall, Wish
from leitstelle.kernel.outbound.models import Endpoint


def hook_for(public_id: UUID) -> InboundHook | None:
    """The active webhook behind an address, with its secret."""
    return InboundHook.objects.filter(public_id=public_id, is_active=True).first()


def reports_of(hook: InboundHook, limit: int) -> list[HookReport]:
    """The latest reports of a webhook, newest first, with their tickets."""
    rows = HookReport.objects.filter(hook=hook).select_related("ticket")
    return list(rows.order_by("-received_at", "-pk")[:limit])


def sample_of(hook: InboundHook, public_id: UUID) -> HookReport | None:
    """One report of a webhook."""
    return HookReport.objects.filter(hook=hook, public_id=public_id).first()


def wish_of(endpoint: Endpoint) -> Wish | None:
    """What an endpoint is told, `None` where nobody said so yet."""
    return Wish.objects.filter(endpoint=endpoint).first()


def calls_of(endpoint: Endpoint, limit: int) -> list[OutgoingCall]:
    """The latest calls of an endpoint, newest first, with their tickets."""
    rows = OutgoingCall.objects.filter(endpoint=endpoint).select_related("ticket")
    return list(rows.order_by("-pk")[:limit])


def call_of(endpoint: Endpoint, public_id: UUID) -> OutgoingCall | None:
    """One call of an endpoint."""
    return OutgoingCall.objects.filter(endpoint=endpoint, public_id=public_id).first()
