"""What knowledge brings to the shells: its administration page."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.web import AdminSection, register_admin_section
from leitstelle.knowledge.policies import can_keep_guides

register_admin_section(
    AdminSection(
        "guides",
        _("Guides"),
        "knowledge:guides",
        "list-check",
        _("Channels"),
        35,
        description=_("Questions per symptom for the portal, the telephone and the first level"),
        shows=can_keep_guides,
    )
)
