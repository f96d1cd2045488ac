"""Services: which one a category names, for whom, their matrix, and their pages."""

import pytest
from django.test import Client
from django.urls import reverse

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
)
from leitstelle.catalog import actions, queries, rules
from leitstelle.catalog.models import Category, Service
from leitstelle.catalog.policies import visible_services
from leitstelle.catalog.rules import OfferedService, Scope, service_of
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.kept import forget


class TestRules:
    def test_the_nearest_branch_names_the_service(self) -> None:
        offered = [
            OfferedService(1, categories=frozenset({10})),
            OfferedService(2, categories=frozenset({11})),
        ]
        assert service_of(offered, (10, 11), None) == 2
        assert service_of(offered, (10,), None) == 1
        assert service_of(offered, (12,), None) is None

    def test_two_services_of_one_branch_leave_it_open(self) -> None:
        offered = [
            OfferedService(1, categories=frozenset({10})),
            OfferedService(2, categories=frozenset({10})),
        ]
        assert service_of(offered, (10,), None) is None

    def test_a_service_of_others_is_not_named(self) -> None:
        house = OfferedService(1, categories=frozenset({10}))
        theirs = OfferedService(2, organisations=frozenset({7}), categories=frozenset({10, 11}))
        assert service_of([house, theirs], (10, 11), 7) == 2
        assert service_of([house, theirs], (10, 11), 8) == 1

    def test_the_matrix_of_a_service_goes_before_that_of_a_branch(self) -> None:
        cell = ("person", "stopped")

        def layer(scope: Scope, rank: int) -> rules.Layer:
            return rules.Layer(scope, (rules.MatrixVersion(rank, 1, NOW, {cell: rank}),))

        layers = [
            layer(Scope(), 4),
            layer(Scope(category_id=10), 3),
            layer(Scope(service_id=5), 2),
            layer(Scope(organisation_id=7), 1),
        ]
        assert rules.effective(layers[:3], (10,), NOW, 5)[cell][0] == 2
        assert rules.effective(layers[:3], (10,), NOW, 6)[cell][0] == 3
        assert rules.effective(layers, (10,), NOW, 5)[cell][0] == 1, "the customer's own goes first"


pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(db: None) -> None:
    forget()
    actions.ensure_defaults(NOW)


def make_service(name: str = "Telefonie", **more: object) -> Service:
    return actions.create_service(actions.ServiceInput(name_de=name, **more), by=SYSTEM, now=NOW)  # type: ignore[arg-type]


def test_services_are_made_and_changed(shipped: None) -> None:
    category = Category.objects.get(key="network")
    service = make_service(categories=(category,))
    assert (service.key, service.name_en) == ("telefonie", "Telefonie")
    assert queries.service_of_category(Category.objects.get(key="network.vpn").pk, None) == service.pk
    new = actions.ServiceInput(name_de="Telefonie", name_en="Telephony", is_active=False)
    actions.edit_service(service, new, version=service.version, by=SYSTEM, now=NOW)
    event = list(events_for(Subject("service", service.pk)))[-1]
    assert set(event.data["fields"]) == {"name_en", "is_active", "categories"}
    assert not queries.active_services()
    with pytest.raises(Conflict):
        actions.edit_service(service, actions.ServiceInput(name_de="x"), version=1, by=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput):
        make_service(" ")


def test_keys_of_like_names_differ(shipped: None) -> None:
    assert [make_service("Mail und Kalender").key for _ in range(2)] == [
        "mail-und-kalender",
        "mail-und-kalender-2",
    ]


def test_a_matrix_of_its_own(shipped: None) -> None:
    service = make_service()
    before = queries.matrix(service_id=service.pk)
    cell = ("person", "can_wait")
    actions.set_priority_matrix(
        {**before, cell: 1}, seen=rules.matrix_version(before), service=service, by=SYSTEM, now=NOW
    )
    assert queries.matrix(service_id=service.pk)[cell] == 1
    assert queries.matrix()[cell] == before[cell]
    category = Category.objects.get(key="network")
    with pytest.raises(InvalidInput):
        actions.reset_priority_matrix(None, category=category, service=service, by=SYSTEM, now=NOW)
    actions.reset_priority_matrix(None, service=service, by=SYSTEM, now=NOW)
    assert queries.matrix(service_id=service.pk) == before


def test_who_sees_and_keeps_services(shipped: None) -> None:
    agent, requester = make_agent("Jonas"), make_person("Aylin")
    off = make_service("Alt", is_active=False)
    on = make_service("Neu")
    assert list(visible_services(as_agent(agent))) == [on]
    assert not visible_services(as_requester(requester)).exists()
    assert off in visible_services(as_agent(make_administrator("Anja", email("anja@desk.example"))))
    with pytest.raises(NotAllowed):
        actions.create_service(actions.ServiceInput(name_de="x"), by=as_agent(agent), now=NOW)


def test_the_pages(shipped: None, client: Client) -> None:
    admin = make_administrator("Anja", email("anja@desk.example"), password=PASSWORD)
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    customer = make_organisation("Werk Nord")
    category = Category.objects.get(key="network")
    data = {"name_de": "Standleitung", "is_active": "on", "categories": [category.pk]}
    assert (
        client.post(reverse("catalog:service-new"), {**data, "organisations": [customer.pk]}).status_code
        == 303
    )
    service = Service.objects.get(name_de="Standleitung")
    assert list(service.organisations.all()) == [customer]
    shown = client.get(reverse("catalog:services")).content.decode()
    assert "Standleitung" in shown
    assert "Werk Nord" in shown
    address = reverse("catalog:service", args=[service.pk])
    assert client.post(address, {**data, "name_de": ""}).status_code == 422
    assert client.post(address, {**data, "version": 99}).status_code == 409
    matrix = client.get(reverse("catalog:priorities"), {"part": f"s{service.pk}"})
    assert "Standleitung" in matrix.content.decode()
    assert client.get(reverse("catalog:priorities"), {"part": "s999999"}).status_code == 404
    assert client.get(reverse("catalog:priorities"), {"part": "x"}).status_code == 404


def test_shipping_again_leaves_the_matrix_of_a_service_alone(shipped: None) -> None:
    service = make_service()
    before = queries.matrix(service_id=service.pk)
    wanted = {**before, ("person", "can_wait"): 1}
    actions.set_priority_matrix(
        wanted, seen=rules.matrix_version(before), service=service, by=SYSTEM, now=NOW
    )
    assert actions.ensure_defaults(NOW) == 0
    assert queries.matrix(service_id=service.pk) == wanted
