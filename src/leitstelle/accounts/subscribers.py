"""What follows a person, an organisation or a site when two of them become one."""

from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import (
    ContactPoint,
    House,
    Movable,
    Organisation,
    OrganisationDomain,
    Person,
    Site,
    register_movable,
)

register_movable(
    Movable(
        "accounts.contact_points",
        "person",
        ContactPoint,
        "person",
        _("Addresses and numbers"),
        unique=("kind", "normalised"),
    )
)
register_movable(Movable("accounts.people", "organisation", Person, "organisation", _("People")))
register_movable(
    Movable("accounts.sites", "organisation", Site, "organisation", _("Sites"), unique=("name",))
)
register_movable(
    Movable("accounts.domains", "organisation", OrganisationDomain, "organisation", _("Mail domains"))
)
register_movable(Movable("accounts.children", "organisation", Organisation, "parent", _("Departments below")))
register_movable(Movable("accounts.house", "organisation", House, "company"))
register_movable(Movable("accounts.people_at_site", "site", Person, "site"))
