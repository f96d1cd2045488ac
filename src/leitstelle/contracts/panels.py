"""Where vendors appear in the frame: the administration, service hours in use, sentences."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.queries import register_users
from leitstelle.catalog.labels import name_of
from leitstelle.contracts.models import CustomerContract, UnderpinningContract
from leitstelle.contracts.policies import (
    can_keep_customer_contracts,
    can_keep_vendors,
    visible_customer_contracts,
    visible_vendors,
)
from leitstelle.contracts.queries import newest_versions
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import AdminSection, Link, Panel, fill, linker, register_admin_section

register_admin_section(
    AdminSection(
        "vendors",
        _("Vendors"),
        "contracts:vendors",
        "building",
        _("People and teams"),
        60,
        description=_(
            "Manufacturers and providers, what they promised, and how their answers are recognised"
        ),
        shows=can_keep_vendors,
    )
)


@register_users
def contracts_counting_by(calendar: ServiceCalendar) -> list[str]:
    """Contracts that count by these service hours."""
    rows = UnderpinningContract.objects.filter(calendar=calendar).select_related("vendor")
    return [f"{row.vendor.name}: {row.name}" for row in rows]


@linker("vendor")
def vendor_links(viewer: Viewer, ids: Sequence[int]) -> dict[int, Link]:
    """Administrators reach the form of every vendor."""
    if not can_keep_vendors(viewer):
        return {}
    rows = visible_vendors(viewer).filter(pk__in=ids)
    return {row.pk: Link(reverse("contracts:vendor", args=[row.public_id]), row.name) for row in rows}


register_admin_section(
    AdminSection(
        "customer-contracts",
        _("Customer contracts"),
        "contracts:customer-contracts",
        "file-certificate",
        _("Time"),
        15,
        description=_("What customers bought, which services it covers, and until when"),
        shows=can_keep_customer_contracts,
    )
)


@fill("organisation.side", order=15)
def contracts_of_organisation(viewer: Viewer, organisations: Sequence[Organisation]) -> dict[int, Panel]:
    """Show the contracts of a customer and what they cover; those that keep contracts reach their pages."""
    if not viewer.is_agent:
        return {}
    wanted = visible_customer_contracts(viewer).filter(organisation__in=[one.pk for one in organisations])
    rows = list(wanted.order_by("number", "pk"))
    newest, keeps = newest_versions(rows) if rows else {}, can_keep_customer_contracts(viewer)
    by_customer: dict[int, list[CustomerContract]] = {}
    for row in rows:
        by_customer.setdefault(row.organisation_id, []).append(row)
    return {
        one.pk: Panel(
            "contracts/_of_organisation.html",
            {
                "rows": [(row, newest[row.pk]) for row in by_customer.get(one.pk, [])],
                "today": timezone.localdate(),
                "name_of": name_of,
                "organisation": one,
                "can": {"keep": keeps},
            },
        )
        for one in organisations
        if keeps or one.pk in by_customer
    }


@linker("customer_contract")
def customer_contract_links(viewer: Viewer, ids: Sequence[int]) -> Mapping[int, Link]:
    """Administrators reach the page of every customer's contract."""
    if not can_keep_customer_contracts(viewer):
        return {}
    rows = visible_customer_contracts(viewer).filter(pk__in=ids)
    return {
        row.pk: Link(reverse("contracts:customer-contract", args=[row.public_id]), str(row)) for row in rows
    }
