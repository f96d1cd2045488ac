"""The cast and the factories of the accounts tests: real rows made by the real actions."""

from datetime import UTC, datetime

from leitstelle.accounts import actions
from leitstelle.accounts.choices import ContactKind, Role
from leitstelle.accounts.models import ContactPoint, Organisation, Person, Team
from leitstelle.accounts.queries import viewer_for
from leitstelle.kernel.viewer import Hat, Viewer

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SYSTEM = Viewer.system()
PASSWORD = "Nordlicht-Kaffee-17"
EVERYTHING = actions.Scope()


def email(value: str, *, primary: bool = False) -> actions.ContactInput:
    return actions.ContactInput(kind=ContactKind.EMAIL, value=value, is_primary=primary)


def phone(value: str, *, primary: bool = False) -> actions.ContactInput:
    return actions.ContactInput(kind=ContactKind.PHONE, value=value, is_primary=primary)


def make_person(
    name: str, *contacts: actions.ContactInput, organisation: Organisation | None = None, password: str = ""
) -> Person:
    """A person; with a password the first address is verified, so that they can sign in."""
    # English, so that tests can read what pages say whatever the state of the translations.
    new = actions.PersonInput(display_name=name, organisation=organisation, contacts=contacts, language="en")
    person = actions.create_person(new, by=SYSTEM, now=NOW)
    if password:
        actions.verify_contact_point(point_of(person), by=SYSTEM, now=NOW)
        actions.set_password(person, password, by=SYSTEM, now=NOW)
    return person


def make_agent(
    name: str,
    *contacts: actions.ContactInput,
    scope: actions.Scope = EVERYTHING,
    role: Role = Role.AGENT,
    password: str = "",
) -> Person:
    person = make_person(name, *contacts, password=password)
    actions.grant_role(person, role, scope, by=SYSTEM, now=NOW)
    return person


def make_administrator(
    name: str = "Anja Admin", *contacts: actions.ContactInput, password: str = ""
) -> Person:
    return make_agent(name, *contacts, role=Role.ADMINISTRATOR, password=password)


def make_organisation(name: str, *domains: str, parent: Organisation | None = None) -> Organisation:
    new = actions.OrganisationInput(name=name, parent=parent, domains=domains)
    return actions.create_organisation(new, by=SYSTEM, now=NOW)


def make_team(name: str, *members: Person, level: str = "first", leads: tuple[Person, ...] = ()) -> Team:
    scheme = actions.ensure_level_schemes(now=NOW)
    new = actions.TeamInput(name=name, level=scheme.levels.get(key=level))
    return actions.create_team(new, members=members, leads=leads, by=SYSTEM, now=NOW)


def point_of(person: Person) -> ContactPoint:
    """The first address of a person."""
    return person.contact_points.filter(kind=ContactKind.EMAIL).order_by("id")[0]


def as_agent(person: Person) -> Viewer:
    return viewer_for(person, Hat.AGENT)


def as_requester(person: Person) -> Viewer:
    return viewer_for(person, Hat.REQUESTER)
