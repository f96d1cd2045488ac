"""The places of an organisation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from leitstelle.accounts import labels, policies, rules
from leitstelle.accounts.events import SiteRemoved, SiteSaved
from leitstelle.accounts.models import Organisation, Site
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class SiteInput:
    """A place; `state` is the second half of ISO 3166-2 (SN, BY), `country` ISO 3166-1."""

    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    state: str = ""
    country: str = "DE"

    def columns(self) -> dict[str, Any]:
        """The values of the row. Raises `InvalidInput` without a name."""
        name = rules.clean_name(self.name, limit=120)
        if not name:
            raise InvalidInput(fields={"name": labels.MISSING_NAME})
        return {
            "name": name,
            "street": rules.clean_name(self.street),
            "postcode": rules.clean_name(self.postcode, limit=12),
            "city": rules.clean_name(self.city, limit=120),
            "state": self.state.strip().upper()[:6],
            "country": self.country.strip().upper()[:2] or "DE",
        }


@unit
def save_site(
    organisation: Organisation, new: SiteInput, *, by: Viewer, now: datetime, site: Site | None = None
) -> Site:
    """Store a new site, or change `site`. Administrators only. Event `organisation.site_saved`.

    Raises `NotAllowed`, and `InvalidInput` for a name the organisation has already.
    """
    policies.require(policies.can_administer(by))
    columns = new.columns()
    row = site or Site(organisation=organisation)
    for name, value in columns.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise InvalidInput(fields={"name": labels.NAME_TAKEN}) from error
    data = SiteSaved(site_id=row.pk)
    record(data, subject=Subject("organisation", organisation.pk), actor=by.actor, at=now)
    return row


@unit
def remove_site(site: Site, *, by: Viewer, now: datetime) -> None:
    """Take a site out of choice lists; people and tickets keep it. Administrators only.

    Event `organisation.site_removed`. Raises `NotAllowed`.
    """
    policies.require(policies.can_administer(by))
    if Site.objects.filter(pk=site.pk, is_active=True).update(is_active=False):
        data = SiteRemoved(site_id=site.pk)
        record(data, subject=Subject("organisation", site.organisation_id), actor=by.actor, at=now)
