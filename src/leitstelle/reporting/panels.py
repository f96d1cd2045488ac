"""Where the overview appears: navigation, administration, and the lists behind its numbers in the inbox."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.web import AdminSection, register_admin_section, register_nav
from leitstelle.reporting.policies import can_lead, can_set_overview
from leitstelle.reporting.queries import lists_of_leads
from leitstelle.tickets.queries.inbox import register_lists

register_nav(
    "overview", _("Overview"), "reporting:overview", "layout-dashboard", 12, can_lead, shortcut="g u"
)
register_admin_section(
    AdminSection(
        "overview",
        _("Overview of the teams"),
        "reporting:settings",
        "layout-dashboard",
        _("House"),
        6,
        description=_("What leads see of load and risk, and whether single persons are shown"),
        shows=can_set_overview,
    )
)
register_lists(lists_of_leads)
