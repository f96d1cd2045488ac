"""Names of the codes in `choices`, in the language of the reader."""

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leitstelle.accounts.choices import ContactKind, Density, OrganisationKind, PersonKind, Role, Theme, TokenScope

PERSON_KINDS: dict[str, Promise] = {
    PersonKind.HUMAN: pgettext_lazy("kind of person", "Person"),
    PersonKind.FUNCTION: pgettext_lazy("kind of person", "Function mailbox"),
    PersonKind.SERVICE: pgettext_lazy("kind of person", "Technical account"),
}
CONTACT_KINDS: dict[str, Promise] = {
    ContactKind.EMAIL: _("E-mail address"),
    ContactKind.PHONE: _("Phone"),
    ContactKind.MOBILE: _("Mobile phone"),
}
ORGANISATION_KINDS: dict[str, Promise] = {
    OrganisationKind.INTERNAL: _("Department"),
    OrganisationKind.CUSTOMER: _("Customer"),
    OrganisationKind.VENDOR: _("Vendor"),
}
ROLES: dict[str, Promise] = {
    Role.REQUESTER: _("Requester"),
    Role.CUSTOMER_CONTACT: _("Customer contact"),
    Role.AGENT: _("Agent"),
    Role.TEAM_LEAD: _("Team lead"),
    Role.ADMINISTRATOR: _("Administration"),
}
THEMES: dict[str, Promise] = {
    Theme.SYSTEM: _("Like the device"),
    Theme.LIGHT: _("Light"),
    Theme.DARK: _("Dark"),
}
DENSITIES: dict[str, Promise] = {
    Density.COMFORTABLE: _("Comfortable"),
    Density.COMPACT: _("Compact"),
}
TOKEN_SCOPES: dict[str, Promise] = {
    TokenScope.READ: _("Read everything the person may see"),
    TokenScope.WRITE: _("Create and change tickets"),
    TokenScope.ADMIN: _("Administration"),
}


def named(de: str, en: str) -> str:
    """The name for the active language; the other one where a translation was left empty."""
    german = (get_language() or "de").startswith("de")
    return (de or en) if german else (en or de)
