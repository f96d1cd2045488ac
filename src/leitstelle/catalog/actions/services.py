"""Keeping the services."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F

from leitstelle.accounts.models import Organisation
from leitstelle.catalog import labels, policies
from leitstelle.catalog.events import ServiceChanged, ServiceCreated
from leitstelle.catalog.models import Category, Service
from leitstelle.catalog.rules import category_key
from leitstelle.kernel.errors import Conflict, InvalidInput
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.viewer import Viewer

_LISTS = ("organisations", "categories")


@dataclass(frozen=True, kw_only=True)
class ServiceInput:
    """What a service is called, whom it is for (nobody named: everybody) and which categories are about it."""

    name_de: str
    name_en: str = ""
    organisations: tuple[Organisation, ...] = field(default=())
    categories: tuple[Category, ...] = field(default=())
    is_active: bool = True

    def values(self) -> dict[str, Any]:
        """The columns, each name standing in for the other. Raises `InvalidInput` without any."""
        german, english = (" ".join(name.split())[:80] for name in (self.name_de, self.name_en))
        if not german and not english:
            raise InvalidInput(fields={"name_de": labels.MISSING_NAME})
        return {"name_de": german or english, "name_en": english or german, "is_active": self.is_active}


@unit
def create_service(new: ServiceInput, *, by: Viewer, now: datetime) -> Service:
    """Add a service. Administrators only. Event `service.created`. Raises `NotAllowed`, `InvalidInput`."""
    policies.require_editor(by)
    values = new.values()
    taken = {key.replace("-", "_") for key in Service.objects.values_list("key", flat=True)}
    key = category_key("", values["name_en"][:30], taken).replace("_", "-")
    service = Service.objects.create(key=key, **values)
    _set_lists(service, new)
    _record(ServiceCreated(key=key), service, by=by, now=now)
    return service


@unit
def edit_service(service: Service, new: ServiceInput, *, version: int, by: Viewer, now: datetime) -> Service:
    """Change a service; tickets keep it, also when it is switched off. Administrators only.

    Event `service.changed` with the names of what changed. Raises `NotAllowed`, `InvalidInput`, `Conflict`.
    """
    policies.require_editor(by)
    values = new.values()
    service.refresh_from_db()
    changed = {name: value for name, value in values.items() if getattr(service, name) != value}
    lists = _set_lists(service, new) if service.version == version else []
    if not changed and not lists and service.version == version:
        return service
    fresh = Service.objects.filter(pk=service.pk, version=version)
    if not fresh.update(**changed, version=F("version") + 1):
        raise Conflict(theirs={name: getattr(service, name) for name in changed}, ours=changed)
    service.refresh_from_db()
    _record(ServiceChanged(fields=tuple(sorted([*changed, *lists]))), service, by=by, now=now)
    return service


def _set_lists(service: Service, new: ServiceInput) -> list[str]:
    """Store whom and what it is for; returns the names of the lists that changed."""
    changed = []
    for name in _LISTS:
        wanted = {one.pk for one in getattr(new, name)}
        kept = getattr(service, name)
        if set(kept.values_list("pk", flat=True)) != wanted:
            kept.set(wanted)
            changed.append(name)
    return changed


def _record(data: EventData, service: Service, *, by: Viewer, now: datetime) -> None:
    record(data, subject=Subject("service", service.pk), actor=by.actor, at=now)
