"""The house of `world` as the API meets it: tokens for the cast, and an address for every operation."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import TokenScope
from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.config.tests.world import World
from leitstelle.contracts.actions import CustomerContractInput, add_customer_contract
from leitstelle.sla.models import Agreement
from leitstelle.tickets.actions.answers import NewAnswer
from leitstelle.tickets.actions.planned import plan_answer
from leitstelle.triage.choices import Matter, ProposalState
from leitstelle.triage.models import Proposal

EVERY_SCOPE = tuple(TokenScope)


@dataclass
class Callers:
    """Clients of the cast that speak with a token each."""

    world: World
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, who: str) -> str:
        """The token of a member of the cast, with every scope; `guest` has none."""
        person = self.world.people[who]
        if person is None:
            return ""
        if who not in self.tokens:
            _row, text = accounts.create_api_token(person, "Test", EVERY_SCOPE, by=SYSTEM, now=NOW)
            self.tokens[who] = text
        return self.tokens[who]

    def headers(self, who: str) -> dict[str, str]:
        token = self.token(who)
        return {"Authorization": f"Bearer {token}"} if token else {}

    def client(self, who: str) -> Client:
        return Client(headers=self.headers(who))


def things(world: World) -> dict[str, Any]:
    """What the rows of `api_access.json` may name."""
    desk = world.desk
    site = accounts.save_site(desk.organisation, accounts.SiteInput(name="Leipzig"), by=SYSTEM, now=NOW)
    return {
        "ticket": world.ticket.public_id,
        "handed": world.handed.public_id,
        "number": world.ticket.number,
        "handover": world.handover.pk,
        "participant": world.ticket.participants.earliest("pk").pk,
        "link": world.ticket.links_out.earliest("pk").pk,
        "message": world.public_file.message.public_id,
        "file": world.public_file.public_id,
        "person": desk.requester.public_id,
        "agent": desk.agent.public_id,
        "point": desk.requester.contact_points.get().pk,
        "organisation": desk.organisation.public_id,
        "site": site.public_id,
        "team": desk.first.public_id,
        "planned": planned_answer(world),
        "vendor": world.vendor.public_id,
        "case": world.case.public_id,
        "agreement": Agreement.objects.earliest("pk").public_id,
        "contract": add_customer_contract(
            desk.organisation,
            CustomerContractInput(number="RV-1", name="Rahmenvertrag", valid_from=NOW.date()),
            by=SYSTEM,
            now=NOW,
        ).public_id,
        "proposal": _proposal(world),
        "calendar": ServiceCalendar.objects.earliest("pk").public_id,
    }


def _proposal(world: World) -> UUID:
    row = Proposal.objects.create(
        ticket=world.ticket,
        matter=Matter.KIND,
        state=ProposalState.SUGGESTED,
        options=[["incident", 61]],
        created_at=NOW,
    )
    return row.public_id


def planned_answer(world: World) -> UUID:
    """An answer that waits for its time."""
    now = timezone.now()
    by = as_agent(world.desk.agent)
    send_at = now + timedelta(hours=1)
    return plan_answer(world.ticket, NewAnswer(text="Bis morgen."), by=by, now=now, send_at=send_at).public_id


def path_values(known: dict[str, Any]) -> dict[str, Any]:
    """What the parameters of an address stand for, of things the agent of the cast sees."""
    named = (
        "ticket",
        "handover",
        "participant",
        "link",
        "message",
        "person",
        "point",
        "organisation",
        "site",
        "case",
        "planned",
        "proposal",
    )
    found = {f"{name}_id": known[name] for name in (*named, "team", "calendar", "agreement", "contract")}
    return found | {"number": known["number"], "attachment_id": known["file"]}


def body_values(known: dict[str, Any]) -> dict[str, Any]:
    """Things that bodies of requests may name, by the name of the member."""
    return {
        "team": known["team"],
        "vendor": known["vendor"],
        "assignee": known["agent"],
        "person": known["agent"],
        "requester": known["person"],
        "ticket": known["handed"],
        "organisation": known["organisation"],
        "site": known["site"],
        "parent": known["organisation"],
        "category": "workplace.notebook",
        "impact": "group",
        "urgency": "hindered",
        "code": "solved",
        "status": "waiting_requester",
    }
