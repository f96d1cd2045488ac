"""Reads of vendors: who they are by their mail address, and which contract counts."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from leitstelle.contracts.models import UnderpinningContract, Vendor
from leitstelle.contracts.policies import visible_contracts
from leitstelle.kernel.kept import kept
from leitstelle.kernel.viewer import Viewer


def vendors_in_use() -> list[Vendor]:
    """Return the active vendors as this process knows them, by name."""
    return _known_vendors()["active"]


@kept("vendor")
def _known_vendors() -> dict[str, list[Vendor]]:
    # A house without vendors is kept in mind as well: bare lists would be asked for again while they are empty.
    return {"active": list(Vendor.objects.filter(is_active=True))}


def _vendors_by_sender() -> dict[str, int]:
    """Vendor by mail address and by mail domain, both lower case. Those no longer active still answer.

    Asked anew each time: it decides who reads a mail.
    """
    found: dict[str, int] = {}
    rows = Vendor.objects.order_by("is_active", "pk").values_list("pk", "mail_domains", "support_mail")
    for pk, domains, support_mail in rows:
        for domain in domains:
            found[str(domain)] = pk
        if support_mail:
            found[support_mail.lower()] = pk
    return found


def vendor_of_sender(address: str) -> int | None:
    """Return the vendor an address belongs to: exactly, or by its mail domain and the domains above that."""
    wanted = address.strip().lower()
    known = _vendors_by_sender()
    if not known or "@" not in wanted:
        return None
    if wanted in known:
        return known[wanted]
    labels = wanted.rpartition("@")[2].split(".")
    candidates = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((known[name] for name in candidates if name in known), None)


def contracts_for(
    viewer: Viewer, vendor: Vendor, *, organisation_id: int | None, device_kinds: Iterable[str], day: date
) -> list[UnderpinningContract]:
    """Return the vendor's contracts that hold on `day` for this, the closest first.

    A contract for the organisation goes before one for the kind of device, and both before one for everything.
    """
    kinds = list(device_kinds)
    rows = visible_contracts(viewer).filter(vendor=vendor, valid_from__lte=day)
    rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))
    rows = rows.filter(Q(organisation__isnull=True) | Q(organisation_id=organisation_id))
    rows = rows.filter(Q(device_kind__isnull=True) | Q(device_kind_id__in=kinds))
    found = list(rows.select_related("calendar", "organisation", "device_kind"))
    return sorted(found, key=lambda one: (one.organisation_id is None, one.device_kind_id is None, one.pk))
