"""A small desk for tests: shipped data, two levels, the fixed cast, and a way to open tickets."""

from dataclasses import dataclass
from datetime import datetime

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import Role
from leitstelle.accounts.models import Level, LevelScheme, Organisation, Person, Team
from leitstelle.accounts.tests.cast import (
    NOW,
    PASSWORD,
    SYSTEM,
    as_agent,
    as_requester,
    email,
    make_administrator,
    make_agent,
    make_organisation,
    make_person,
    make_team,
)
from leitstelle.catalog import actions as catalog
from leitstelle.kernel.kept import forget
from leitstelle.kernel.tests.once import built_once
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.inputs import NewMessage


@dataclass(frozen=True)
class Desk:
    """The cast: requester and outsider of two organisations, agents of two levels, lead, administrator."""

    organisation: Organisation
    elsewhere: Organisation
    first: Team
    second: Team
    requester: Person
    colleague: Person
    outsider: Person
    agent: Person
    expert: Person
    lead: Person
    admin: Person

    def as_requester(self) -> Viewer:
        return as_requester(self.requester)

    def as_agent(self) -> Viewer:
        return as_agent(self.agent)

    def as_expert(self) -> Viewer:
        return as_agent(self.expert)

    def as_lead(self) -> Viewer:
        return as_agent(self.lead)

    def open(
        self, subject: str = "Drucker druckt nicht", *, now: datetime = NOW, text: str = "Seit heute."
    ) -> Ticket:
        """Open a ticket as the requester does in the portal."""
        new = actions.NewTicket(subject=subject, channel=Channel.PORTAL, requester_id=self.requester.pk)
        first = NewMessage(
            text=text,
            direction=Direction.INBOUND,
            channel=Channel.PORTAL,
            audience=Audience.PUBLIC,
            author_id=self.requester.pk,
        )
        return actions.open_ticket(new, first, by=self.as_requester(), now=now)


@built_once
def make_desk() -> Desk:
    """Create shipped data and the cast through the real actions."""
    catalog.ensure_defaults(NOW)
    actions.ensure_defaults()
    organisation = make_organisation("Werk Nord", "werk-nord.example")
    elsewhere = make_organisation("Anderswo", "anderswo.example")
    agent = make_agent("Jonas Wendt", email("jonas.wendt@desk.example"), password=PASSWORD)
    expert = make_agent("Mareike Thomsen", email("mareike.thomsen@desk.example"), password=PASSWORD)
    lead = make_agent("Lena Vogt", email("lena.vogt@desk.example"), role=Role.TEAM_LEAD, password=PASSWORD)
    return Desk(
        organisation=organisation,
        elsewhere=elsewhere,
        first=make_team("Service Desk", agent, leads=(lead,)),
        second=make_team("Netz und Server", expert, level="second"),
        requester=make_person(
            "Miriam Brandt",
            email("miriam.brandt@werk-nord.example"),
            organisation=organisation,
            password=PASSWORD,
        ),
        colleague=make_person(
            "Karl Ort", email("karl.ort@werk-nord.example"), organisation=organisation, password=PASSWORD
        ),
        outsider=make_person(
            "Otto Fremd", email("otto.fremd@anderswo.example"), organisation=elsewhere, password=PASSWORD
        ),
        agent=agent,
        expert=expert,
        lead=lead,
        admin=make_administrator("Anja Admin", email("anja.admin@desk.example"), password=PASSWORD),
    )


def two_tier(organisation: Organisation) -> Team:
    """Serve an organisation by Frontdesk and Backdesk; returns the Frontdesk."""
    scheme = LevelScheme.objects.get(key="two-tier")
    Organisation.objects.filter(pk=organisation.pk).update(level_scheme=scheme)
    forget()
    teams = [
        accounts.create_team(
            accounts.TeamInput(name=f"Zwei {level.key}", level=level), members=[], by=SYSTEM, now=NOW
        )
        for level in Level.objects.filter(scheme=scheme).order_by("-order")
    ]
    return teams[-1]
