"""Who may open and send what: every address of the product × the cast, as `access.json` says.

A new address without a row there fails; the API's operations have a table of their own (`test_api.py`). A row names
a group of `groups` for each method it allows: one word per member of the cast. `ok`: let in. `in`: led to sign in (a
form that is sent: or refused, for there is nothing to come back to). A number: refused with that status. Methods
without an entry must not let anybody change anything. Several rows of one name carry a note after `#`.
"""

import json
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent
from leitstelle.automation.actions import HookInput, create_hook
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.actions import ServiceInput, create_service
from leitstelle.catalog.models import Category, PriorityModifier
from leitstelle.config.tests.api_world import planned_answer
from leitstelle.config.tests.routes import every_route
from leitstelle.config.tests.world import World, make_world
from leitstelle.contracts.actions import CustomerContractInput, add_customer_contract
from leitstelle.intake.actions.chat import Visitor, Words, open_chat
from leitstelle.intake.actions.chat_doors import ChatDoorInput, create_chat_door
from leitstelle.intake.actions.telephony_sources import TelephonySourceInput, create_source
from leitstelle.kernel.events.models import Event
from leitstelle.kernel.outbound.actions import EndpointInput, create_endpoint
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.kernel.secrets import sign
from leitstelle.sla.models import Agreement
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.actions.snippets import SnippetInput, create_snippet
from leitstelle.tickets.rules.bulk import BulkAction
from leitstelle.tickets.rules.conditions import Conditions
from leitstelle.triage.actions.absences import AbsenceInput, enter_absence
from leitstelle.triage.actions.rules import RuleInput, create_rule
from leitstelle.triage.actions.skills import SkillInput, save_skill
from leitstelle.triage.actions.trying import start_dry_run
from leitstelle.triage.choices import Matter, ProposalState, Trigger
from leitstelle.triage.models import Burst, Proposal

TABLE = json.loads((Path(__file__).parent / "access.json").read_text("utf-8"))
CAST: list[str] = TABLE["cast"]
pytestmark = pytest.mark.timeout(300)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SIGN_IN = "/account/login/"
OPERATORS = ("admin",)


@dataclass(frozen=True)
class Row:
    """One line of the table; `name` may be followed by a note after `#`."""

    key: str
    expected: dict[str, dict[str, str]]
    args: list[str]
    data: dict[str, Any]
    query: dict[str, str]

    @property
    def name(self) -> str:
        return self.key.partition("#")[0].strip()


def _group(name: str) -> dict[str, str]:
    words = TABLE["groups"][name].split()
    assert len(words) == len(CAST), f"group {name} has {len(words)} words for {len(CAST)} people"
    return dict(zip(CAST, words, strict=True))


def rows() -> list[Row]:
    return [
        Row(
            key,
            {method: _group(row[method]) for method in METHODS if method in row},
            row.get("args", []),
            row.get("data", {}),
            row.get("query", {}),
        )
        for key, row in TABLE["routes"].items()
    ]


def placeholders(world: World) -> dict[str, object]:
    """What `args` of a row may name."""
    desk = world.desk
    grant = desk.agent.grants.get()
    site = accounts.save_site(desk.organisation, accounts.SiteInput(name="Leipzig"), by=SYSTEM, now=NOW)
    participant = world.ticket.participants.earliest("pk")
    link = world.ticket.links_out.earliest("pk")
    calendar = ServiceCalendar.objects.earliest("pk")
    invited = accounts.InviteInput(name="Bruno Bahr", email="bruno@desk.example")
    invitation = accounts.invite_agent(invited, by=SYSTEM, now=timezone.now())[1]
    assert invitation is not None
    category = Category.objects.filter(parent__isnull=False).earliest("pk")
    return {
        "ticket": world.ticket.public_id,
        "number": world.ticket.number,
        "message": world.public_file.message.public_id,
        "handed": world.handed.public_id,
        "planned": planned_answer(world),
        "snippet": create_snippet(SnippetInput(title="Gruß", text="Moin"), by=SYSTEM, now=NOW).public_id,
        "guide": world.run.guide.public_id,
        "guide-key": world.run.guide.key,
        "run": world.run.pk,
        "handover": world.handover.pk,
        "participant": participant.pk,
        "link": link.pk,
        "public-file": world.public_file.public_id,
        "internal-file": world.internal_file.public_id,
        "guest-file": world.guest_file.public_id,
        **world.guest_tokens,
        "person": desk.requester.public_id,
        "person.pk": desk.requester.pk,
        "colleague-agent": desk.expert.public_id,
        "agent": desk.agent.public_id,
        "grant": grant.pk,
        "organisation": desk.organisation.public_id,
        "site": site.public_id,
        "team": desk.first.public_id,
        "mail": world.held.public_id,
        "box": world.box.public_id,
        "telephony": create_source(TelephonySourceInput(name="Zentrale"), by=SYSTEM, now=NOW).public_id,
        "webhook": _webhook().public_id,
        "inbound-hook": create_hook(
            HookInput(name="Wächter", subject="{name}"), by=SYSTEM, now=NOW
        ).public_id,
        "calendar": calendar.public_id,
        "agreement": Agreement.objects.earliest("pk").public_id,
        "category": category.pk,
        "service": create_service(ServiceInput(name_de="Telefonie"), by=SYSTEM, now=NOW).pk,
        "modifier": PriorityModifier.objects.earliest("pk").pk,
        "point": desk.requester.contact_points.get().pk,
        "device": world.device.public_id,
        "vendor": world.vendor.public_id,
        "level": desk.first.level_id,
        "contract": world.contract.public_id,
        "customer-contract": add_customer_contract(
            desk.organisation,
            CustomerContractInput(number="RV-1", name="Rahmenvertrag", valid_from=NOW.date()),
            by=SYSTEM,
            now=NOW,
        ).public_id,
        "vendor-case": world.case.public_id,
        "colleague": desk.colleague.public_id,
        "elsewhere": desk.elsewhere.public_id,
        "merge": world.merge.public_id,
        "ticket-merge": world.merged.public_id,
        "kind-person": "person",
        "kind-organisation": "organisation",
        "invitation": invitation.public_id,
        "invitation-token": sign(f"{invitation.public_id}:{invitation.number}", "accounts.invitation"),
        **_chat(world),
        **_views(world),
        **_routing(world),
        **_proposed(world),
        "nothing": uuid4(),
        "no.pk": 999_999,
        "ticket-topic": f"ticket:{world.ticket.pk}",
    }


