"""What the catalogue brings to the shells: its administration pages."""

from django.utils.translation import gettext_lazy as _

from leitstelle.catalog.policies import can_edit_catalog
from leitstelle.kernel.web import AdminSection, register_admin_section

_GROUP = _("Classification")
register_admin_section(
    AdminSection(
        "categories",
        _("Categories"),
        "catalog:categories",
        "tag",
        _GROUP,
        10,
        description=_("The tree that tickets are sorted into, in both languages"),
        shows=can_edit_catalog,
    )
)
register_admin_section(
    AdminSection(
        "services",
        _("Services"),
        "catalog:services",
        "apps",
        _GROUP,
        15,
        description=_("What people use and tickets are about: mail, telephony, the shop"),
        shows=can_edit_catalog,
    )
)
register_admin_section(
    AdminSection(
        "priorities",
        _("Priorities"),
        "catalog:priorities",
        "flag",
        _GROUP,
        20,
        description=_("Which impact and urgency make which priority, for the house and for single customers"),
        shows=can_edit_catalog,
    )
)
