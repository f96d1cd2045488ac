"""Where service hours appear on pages of others: the administration area."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.web import AdminSection, register_admin_section

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
