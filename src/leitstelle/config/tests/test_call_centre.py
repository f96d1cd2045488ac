"""An outsourced first level: agents of another company see master data only as far as their tickets concern it.

Read as in `test_canary`: every page, search, palette and answer of the API that they can reach.
"""

import json

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import OrganisationKind, Role, TokenScope
from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import visible_organisations, visible_people
from leitstelle.accounts.tests.cast import (
    NOW,
    PASSWORD,
    SYSTEM,
    as_agent,
    email,
    make_person,
    phone,
)
from leitstelle.assets import actions as assets
from leitstelle.assets.models import Asset
from leitstelle.assets.policies import visible_assets
from leitstelle.config.tests.test_canary import crawl, seeds
from leitstelle.config.tests.world import World, make_world
from leitstelle.kernel.work import drain
from leitstelle.tickets import actions as tickets

pytestmark = pytest.mark.timeout(300)
STRANGER, DEVICE, CUSTOMER = "Pirolheim", "NB-Wiedehopf", "Nachtigallwerke"


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> World:
    monkeypatch.setattr(connections, "close_all", lambda: None)
    caplog.set_level("CRITICAL", "django.request")
    world = make_world()
    customer = accounts.create_organisation(accounts.OrganisationInput(name=CUSTOMER), by=SYSTEM, now=NOW)
    person = make_person(
        f"Petra {STRANGER}", email("petra@nachtigall.example"), phone("+49 40 5551234"), organisation=customer
    )
    device = assets.add_asset(
        assets.AssetInput(name=DEVICE, kind="notebook", organisation=customer), by=SYSTEM, now=NOW
    )
    assets.hand_to(device, person, by=SYSTEM, now=NOW)
    drain(timezone.now())
    return world


@pytest.fixture
def caller(world: World) -> Person:
    """Works in the second team for a company of its own."""
    company = accounts.create_organisation(
        accounts.OrganisationInput(name="Rufwelt", kind=OrganisationKind.VENDOR), by=SYSTEM, now=NOW
    )
    agent = make_person("Cora Call", email("cora@rufwelt.example"), organisation=company, password=PASSWORD)
    accounts.grant_role(agent, Role.AGENT, accounts.Scope(team=world.desk.second), by=SYSTEM, now=NOW)
    members = [one.person for one in world.desk.second.memberships.select_related("person")]
    accounts.set_team_members(world.desk.second, (*members, agent), by=SYSTEM, now=NOW)
    return agent


def test_master_data_is_seen_as_far_as_tickets_concern_it(world: World, caller: Person) -> None:
    viewer, desk = as_agent(caller), world.desk
    people = set(visible_people(viewer).values_list("pk", flat=True))
    assert desk.requester.pk in people, "the ticket handed over is theirs"
    assert desk.outsider.pk not in people
    mates = {one.person_id for one in desk.second.memberships.all()}
    assert mates <= people
    assert desk.admin.pk not in people
    seen = set(visible_organisations(viewer).values_list("name", flat=True))
    assert seen == {desk.organisation.name, "Rufwelt"}
    assert list(visible_assets(viewer)) == [world.device]
    stranger = Person.objects.get(family_name=STRANGER)
    ticket = desk.open("Drucker", now=NOW)
    tickets.change_requester(ticket, stranger, by=desk.as_lead(), now=NOW)
    tickets.assign_ticket(ticket, team=desk.second, to=None, by=desk.as_lead(), now=NOW)
    assert visible_people(viewer).filter(pk=stranger.pk).exists()
    assert visible_assets(viewer).filter(name=DEVICE).exists()
    tickets.assign_ticket(ticket, team=desk.first, to=None, by=desk.as_lead(), now=NOW)
    assert not visible_people(viewer).filter(pk=stranger.pk).exists()
    assert not visible_assets(viewer).filter(name=DEVICE).exists()


def test_agents_of_the_house_see_as_before(world: World) -> None:
    viewer = as_agent(world.people["stranger"] or world.desk.expert)
    assert visible_people(viewer).filter(family_name=STRANGER).exists()
    assert visible_assets(viewer).count() == Asset.objects.count()


def test_nothing_else_is_found_on_any_page(world: World, caller: Person) -> None:
    client = Client()
    client.force_login(caller, backend="django.contrib.auth.backends.ModelBackend")
    pages = (reverse("tickets:search"), reverse("web:palette"))
    queries = [f"{page}?q={word}" for page in pages for word in (STRANGER, DEVICE, CUSTOMER)]
    control = world.client("agent").get(f"{reverse('web:palette')}?q={STRANGER}").content.decode()
    assert f"Petra {STRANGER}" in control, "who may find her does"
    found: dict[str, set[str]] = {}
    for address, text in crawl(client, iter([*seeds(world), *queries])):
        asked = address.partition("?")[2]
        for word in (STRANGER, DEVICE, CUSTOMER):
            if word in text and word not in asked:
                found.setdefault(word, set()).add(address)
    assert found == {}


def test_nothing_else_comes_over_the_api(world: World, caller: Person) -> None:
    _row, secret = accounts.create_api_token(caller, "Rufwelt", (TokenScope.READ,), by=SYSTEM, now=NOW)
    headers = {"Authorization": f"Bearer {secret}"}
    stranger = Person.objects.get(family_name=STRANGER)
    for path in ("people", "organisations", f"people?q={STRANGER}", "events", "tickets", "teams"):
        answer = Client().get(f"/api/v1/{path}", headers=headers)
        assert answer.status_code == 200, path
        text = json.dumps(answer.json(), ensure_ascii=False)
        assert not [word for word in (STRANGER, DEVICE, CUSTOMER) if word in text], path
    assert Client().get(f"/api/v1/people/{stranger.public_id}", headers=headers).status_code == 404
    customer = stranger.organisation
    assert customer is not None
    assert Client().get(f"/api/v1/organisations/{customer.public_id}", headers=headers).status_code == 404
