"""What webhooks bring to the shell: their section of administration."""

from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.policies import can_administer
from leitstelle.kernel.web import AdminSection, register_admin_section

register_admin_section(
    AdminSection(
        "webhooks",
        _("Incoming webhooks"),
        "automation:hooks",
        "link",
        _("Channels"),
        40,
        description=_("Programs that report trouble, and how their reports become tickets"),
        shows=can_administer,
    )
)
register_admin_section(
    AdminSection(
        "outgoing-webhooks",
        _("Outgoing webhooks"),
        "automation:endpoints",
        "send",
        _("Channels"),
        41,
        description=_("What other programs are told about tickets, and every call of them"),
        shows=can_administer,
    )
)
