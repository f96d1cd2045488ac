"""Other ways of tiering in the demo company: a customer with Frontdesk and Backdesk, and a call centre that answers."""

from datetime import datetime

from leitstelle.accounts import actions
from leitstelle.accounts.choices import ContactKind, LevelRight, LevelSight, OrganisationKind, Role
from leitstelle.accounts.models import Level, LevelScheme, Team
from leitstelle.config.demo.company import DEMO_PASSWORD, Company
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.actions import LevelRightsInput
from leitstelle.tickets.models import Ticket

TWO_TIER = "two-tier"
TEAMS = (("frontdesk", "Frontdesk Kunden"), ("backdesk", "Backdesk Kunden"))
CALL_CENTRE, CALL_TEAM = "Rufwerk Kontaktcenter", "Rufannahme Rufwerk"
CALL_AGENT = ("Rita", "Ruf", "rita.ruf@rufwerk.example")
_ANSWERED = 6


def tier(company: Company, *, now: datetime) -> None:
    """Let a customer be served in two tiers, and a call centre take calls as outsourced first level."""
    by = Viewer.system()
    scheme = LevelScheme.objects.get(key=TWO_TIER)
    customer = next(row for row in company.organisations.values() if row.kind == OrganisationKind.CUSTOMER)
    known = actions.OrganisationInput(
        name=customer.name,
        kind=OrganisationKind(customer.kind),
        parent=customer.parent,
        language=customer.language,
        level_scheme=scheme,
        note=customer.note,
    )
    actions.edit_organisation(customer, known, version=customer.version, by=by, now=now)
    people = [company.people[key] for key in company.agents_of("desk")[:2]]
    for level in Level.objects.filter(scheme=scheme):
        name = dict(TEAMS)[level.key]
        actions.create_team(actions.TeamInput(name=name, level=level), members=people, by=by, now=now)
    frontdesk = Level.objects.get(scheme=scheme, key="frontdesk")
    rights = LevelRightsInput(
        sees=LevelSight(frontdesk.sees), withheld=(LevelRight.VENDOR, LevelRight.PRIORITY)
    )
    tickets.set_rights_of_level(frontdesk, rights, by=by, now=now)
    _call_centre(now)


def _call_centre(now: datetime) -> Team:
    by = Viewer.system()
    given = actions.OrganisationInput(
        name=CALL_CENTRE, kind=OrganisationKind.VENDOR, domains=["rufwerk.example"]
    )
    house = actions.create_organisation(given, by=by, now=now)
    first, last, mail = CALL_AGENT
    new = actions.PersonInput(
        display_name=f"{first} {last}",
        given_name=first,
        family_name=last,
        organisation=house,
        contacts=[actions.ContactInput(kind=ContactKind.EMAIL, value=mail, is_primary=True)],
    )
    person = actions.create_person(new, by=by, now=now)
    actions.verify_contact_point(person.contact_points.get(), by=by, now=now)
    level = Level.objects.get(scheme__is_default=True, order=1)
    team = actions.create_team(
        actions.TeamInput(name=CALL_TEAM, level=level), members=[person], by=by, now=now
    )
    actions.grant_role(person, Role.AGENT, actions.Scope(team=team), by=by, now=now)
    actions.set_password(person, DEMO_PASSWORD, by=by, now=now)
    return team


def let_calls_be_answered(*, now: datetime) -> None:
    """Give the call centre some of what nobody has taken yet."""
    team, by = Team.objects.get(name=CALL_TEAM), Viewer.system()
    waiting = Ticket.objects.filter(is_ongoing=True, assignee__isnull=True).select_related("status", "team")
    for ticket in waiting.order_by("-opened_at", "pk")[:_ANSWERED]:
        tickets.assign_ticket(ticket, team=team, to=None, by=by, now=now)
