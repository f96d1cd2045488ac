"""Which devices a ticket is about."""

from datetime import datetime

from django.db.models import Q

from leitstelle.accounts.choices import LevelRight
from leitstelle.assets.models import Asset
from leitstelle.assets.policies import visible_assets
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import need_right, need_worker, record_on
from leitstelle.tickets.events import DeviceLinked, DeviceUnlinked
from leitstelle.tickets.models import Ticket, TicketAsset


@unit()
def link_device(ticket: Ticket, asset: Asset, *, by: Viewer, now: datetime) -> TicketAsset:
    """Note that the ticket is about this device. Agents who see both. Records `DeviceLinked` once.

    Raises `NotAllowed`, and `NotFound` for a device that is not visible.
    """
    need_worker(by, ticket)
    need_right(by, LevelRight.CLASSIFY)
    if not visible_assets(by).filter(pk=asset.pk).exists():
        raise NotFound
    row, created = TicketAsset.objects.get_or_create(ticket=ticket, asset=asset, defaults={"created_at": now})
    if created:
        record_on(ticket, DeviceLinked(asset_id=asset.pk), by=by, at=now)
    return row


@unit()
def unlink_device(ticket: Ticket, asset: Asset, *, by: Viewer, now: datetime) -> None:
    """Note that the ticket is not about this device. Agents. Records `DeviceUnlinked`. Raises `NotAllowed`."""
    need_worker(by, ticket)
    need_right(by, LevelRight.CLASSIFY)
    deleted, _rows = TicketAsset.objects.filter(ticket=ticket, asset=asset).delete()
    if deleted:
        record_on(ticket, DeviceUnlinked(asset_id=asset.pk), by=by, at=now)


@unit()
def link_named_device(ticket: Ticket, name: str, *, by: Viewer, now: datetime) -> TicketAsset | None:
    """Link the one visible device with exactly this name, inventory or serial number, if there is one.

    Agents. Records `DeviceLinked`. Raises `NotAllowed`.
    """
    wanted = name.strip()
    if not wanted:
        return None
    fitting = Q(name__iexact=wanted) | Q(inventory_number__iexact=wanted) | Q(serial_number__iexact=wanted)
    found = list(visible_assets(by).filter(fitting)[:2])
    return link_device(ticket, found[0], by=by, now=now) if len(found) == 1 else None