def _chat(world: World) -> dict[str, object]:
    """A door that the portal shows, and a chat that waits behind it."""
    new = ChatDoorInput(name="Website", team=world.desk.first, in_portal=True)
    door = create_chat_door(new, by=SYSTEM, now=NOW)
    visitor, words = Visitor(language="de", name="Vera Besuch"), Words(key=uuid4(), text="Hallo")
    chat = open_chat(door, visitor, words, left=False, now=NOW)
    return {"chat-door": door.public_id, "chat": chat.public_id}


def _proposed(world: World) -> dict[str, object]:
    """A proposal for the ticket, and the question whether it is one of many."""
    proposal = Proposal.objects.create(
        ticket=world.ticket,
        matter=Matter.KIND,
        state=ProposalState.SUGGESTED,
        options=[["request", 60]],
        created_at=NOW,
    )
    burst = Burst.objects.create(began_at=NOW, last_at=NOW, detected_at=NOW, usual=0.1, words=["drucker"])
    burst.members.create(ticket=world.ticket)
    return {"proposal": proposal.public_id, "burst": burst.public_id, "field": Matter.KIND}


def _webhook() -> Endpoint:
    new = EndpointInput(name="Chat", address="https://chat.example.org/hook", key="0123456789abcdef")
    return create_endpoint(new, by=SYSTEM, now=NOW)


def _views(world: World) -> dict[str, object]:
    """A view of the agent's own, one for all of the lead's, and selections of the agent and the administrator."""
    desk = world.desk
    own = tickets.ViewInput(name="Eigene", conditions=Conditions())
    shared = tickets.ViewInput(name="Alle", conditions=Conditions(), shared_with_all=True)
    chosen = {
        name: tickets.choose_tickets([world.ticket.pk], action, by=viewer, now=NOW).public_id
        for name, viewer, action in (
            ("bulk", desk.as_agent(), BulkAction.TAKE),
            ("admin-bulk", as_agent(desk.admin), BulkAction.HANDOVER),
        )
    }
    return {
        "view": tickets.create_view(own, by=desk.as_agent(), now=NOW).public_id,
        "shared-view": tickets.create_view(shared, by=desk.as_lead(), now=NOW).public_id,
        **chosen,
    }


def _routing(world: World) -> dict[str, object]:
    """A rule with a dry run of the lead's, a skill, and an absence of the agent's."""
    desk = world.desk
    new = RuleInput(name="Alle", triggers=frozenset({Trigger.OPENED}), conditions=Conditions(), stops=True)
    rule = create_rule(new, by=SYSTEM, now=NOW)
    trial = start_dry_run(rule, NOW - timedelta(days=1), NOW + timedelta(days=1), by=desk.as_lead(), now=NOW)
    away = AbsenceInput(first_day=NOW.date(), last_day=NOW.date())
    return {
        "rule": rule.public_id,
        "rule.pk": rule.pk,
        "trial": trial.public_id,
        "skill": save_skill(
            None, SkillInput(name_de="Netz", name_en="Network"), by=SYSTEM, now=NOW
        ).public_id,
        "absence": enter_absence(desk.agent, away, by=SYSTEM, now=NOW).public_id,
    }


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> World:
    # A stream gives the connection back at once; here it holds the transaction that is taken back.
    monkeypatch.setattr(connections, "close_all", lambda: None)
    caplog.set_level("CRITICAL", "django.request")  # hundreds of refusals are what is tested
    return make_world()


