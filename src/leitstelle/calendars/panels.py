"""Where service hours appear on pages of others: the administration area, and links from the journal."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstelle.calendars.policies import visible_calendars
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import AdminSection, Link, linker, register_admin_section

register_admin_section(
    AdminSection(
        "calendars",
        _("Service hours"),
        "calendars:list",
        "calendar-time",
        _("Time"),
        30,
        description=_("When your desk works: time ranges, holidays, company days"),
    )
)


@linker("calendar")
def calendar_links(viewer: Viewer, ids: Sequence[int]) -> Mapping[int, Link]:
    """The pages of the service hours that the viewer sees."""
    calendars = visible_calendars(viewer).filter(pk__in=ids)
    return {row.pk: Link(reverse("calendars:detail", args=[row.public_id]), row.name) for row in calendars}
