"""Where vendors appear in the frame: the administration, service hours in use, sentences."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.queries import register_users
from leitstelle.contracts.models import UnderpinningContract
from leitstelle.contracts.policies import can_keep_vendors, visible_vendors
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import AdminSection, Link, linker, register_admin_section

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
