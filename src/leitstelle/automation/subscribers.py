"""Calls that are due are made by the worker; webhooks follow a customer when two of them become one."""

from django.utils import timezone

from leitstelle.accounts.models import Movable, register_movable
from leitstelle.automation.actions.calls import ATTEMPTS, make_call
from leitstelle.automation.events import CallDue
from leitstelle.automation.models import InboundHook
from leitstelle.kernel.events import Event, subscribe

register_movable(Movable("automation.hooks", "organisation", InboundHook, "organisation"))


@subscribe(CallDue, name="automation.make_call", network=True, attempts=ATTEMPTS)
def call_endpoint(event: Event) -> None:
    """Tell an endpoint what happened."""
    make_call(event, now=timezone.now())
