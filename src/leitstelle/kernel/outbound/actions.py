"""Keeping endpoints."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from leitstelle.kernel.errors import Conflict, NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.outbound.errors import (
    AddressIsPrivate,
    AddressNotCallable,
    EndpointNameTaken,
    KeyTooShort,
)
from leitstelle.kernel.outbound.events import EndpointChanged, EndpointCreated
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.kernel.outbound.rules import LEAST_KEY, OVERLAP, WrongAddress, is_number, may_call, place_of
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class EndpointInput:
    """The settings of an endpoint. An empty key leaves the stored one as it is, for the same address only."""

    name: str
    address: str
    key: str = ""
    is_active: bool = True


def may_keep_endpoints(viewer: Viewer) -> bool:
    """Administrators, and the product itself."""
    return viewer.is_system or (viewer.is_admin and viewer.is_agent)


@unit()
def create_endpoint(new: EndpointInput, *, by: Viewer, now: datetime) -> Endpoint:
    """Add an endpoint. Administrators. Records `EndpointCreated`.

    Raises `NotAllowed`, `EndpointNameTaken`, `AddressNotCallable`, `AddressIsPrivate`, `KeyTooShort`.
    """
    _check(new, by, key_needed=True)
    try:
        with transaction.atomic():
            row = Endpoint.objects.create(created_at=now, **_columns(new))
    except IntegrityError as error:
        raise EndpointNameTaken(fields={"name": EndpointNameTaken.default_message}) from error
    record(EndpointCreated(), subject=Subject("endpoint", row.pk), actor=by.actor, at=now)
    return row


@unit()
def change_endpoint(
    endpoint: Endpoint, new: EndpointInput, *, version: int, by: Viewer, now: datetime
) -> Endpoint:
    """Change an endpoint. Administrators. Records `EndpointChanged` where something did.

    With a new key the one before signs as well for `OVERLAP`, so that the other side can change in its own time.
    Another address needs its key given anew: what proves a call to one is never shown to another. Raises as
    `create_endpoint`, and `Conflict` where somebody else changed it meanwhile.
    """
    _check(new, by, key_needed=new.address != endpoint.address)
    values = {name: value for name, value in _columns(new).items() if name != "key" or value}
    changed = tuple(sorted(name for name, value in values.items() if getattr(endpoint, name) != value))
    if not changed:
        return endpoint
    try:
        with transaction.atomic():
            rows = Endpoint.objects.filter(pk=endpoint.pk, version=version)
            moved = rows.update(
                version=F("version") + 1,
                **{name: values[name] for name in changed},
                **_former(endpoint, changed, now),
            )
    except IntegrityError as error:
        raise EndpointNameTaken(fields={"name": EndpointNameTaken.default_message}) from error
    if not moved:
        raise Conflict
    record(EndpointChanged(fields=changed), subject=Subject("endpoint", endpoint.pk), actor=by.actor, at=now)
    endpoint.refresh_from_db()
    return endpoint


@unit()
def drop_former_key(endpoint: Endpoint, *, by: Viewer, now: datetime) -> None:
    """Let the key before sign no more calls. Administrators. Records `EndpointChanged` once. Raises `NotAllowed`."""
    if not may_keep_endpoints(by):
        raise NotAllowed
    rows = Endpoint.objects.filter(pk=endpoint.pk, former_until__gt=now)
    if rows.update(former_key="", former_until=None):
        data = EndpointChanged(fields=("former_key",))
        record(data, subject=Subject("endpoint", endpoint.pk), actor=by.actor, at=now)


def _former(endpoint: Endpoint, changed: Collection[str], now: datetime) -> dict[str, object]:
    """What becomes of the key before: it stays for a while with a new one, and goes with another address."""
    if "address" in changed:
        return {"former_key": "", "former_until": None}
    if "key" in changed and endpoint.key:
        return {"former_key": str(endpoint.key), "former_until": now + OVERLAP}
    return {}


def _check(new: EndpointInput, by: Viewer, *, key_needed: bool) -> None:
    if not may_keep_endpoints(by):
        raise NotAllowed
    check_address(new.address)
    if (key_needed or new.key) and len(new.key) < LEAST_KEY:
        raise KeyTooShort(fields={"key": KeyTooShort.default_message})


def check_address(address: str, *, field: str = "address") -> None:
    """Raise `AddressNotCallable` or `AddressIsPrivate` at a field for what will never be called."""
    try:
        place = place_of(address)
    except WrongAddress as error:
        raise AddressNotCallable(fields={field: AddressNotCallable.default_message}) from error
    # Names are judged when they are called, by what they lead to then.
    if is_number(place.host) and not may_call(place.host, settings.WEBHOOK_NETWORKS):
        raise AddressIsPrivate(fields={field: AddressIsPrivate.default_message})


def _columns(new: EndpointInput) -> dict[str, object]:
    return {name: getattr(new, name) for name in new.__dataclass_fields__}
