"""The backups' entry under administration."""

from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.policies import can_administer
from leitstelle.kernel.web import AdminSection, register_admin_section

register_admin_section(
    AdminSection(
        "backups",
        _("Backups"),
        "backup:backups",
        "database",
        _("Operation"),
        90,
        description=_("Archives of the whole desk: how old, how large, verified or not"),
        shows=can_administer,
    )
)
