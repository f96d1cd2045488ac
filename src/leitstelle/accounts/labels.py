"""Names of the codes in `choices`, in the language of the reader."""

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.choices import (
    ContactKind,
    Density,
    LevelRight,
    LevelSight,
    OrganisationKind,
    PersonKind,
    PreferredChannel,
    Role,
    Theme,
    TokenScope,
)

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
PREFERRED_CHANNELS: dict[str, Promise] = {
    "": _("no preference"),
    PreferredChannel.MAIL: _("by e-mail"),
    PreferredChannel.PHONE: _("by telephone"),
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

# The roles that the demo company's sign-ins stand for.
DEMO_ROLES: dict[str, Promise] = {
    "requester": ROLES[Role.REQUESTER],
    "customer_contact": ROLES[Role.CUSTOMER_CONTACT],
    "agent_first": _("Agent, 1st level"),
    "agent_second": _("Agent, 2nd level"),
    "lead": ROLES[Role.TEAM_LEAD],
    "admin": ROLES[Role.ADMINISTRATOR],
}

# Why two people may be the same.
SAME_NUMBER = _("same telephone number")
SAME_LOCAL_PART = _("same name in the mail address")
SAME_NAME = _("same name and customer")

# Groups of columns in a merge (`rules.PERSON_GROUPS`, `rules.ORGANISATION_GROUPS`).
MERGE_GROUPS: dict[str, Promise] = {
    "name": _("Name"),
    "kind": _("Kind"),
    "job_title": _("Position"),
    "place": _("Customer, site, room"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "preferred_channel": _("Preferred channel"),
    "is_vip": _("Important person"),
    "note": _("Note"),
    "parent": _("Belongs to"),
    "level_scheme": _("Level scheme"),
    "portal_name": _("Name of the portal"),
}

# Columns of people and customers as timelines name them; what is left out there follows others.
FIELDS: dict[str, Promise] = {
    "display_name": _("Name"),
    "name": _("Name"),
    "kind": _("Kind"),
    "job_title": _("Position"),
    "organisation_id": _("Customer or department"),
    "site_id": _("Site"),
    "room": _("Room"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "preferred_channel": _("Preferred channel"),
    "is_vip": _("Important person"),
    "note": _("Note"),
    "parent_id": _("Belongs to"),
    "level_scheme_id": _("Level scheme"),
    "portal_name": _("Name of the portal"),
    "domains": _("Mail domains"),
}

MISSING_NAME = _("Please enter a name.")
NOT_AN_ADDRESS = _("This is not an e-mail address. Example: eva.brandt@example.org")
NOT_A_NUMBER = _("This is not a phone number. Please write it with the area code, for example 030 123456-12.")
NOT_A_DOMAIN = _("This is not a domain. Example: example.org")
EVERYBODY_IS_REQUESTER = _("Everybody is a requester; this needs no role.")
CONTACT_OF_WHOM = _("Please choose the customer this person speaks for, without team and level.")
ADMINISTRATION_IS_WHOLE = _("Administration cannot be limited.")
UNKNOWN_CHOICE = _("Please choose one of the entries.")
NOT_ACTIVE = _("This person was deactivated. Please reactivate them under people first.")
NAME_TAKEN = _("This name is already in use.")
OWN_DESCENDANT = _("A customer cannot belong to itself.")
AT_LEAST_ONE_LEVEL = _("A scheme needs at least one level.")


def named(de: str, en: str) -> str:
    """The name for the active language; the other one where a translation was left empty."""
    german = (get_language() or "de").startswith("de")
    return (de or en) if german else (en or de)


LEVEL_SIGHT: dict[str, str | Promise] = {
    LevelSight.ALL: _("everything their role opens"),
    LevelSight.LEVEL: _("only tickets of their own level"),
    LevelSight.TEAM: _("only tickets of their own teams"),
}
LEVEL_RIGHT: dict[str, str | Promise] = {
    LevelRight.CLASSIFY: _("change subject, category and devices"),
    LevelRight.PRIORITY: _("set the priority by hand"),
    LevelRight.REQUESTER: _("change the requester"),
    LevelRight.ASSIGN: _("assign to other teams and people without a handover"),
    LevelRight.RESOLVE: _("resolve"),
    LevelRight.CLOSE: _("close"),
    LevelRight.REJECT: _("reject"),
    LevelRight.REOPEN: _("reopen"),
    LevelRight.VENDOR: _("ask vendors"),
}
SCOPE_FOR_OUTSIDERS = _(
    "%(person)s belongs to another company. Please choose the team, the level or the customer they work for."
)
