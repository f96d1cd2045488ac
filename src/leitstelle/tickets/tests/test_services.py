"""Tickets are about a service: named by their category, chosen by hand, asked for by views, rules and agreements."""

import pytest
from django.test import Client
from django.urls import reverse

from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.catalog import actions as catalog
from leitstelle.catalog import queries, rules
from leitstelle.catalog.models import Category, Service
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.kept import forget
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.conditions import compiled
from leitstelle.tickets.rules.conditions import Conditions, make
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk, make_desk


@pytest.fixture
def desk(db: None) -> Desk:
    forget()
    return make_desk()


def service(name: str, *keys: str) -> Service:
    categories = tuple(Category.objects.filter(key__in=keys))
    return catalog.create_service(
        catalog.ServiceInput(name_de=name, categories=categories), by=SYSTEM, now=NOW
    )


def category(key: str) -> int:
    return Category.objects.get(key=key).pk


def opened(desk: Desk, **more: object) -> Ticket:
    new = actions.NewTicket(
        subject="VPN",
        channel=Channel.MAIL,
        requester_id=desk.requester.pk,
        **more,  # type: ignore[arg-type]
    )
    said = NewMessage(
        text="Seit heute.", direction=Direction.INBOUND, channel=Channel.MAIL, audience=Audience.PUBLIC
    )
    return actions.open_ticket(new, said, by=SYSTEM, now=NOW)


def classified(ticket: Ticket, **more: object) -> actions.Classification:
    values: dict[str, object] = {
        "kind": ticket.kind,
        "category_id": ticket.category_id,
        "impact": ticket.impact_id,
        "urgency": ticket.urgency_id,
    }
    return actions.Classification(**{**values, **more})  # type: ignore[arg-type]


def test_the_category_names_the_service_and_takes_it_along(desk: Desk) -> None:
    network, printing = service("Netz", "network"), service("Druck", "printing")
    ticket = opened(desk, category_id=category("network.vpn"))
    assert ticket.service == network
    actions.classify(ticket, classified(ticket, category_id=category("printing")), by=SYSTEM, now=NOW)
    ticket.refresh_from_db()
    assert ticket.service == printing
    event = [one for one in events_for(Subject("ticket", ticket.pk)) if one.code == "ticket.classified"][-1]
    assert ["service", str(network.pk), str(printing.pk)] in event.data["changes"]


def test_a_service_that_was_chosen_stays(desk: Desk) -> None:
    service("Netz", "network")
    shop = service("Laden")
    ticket = opened(desk, category_id=category("network.vpn"), service_id=shop.pk)
    actions.classify(ticket, classified(ticket, category_id=category("printing")), by=SYSTEM, now=NOW)
    ticket.refresh_from_db()
    assert ticket.service == shop
    actions.classify(ticket, classified(ticket, service_id=None), by=SYSTEM, now=NOW)
    ticket.refresh_from_db()
    assert ticket.service is None


def test_the_matrix_of_the_service_gives_the_priority(desk: Desk) -> None:
    shop = service("Laden")
    own = queries.matrix(service_id=shop.pk)
    catalog.set_priority_matrix(
        {**own, ("person", "hindered"): 1}, seen=rules.matrix_version(own), service=shop, by=SYSTEM, now=NOW
    )
    forget()
    assert opened(desk).priority_id == 3
    assert opened(desk, service_id=shop.pk).priority_id == 1


def test_views_ask_for_the_service(desk: Desk) -> None:
    shop = service("Laden")
    with_it, without = opened(desk, service_id=shop.pk), opened(desk)
    viewer = desk.as_lead()
    wanted = Conditions(rows=(make("service", "in", [shop.pk]),))
    assert list(Ticket.objects.filter(compiled(wanted, viewer, NOW))) == [with_it]
    empty = Conditions(rows=(make("service", "empty", []),))
    assert without in Ticket.objects.filter(compiled(empty, viewer, NOW))


def test_the_form_chooses_it_and_lets_it_follow(desk: Desk, client: Client) -> None:
    network, printing = service("Netz", "network"), service("Druck", "printing")
    ticket = opened(desk, category_id=category("network.vpn"))
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("tickets:classify", args=[ticket.public_id])
    data = {
        "version": ticket.classification_version,
        "kind": ticket.kind,
        "category": category("printing"),
        "service": network.pk,
        "matrix": f"{ticket.urgency_id}:{ticket.impact_id}",
    }
    assert client.post(address, data).status_code == 303
    ticket.refresh_from_db()
    assert ticket.service == printing, "left as it stood, it goes with the category"
    again = {**data, "version": ticket.classification_version, "service": network.pk}
    assert client.post(address, again).status_code == 303
    ticket.refresh_from_db()
    assert ticket.service == network
    shown = client.get(reverse("tickets:ticket", args=[ticket.public_id])).content.decode()
    assert "Netz" in shown
    listed = client.get(
        reverse("tickets:inbox"), {"view": "open", "service": str(network.pk)}
    ).content.decode()
    assert str(ticket.number) in listed
