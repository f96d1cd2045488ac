"""Codes of the accounts domain; their translated names are in `labels`."""

from django.db.models import TextChoices


class PersonKind(TextChoices):
    """What stands behind an address: a human, a shared mailbox, or a machine."""

    HUMAN = "human"
    FUNCTION = "function"
    SERVICE = "service"


class ContactKind(TextChoices):
    EMAIL = "email"
    PHONE = "phone"
    MOBILE = "mobile"


class MergeKind(TextChoices):
    PERSON = "person"
    ORGANISATION = "organisation"


class PreferredChannel(TextChoices):
    """How somebody likes to be reached best."""

    MAIL = "mail"
    PHONE = "phone"


class OrganisationKind(TextChoices):
    INTERNAL = "internal"
    CUSTOMER = "customer"
    VENDOR = "vendor"


class Role(TextChoices):
    """What a person may be on this desk; scopes are columns of the grant."""

    REQUESTER = "requester"
    CUSTOMER_CONTACT = "customer_contact"
    AGENT = "agent"
    TEAM_LEAD = "team_lead"
    ADMINISTRATOR = "administrator"


class Theme(TextChoices):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(TextChoices):
    COMFORTABLE = "comfortable"
    COMPACT = "compact"


AGENT_ROLES = (Role.AGENT, Role.TEAM_LEAD, Role.ADMINISTRATOR)
"""Roles that open the workspace; their grants together say what is seen there."""


class LevelSight(TextChoices):
    """Which tickets the agents of a level see, within what their roles open."""

    ALL = "all"
    LEVEL = "level"
    TEAM = "team"


class LevelRight(TextChoices):
    """What a level may do with a ticket; a level has each unless it is withheld."""

    CLASSIFY = "classify"
    PRIORITY = "priority"
    REQUESTER = "requester"
    ASSIGN = "assign"
    RESOLVE = "resolve"
    CLOSE = "close"
    REJECT = "reject"
    REOPEN = "reopen"
    VENDOR = "vendor"


class StepState(TextChoices):
    """What an administrator made of one of the first steps."""

    DONE = "done"
    SKIPPED = "skipped"


class TokenScope(TextChoices):
    """What an API token may do at most; the person behind it sets the other limit."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


# Key, German name, English name, and the levels as (key, German name, English name, short form).
SHIPPED_SCHEMES = (
    (
        "three-tier",
        "Drei Ebenen",
        "Three levels",
        (
            ("first", "1st Level", "1st level", "L1"),
            ("second", "2nd Level", "2nd level", "L2"),
            ("third", "3rd Level", "3rd level", "L3"),
        ),
    ),
    (
        "two-tier",
        "Frontdesk und Backdesk",
        "Frontdesk and Backdesk",
        (
            ("frontdesk", "Frontdesk", "Frontdesk", "F"),
            ("backdesk", "Backdesk", "Backdesk", "B"),
        ),
    ),
)
