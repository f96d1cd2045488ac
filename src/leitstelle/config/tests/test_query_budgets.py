"""How many statements pages take: never more than `query_budgets.json` says, and never more for more rows.

The numbers are what the pages need today, so that a page that grows is noticed; the architecture allows lists 12
and a ticket with 50 messages 25. Counted as people meet the pages: master data known to the process, counts not.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from importlib import import_module
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import viewer_for
from leitstelle.accounts.tests.cast import NOW, make_administrator
from leitstelle.assets import actions as assets
from leitstelle.assets.models import Asset
from leitstelle.config.bench import filling
from leitstelle.intake.actions import accept_raw
from leitstelle.intake.models import InboundMail, Mailbox
from leitstelle.kernel.kept import forget
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.views import key_of
from leitstelle.tickets.rules.bulk import BulkAction
from leitstelle.tickets.rules.conditions import Conditions, make

BUDGETS: dict[str, int] = json.loads(Path(__file__).with_name("query_budgets.json").read_text())
LISTS, TICKET = 12, 25
# Savepoints stand for transactions here, and hints to PostgreSQL's planner read no row.
ASK_NOTHING = ("SAVEPOINT ", "RELEASE SAVEPOINT ", "SET LOCAL ")
PAGED = (
    "leitstelle.tickets.views.inbox",
    "leitstelle.intake.views.portal_home",
    "leitstelle.assets.views",
    "leitstelle.tickets.views.records",
    "leitstelle.intake.views.quarantine",
)


@dataclass
class House:
    """A filled desk with browsers of an agent, a requester and an administrator; tickets of 5 and of 50 messages."""

    agent: Client
    requester: Client
    admin: Client
    short: Ticket
    long: Ticket
    saved: str
    grouped: str
    bulk: UUID
    device: Asset

    def statements(self, name: str, path: str) -> int:
        """How many statements a page takes the second time; its counts are asked anew."""
        visitors = {"portal": self.requester, "administration": self.admin, "overview": self.admin}
        client = visitors.get(name.split()[0], self.agent)
        assert client.get(path).status_code == 200, path
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200, path
        return sum(not query["sql"].startswith(ASK_NOTHING) for query in queries)


@pytest.fixture
def house(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    # Longer than any run: what ran out between two looks at a page would count as a statement of that page.
    monkeypatch.setattr(settings, "MASTER_DATA_SECONDS", 3600)
    monkeypatch.setattr(filling, "PEOPLE", 3)
    monkeypatch.setattr(filling, "ORGANISATIONS", 2)
    filling.fill(110, now=NOW, report=lambda done, total: None)
    short, long = filling.long_ticket(NOW, messages=5), filling.long_ticket(NOW, messages=50)
    box = Mailbox.objects.create(address="hilfe@desk.example", created_at=NOW)
    for index in range(12):
        raw = (
            f"From: a@b.example\r\nMessage-ID: <{index}@b.example>\r\nSubject: {index}\r\n\r\nHallo".encode()
        )
        accept_raw(box, raw, received_at=NOW, source="test", now=NOW)
    InboundMail.objects.update(state="quarantined", reason_code="failed")
    agent, requester = _signed_in(filling.SEE_ALL), _signed_in("person-1@kunde.example")
    admin = Client()
    admin.force_login(make_administrator(), backend="django.contrib.auth.backends.ModelBackend")
    yield House(agent, requester, admin, short, long, *_views(), _devices(short))
    forget()
    cache.clear()


def _devices(about: Ticket) -> Asset:
    """A dozen devices of the requester, one of them linked with a ticket."""
    assets.ensure_defaults(NOW)
    person, by = about.requester, Viewer.system()
    assert person is not None
    for number in range(12):
        new = assets.AssetInput(name=f"NB-{number:03}", kind="notebook", organisation=person.organisation)
        asset = assets.add_asset(new, by=by, now=NOW)
        assets.hand_to(asset, person, by=by, now=NOW)
    tickets.link_device(about, asset, by=by, now=NOW)
    return asset


def _views() -> tuple[str, str, UUID]:
    """Two saved views of the agent who sees all, one of them grouped, and a selection of fifty tickets."""
    person = Person.objects.get(contact_points__normalised=filling.SEE_ALL)
    viewer = viewer_for(person, Hat.AGENT)
    waiting = Conditions(rows=(make("status_type", "not_in", ["closed"]), make("vip", "no", [])))
    plain = tickets.ViewInput(name="Offen", conditions=waiting)
    columns = ("ticket", "team", "category", "assignee")
    grouped = tickets.ViewInput(name="Je Team", conditions=Conditions(), columns=columns, grouping="team")
    keys = [key_of(tickets.create_view(one, by=viewer, now=NOW)) for one in (plain, grouped)]
    chosen = list(Ticket.objects.order_by("pk").values_list("pk", flat=True)[:50])
    run = tickets.choose_tickets(chosen, BulkAction.ASSIGN, by=viewer, now=NOW)
    return keys[0], keys[1], run.public_id


def _signed_in(address: str) -> Client:
    client = Client()
    person = Person.objects.get(contact_points__normalised=address)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _paths(house: House) -> dict[str, str]:
    views = ("mine", "team", "unassigned", "waiting", "open", "level-1", "all")
    found = re.search(r'href="([^"]+)" rel="next"', house.agent.get("/tickets/?view=all").text)
    assert found is not None
    requester = house.long.requester
    assert requester is not None
    assert requester.organisation is not None
    return {
        **{f"inbox {view}": f"/tickets/?view={view}" for view in views},
        "inbox all, later page": f"/tickets/{unescape(found.group(1))}",
        "inbox filtered": "/tickets/?view=open&priority=3&order=priority",
        "inbox saved": f"/tickets/?view={house.saved}",
        "inbox saved, grouped": f"/tickets/?view={house.grouped}",
        "news of the inbox": "/tickets/news/?view=open&shown=1.2.3",
        "views": "/tickets/views/",
        "new view": "/tickets/views/new/?view=open",
        "bulk preview": f"/tickets/bulk/{house.bulk}/",
        "preview": f"/tickets/{house.long.public_id}/preview/",
        "ticket": f"/tickets/{house.long.public_id}/",
        "protocol": f"/tickets/{house.long.public_id}/protocol/",
        "search": "/search/?q=Drucker",
        "person": f"/people/{requester.public_id}/",
        "organisation": f"/organisations/{requester.organisation.public_id}/",
        "devices": "/devices/",
        "device": f"/devices/{house.device.public_id}/",
        "duplicates": "/people/duplicates/",
        "tickets of a person": f"/people/{requester.public_id}/tickets/",
        "portal devices": "/portal/devices/",
        "quarantine": "/quarantine/",
        "call": "/tickets/call/",
        "call, people found": "/tickets/call/people/?who=person",
        "call, caller chosen": f"/tickets/call/person/?person={house.long.requester_id}",
        "overview": "/overview/",
        "administration priorities": "/administration/priorities/",
        "administration backups": "/administration/backups/",
        "portal home": "/portal/",
        "portal reports": "/portal/reports/",
        "portal report": f"/portal/reports/{house.long.public_id}/",
    }


def test_pages_keep_their_budget_of_statements(house: House) -> None:
    needed = {name: house.statements(name, path) for name, path in _paths(house).items()}
    assert needed.keys() == BUDGETS.keys()
    over = {name: (count, BUDGETS[name]) for name, count in needed.items() if count > BUDGETS[name]}
    assert not over, f"page: (needs, may): {over}"


def test_budgets_are_within_what_the_architecture_allows() -> None:
    assert all(count <= LISTS for name, count in BUDGETS.items() if name.startswith("inbox"))
    assert BUDGETS["ticket"] <= TICKET


def test_statements_do_not_grow_with_rows(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    many = {name: house.statements(name, path) for name, path in _paths(house).items()}
    for module in PAGED:
        monkeypatch.setattr(import_module(module), "PAGE_SIZE", 5)
    house.long = house.short
    few = {name: house.statements(name, path) for name, path in _paths(house).items()}
    growing = {name: (few[name], many[name]) for name in many if many[name] > few[name]}
    assert not growing, f"page: (with 5 rows, with 50): {growing}"
