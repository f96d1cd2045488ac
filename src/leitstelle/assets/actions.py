"""Every write on devices: add, change, hand over, take back, retire, bring back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F

from leitstelle.accounts.models import Organisation, Person, Site
from leitstelle.accounts.policies import require
from leitstelle.assets import events, labels, policies
from leitstelle.assets.choices import SHIPPED_KINDS, AssetStatus
from leitstelle.assets.errors import AssetRetired
from leitstelle.assets.models import Asset, AssetKind, AssetUser
from leitstelle.kernel.errors import Conflict, InvalidInput
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.viewer import Viewer

KIND = "asset"


@dataclass(frozen=True, kw_only=True)
class AssetInput:
    """What is known of a device. `kind` is the key of an `AssetKind`; days are local calendar days."""

    name: str
    kind: str
    inventory_number: str = ""
    serial_number: str = ""
    manufacturer: str = ""
    model: str = ""
    organisation: Organisation | None = None
    site: Site | None = None
    location: str = ""
    status: AssetStatus = AssetStatus.IN_STOCK
    bought_on: date | None = None
    warranty_until: date | None = None
    note: str = ""

    def columns(self) -> dict[str, Any]:
        """The values of the row. Raises `InvalidInput` without a name or with days in the wrong order."""
        name = _plain(self.name, 120)
        if not name:
            raise InvalidInput(fields={"name": labels.MISSING_NAME})
        if self.bought_on and self.warranty_until and self.warranty_until < self.bought_on:
            raise InvalidInput(fields={"warranty_until": labels.WARRANTY_BEFORE_PURCHASE})
        return {
            "name": name,
            "sort_name": sort_key(name)[:120],
            "kind_id": self.kind,
            "inventory_number": _plain(self.inventory_number, 60),
            "serial_number": _plain(self.serial_number, 80),
            "manufacturer": _plain(self.manufacturer, 80),
            "model": _plain(self.model, 120),
            "organisation_id": self.organisation.pk if self.organisation else None,
            "site_id": self._site_id(),
            "location": _plain(self.location, 120),
            "status": str(self.status),
            "bought_on": self.bought_on,
            "warranty_until": self.warranty_until,
            "note": self.note.strip(),
        }

    def _site_id(self) -> int | None:
        # A site belongs to one organisation; keeping a foreign one would show a wrong address.
        own = self.site and self.organisation and self.site.organisation_id == self.organisation.pk
        return self.site.pk if self.site and own else None


def _plain(text: str, limit: int) -> str:
    return " ".join(text.split())[:limit]


@unit
def ensure_defaults(now: datetime) -> int:
    """Store the shipped kinds that are missing and return how many that were; renamed ones stay as they are.

    The product itself. Event `asset_kind.shipped` if any was missing.
    """
    created = 0
    for order, (key, name_de, name_en, icon) in enumerate(SHIPPED_KINDS, start=1):
        values = {"name_de": name_de, "name_en": name_en, "icon": icon, "order": order}
        created += AssetKind.objects.get_or_create(key=key, defaults=values)[1]
    if created:
        data = events.AssetKindsShipped(count=created)
        record(data, subject=Subject("asset_kind", 1), actor=Viewer.system().actor, at=now)
    return created


@unit
def add_asset(new: AssetInput, *, by: Viewer, now: datetime) -> Asset:
    """Store a device. Agents within their scope. Event `asset.added`. Raises `NotAllowed`, `InvalidInput`."""
    columns = new.columns()
    require(policies.can_keep_asset_of(by, columns["organisation_id"]))
    asset = Asset.objects.create(**columns, created_at=now)
    data = events.AssetAdded(kind=asset.kind_id, organisation_id=asset.organisation_id)
    _record(data, asset, by=by, now=now)
    return asset


@unit
def change_asset(asset: Asset, new: AssetInput, *, version: int, by: Viewer, now: datetime) -> Asset:
    """Change what is known of a device; `version` is the one the editor saw. Agents within their scope.

    Who uses it stays. Event `asset.changed`. Raises `NotAllowed`, `InvalidInput`, and `Conflict` with both values
    per field that differs.
    """
    require(policies.can_keep_asset(by, asset))
    columns = new.columns()
    require(policies.can_keep_asset_of(by, columns["organisation_id"]))
    asset.refresh_from_db()
    changed = {name: value for name, value in columns.items() if getattr(asset, name) != value}
    if not changed:
        return asset
    if not Asset.objects.filter(pk=asset.pk, version=version).update(**changed, version=F("version") + 1):
        theirs = {name: getattr(asset, name) for name in changed}
        raise Conflict(theirs=theirs, ours=changed)
    _record(events.AssetChanged(fields=tuple(sorted(changed))), asset, by=by, now=now)
    asset.refresh_from_db()
    return asset


@unit
def hand_to(asset: Asset, person: Person, *, is_main: bool = True, by: Viewer, now: datetime) -> AssetUser:
    """Give a device to somebody: as main user (who had it before gives it back), or beside others.

    Agents within their scope. It is in use from then on. Event `asset.handed_over` (and `asset.taken_back`).
    Raises `NotAllowed`, `AssetRetired`.
    """
    require(policies.can_keep_asset(by, asset))
    _lock(asset)
    if asset.status == AssetStatus.RETIRED:
        raise AssetRetired
    known = asset.used_by.filter(person=person).first()
    if known and known.is_main == is_main:
        return known
    if is_main:
        for before in asset.used_by.filter(is_main=True).exclude(person=person):
            _take(before, asset, by=by, now=now)
    use, _created = AssetUser.objects.update_or_create(
        asset=asset,
        person=person,
        defaults={"is_main": is_main},
        create_defaults={"is_main": is_main, "since": now},
    )
    _set_status(asset, AssetStatus.IN_USE)
    _record(events.AssetHandedOver(person_id=person.pk, is_main=is_main), asset, by=by, now=now)
    return use


@unit
def take_back(asset: Asset, person: Person, *, by: Viewer, now: datetime) -> Asset:
    """Note that somebody does not use the device any more; without users it is back in stock.

    Agents within their scope. Event `asset.taken_back`, none where the person did not have it. Raises `NotAllowed`.
    """
    require(policies.can_keep_asset(by, asset))
    _lock(asset)
    use = asset.used_by.filter(person=person).first()
    if use is None:
        return asset
    _take(use, asset, by=by, now=now)
    if not asset.used_by.exists() and asset.status == AssetStatus.IN_USE:
        _set_status(asset, AssetStatus.IN_STOCK)
    return asset


@unit
def retire_asset(asset: Asset, *, by: Viewer, now: datetime) -> Asset:
    """Take a device out of service; nobody uses it from then on. Agents within their scope.

    Event `asset.retired` once. Raises `NotAllowed`.
    """
    require(policies.can_keep_asset(by, asset))
    _lock(asset)
    if asset.status == AssetStatus.RETIRED:
        return asset
    people = tuple(asset.used_by.order_by("pk").values_list("person_id", flat=True))
    asset.used_by.all().delete()
    _set_status(asset, AssetStatus.RETIRED)
    _record(events.AssetRetired(people=people), asset, by=by, now=now)
    return asset


@unit
def bring_back(asset: Asset, *, by: Viewer, now: datetime) -> Asset:
    """Put a retired or lost device back in stock. Agents within their scope. Event `asset.returned`.

    Raises `NotAllowed`.
    """
    require(policies.can_keep_asset(by, asset))
    _lock(asset)
    if asset.status in {AssetStatus.RETIRED, AssetStatus.LOST}:
        _set_status(asset, AssetStatus.IN_STOCK)
        _record(events.AssetReturned(), asset, by=by, now=now)
    return asset


def _lock(asset: Asset) -> None:
    """Keep others who act on the same device waiting until the unit ends, and see what they did before."""
    Asset.objects.filter(pk=asset.pk).update(version=F("version") + 1)
    asset.refresh_from_db()


def _take(use: AssetUser, asset: Asset, *, by: Viewer, now: datetime) -> None:
    person_id = use.person_id
    use.delete()
    _record(events.AssetTakenBack(person_id=person_id), asset, by=by, now=now)


def _set_status(asset: Asset, status: AssetStatus) -> None:
    Asset.objects.filter(pk=asset.pk).update(status=status)
    asset.status = status


def _record(data: EventData, asset: Asset, *, by: Viewer, now: datetime) -> None:
    state = {"status": asset.status, "organisation": asset.organisation_id}
    record(data, subject=Subject(KIND, asset.pk), actor=by.actor, at=now, state=state)