def namespace_of(name: str) -> str:
    return name.partition(":")[0] if ":" in name else "account"


def test_every_address_stands_in_the_table() -> None:
    named = {row.name for row in rows()}
    whole = tuple(TABLE["whole"])
    real = {name for name, _ in every_route() if not name.startswith(whole)}
    assert real - named == set(), "addresses without a row in access.json"
    assert named - real == set(), "rows of access.json without an address"


@pytest.mark.parametrize("namespace", sorted({namespace_of(row.name) for row in rows()}))
def test_who_may_open_and_send_what(world: World, namespace: str) -> None:
    known = placeholders(world)
    wrong = []
    for row in rows():
        if namespace_of(row.name) != namespace:
            continue
        address = _address(row, known)
        data = {name: known.get(str(value).removeprefix("$"), value) for name, value in row.data.items()}
        query = {name: known.get(value.removeprefix("$"), value) for name, value in row.query.items()}
        for who in CAST:
            for method in ("GET", "POST"):
                wanted = row.expected.get(method, {}).get(who, "")
                sent = {"GET": query, "POST": data}[method]
                wrong += _difference(
                    world.client(who), method, address, sent, wanted, f"{row.key}: {method} as {who}"
                )
    assert wrong == [], "\n" + "\n".join(wrong)


def test_the_rescue_admin_is_for_operators_only(world: World) -> None:
    """Its addresses are Django's own: nobody of the cast but the administrator gets a page, nobody changes rows."""
    known = {"object_id": "1", "content_type_id": "1", "app_label": "accounts"}
    wrong = []
    for name, pattern in every_route():
        if not name.startswith("admin:") or "(" in name or "<" in name:
            continue
        address = reverse(name, kwargs={key: known[key] for key in pattern.pattern.regex.groupindex})
        for who in CAST:
            for method in ("GET", "POST"):
                status, changed = _send(world.client(who), method, address, {})[1:]
                shown = 200 <= status < 300
                if changed or status >= 500 or (shown and who not in OPERATORS):
                    wrong.append(f"{method} {name} as {who}: {status}, {changed} events")
    assert wrong == [], "\n".join(wrong)


def test_the_number_of_an_unseen_ticket_tells_nothing(world: World) -> None:
    """A number is no right: one that exists elsewhere is answered as one that does not."""
    client, handed = world.client("stranger"), world.handed.public_id
    answers = []
    for number in (world.ticket.number, 99_999_999):
        found = client.get(reverse("tickets:search"), {"q": f"#{number}"})
        hits = client.get(reverse("web:palette"), {"q": f"#{number}"}).json()
        data = {"number": number, "kind": "duplicate_of"}
        linked = client.post(reverse("tickets:link", args=[handed]), data, headers={"HX-Request": "true"})
        said = client.get(reverse("tickets:ticket", args=[handed])).content.decode()
        answers.append((found.status_code, hits, linked.status_code, "toast" in said))
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    assert not world.handed.links_out.filter(kind="duplicate_of").exists()
    seen = client.get(reverse("tickets:search"), {"q": f"#{world.handed.number}"})
    assert seen.status_code == 302, "the control: one's own number leads to the ticket"


def _address(row: Row, known: dict[str, object]) -> str:
    arguments = [known.get(word, word) for word in row.args]
    try:
        return reverse(row.name, args=arguments)
    except NoReverseMatch:
        pytest.fail(f"{row.key}: the args of the row do not fit the address")


def _send(client: Client, method: str, address: str, data: dict[str, Any]) -> tuple[str, int, int]:
    """Send the request in a transaction that is taken back: outcome, status, number of events recorded."""
    kept = copy(client.cookies)
    with transaction.atomic():
        before = Event.objects.count()
        response = client.get(address, data) if method == "GET" else client.post(address, data)
        changed = Event.objects.count() - before
        transaction.set_rollback(True)
    client.cookies = kept  # who signed in or out is as before
    return outcome(response), response.status_code, changed


def _difference(
    client: Client, method: str, address: str, data: dict[str, Any], wanted: str, where: str
) -> list[str]:
    """Say how the answer differs from the table."""
    found, status, changed = _send(client, method, address, data)
    if status >= 500:
        return [f"{where}: broken ({found})"]
    if changed and not (method == "POST" and wanted == "ok"):
        return [f"{where}: recorded {changed} events, the table says {wanted or 'nothing'} ({found})"]
    refused_form = wanted == "in" and method == "POST" and found in ("403", "404")
    return [] if not wanted or refused_form or found == wanted else [f"{where}: {found} instead of {wanted}"]


def outcome(response: HttpResponseBase) -> str:
    """Put an answer into the table's words."""
    status = response.status_code
    target = response.headers.get("Location", response.headers.get("HX-Redirect", ""))
    if target.startswith(SIGN_IN):
        return "in"
    # 409 and 422: let in, but the bare data of the table did not do.
    return "ok" if status < 400 or status in (409, 422) else str(status)
