"""Devices of a ticket: linked with an event, offered from the requester's, never shown to whom they are not visible."""

import pytest
from django.test import Client

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.models import Organisation
from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent, make_agent
from leitstelle.assets import actions as assets
from leitstelle.assets.models import Asset
from leitstelle.kernel.errors import NotAllowed, NotFound
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.tests.once import built_once
from leitstelle.tickets import actions
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.devices import devices_for, tickets_about
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
@built_once
def desk() -> Desk:
    assets.ensure_defaults(NOW)
    return make_desk()


def device(name: str, organisation: Organisation, **more: str) -> Asset:
    new = assets.AssetInput(name=name, kind="notebook", organisation=organisation, **more)  # type: ignore[arg-type]
    return assets.add_asset(new, by=SYSTEM, now=NOW)


def codes(ticket: Ticket) -> list[str]:
    events = events_for(Subject("ticket", ticket.pk))
    return [event.code for event in events if "device" in event.code]


def test_linking_is_recorded_once_and_undone(desk: Desk) -> None:
    ticket, own = desk.open(), device("NB-1", desk.organisation)
    other = device("NB-2", desk.organisation)
    for asset in (own, other):
        assets.hand_to(asset, desk.requester, is_main=asset == own, by=SYSTEM, now=NOW)
    agent = desk.as_agent()
    actions.link_device(ticket, own, by=agent, now=NOW)
    actions.link_device(ticket, own, by=agent, now=NOW)
    assert devices_for(ticket, agent) == ([own], [other])
    actions.unlink_device(ticket, own, by=agent, now=NOW)
    actions.unlink_device(ticket, own, by=agent, now=NOW)
    assert codes(ticket) == ["ticket.device_linked", "ticket.device_unlinked"]
    assert devices_for(ticket, agent) == ([], [own, other])


def test_who_sees_only_the_ticket_neither_links_nor_sees_the_device(desk: Desk) -> None:
    ticket, foreign = desk.open(), device("NB-9", desk.elsewhere)
    actions.link_device(ticket, foreign, by=SYSTEM, now=NOW)
    scope = accounts.Scope(organisation=desk.organisation)
    narrow = as_agent(make_agent("Egon Enge", scope=scope))
    assert devices_for(ticket, narrow) == ([], [])
    with pytest.raises(NotFound):
        actions.link_device(ticket, foreign, by=narrow, now=NOW)
    with pytest.raises(NotAllowed):
        actions.link_device(ticket, foreign, by=desk.as_requester(), now=NOW)


def test_tickets_of_a_device_are_those_one_may_see(desk: Desk) -> None:
    ticket, asset = desk.open(), device("NB-1", desk.organisation)
    actions.link_device(ticket, asset, by=SYSTEM, now=NOW)
    away = as_agent(make_agent("Egon Enge", scope=accounts.Scope(organisation=desk.elsewhere)))
    assert list(tickets_about(asset, desk.as_agent())) == [ticket]
    assert not tickets_about(asset, away)


@pytest.mark.parametrize("typed", ["nb-0412", "INV-7", "5cd9"])
def test_a_device_named_in_a_new_ticket_is_linked(desk: Desk, typed: str) -> None:
    asset = device("NB-0412", desk.organisation, inventory_number="INV-7", serial_number="5CD9")
    ticket = desk.open()
    actions.link_named_device(ticket, typed, by=desk.as_agent(), now=NOW)
    assert tickets_about(asset, SYSTEM).get() == ticket
    assert actions.link_named_device(ticket, "NB-04", by=desk.as_agent(), now=NOW) is None


def test_an_agent_links_by_button_and_by_words(desk: Desk) -> None:
    ticket, own = desk.open(), device("NB-1", desk.organisation)
    other = device("SRV-2", desk.organisation)
    assets.hand_to(own, desk.requester, by=SYSTEM, now=NOW)
    client = Client()
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    page = f"/tickets/{ticket.public_id}/"
    assert f'value="{own.public_id}"' in client.get(page).text
    client.post(f"{page}devices/", {"asset": str(own.public_id)})
    client.post(f"{page}devices/", {"words": "srv-2"})
    assert devices_for(ticket, desk.as_agent())[0] == [own, other]
    assert ticket.subject in client.get(f"/devices/{own.public_id}/").text
    client.post(f"{page}devices/{own.public_id}/remove/")
    assert devices_for(ticket, desk.as_agent())[0] == [other]
