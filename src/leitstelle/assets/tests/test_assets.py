"""Devices: every action with its event and refusal, who sees which, and what the portal tells."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.models import Organisation, Person
from leitstelle.accounts.tests.cast import (
    NOW,
    SYSTEM,
    as_agent,
    as_requester,
    email,
    make_agent,
    make_organisation,
    make_person,
)
from leitstelle.assets import actions, policies, queries
from leitstelle.assets.choices import AssetStatus
from leitstelle.assets.errors import AssetRetired
from leitstelle.assets.models import Asset
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, events_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    actions.ensure_defaults(NOW)
    return make_organisation("Werk Nord")


@pytest.fixture
def eva(organisation: Organisation) -> Person:
    return make_person("Eva Brandt", email("eva@nord.example"), organisation=organisation)


def add(name: str = "NB-0412", organisation: Organisation | None = None, **more: object) -> Asset:
    new = actions.AssetInput(name=name, kind="notebook", organisation=organisation, **more)  # type: ignore[arg-type]
    return actions.add_asset(new, by=SYSTEM, now=NOW)


def codes(asset: Asset) -> list[str]:
    return [event.code for event in events_for(Subject("asset", asset.pk))]


def test_shipped_kinds_come_once_and_renamed_ones_stay() -> None:
    assert actions.ensure_defaults(NOW) == 12
    kind = queries.kinds()[0]
    kind.name_de = "Laptop"
    kind.save()
    assert actions.ensure_defaults(NOW) == 0
    assert queries.kinds()[0].name_de == "Laptop"


def test_a_device_goes_from_hand_to_hand(organisation: Organisation, eva: Person) -> None:
    karl = make_person("Karl Ort", organisation=organisation)
    asset = add(organisation=organisation)
    actions.hand_to(asset, eva, by=SYSTEM, now=NOW)
    assert Asset.objects.get().status == AssetStatus.IN_USE
    actions.hand_to(asset, karl, by=SYSTEM, now=NOW)
    assert [use.person for use in asset.used_by.all()] == [karl]
    actions.hand_to(asset, eva, is_main=False, by=SYSTEM, now=NOW)
    actions.hand_to(asset, eva, is_main=False, by=SYSTEM, now=NOW)  # again: nothing happens
    actions.take_back(asset, karl, by=SYSTEM, now=NOW)
    assert Asset.objects.get().status == AssetStatus.IN_USE
    actions.take_back(asset, eva, by=SYSTEM, now=NOW)
    actions.take_back(asset, eva, by=SYSTEM, now=NOW)
    assert Asset.objects.get().status == AssetStatus.IN_STOCK
    handed, taken = "asset.handed_over", "asset.taken_back"
    assert codes(asset) == ["asset.added", handed, taken, handed, handed, taken, taken]


def test_a_beside_user_becomes_the_main_one(organisation: Organisation, eva: Person) -> None:
    asset = add(organisation=organisation)
    actions.hand_to(asset, eva, is_main=False, by=SYSTEM, now=NOW)
    actions.hand_to(asset, eva, by=SYSTEM, now=NOW)
    assert asset.used_by.get().is_main


def test_retiring_takes_it_from_everybody_and_can_be_taken_back(
    organisation: Organisation, eva: Person
) -> None:
    asset = add(organisation=organisation)
    actions.hand_to(asset, eva, by=SYSTEM, now=NOW)
    actions.retire_asset(asset, by=SYSTEM, now=NOW)
    actions.retire_asset(asset, by=SYSTEM, now=NOW)
    assert not asset.used_by.exists()
    with pytest.raises(AssetRetired):
        actions.hand_to(asset, eva, by=SYSTEM, now=NOW)
    actions.bring_back(asset, by=SYSTEM, now=NOW)
    assert Asset.objects.get().status == AssetStatus.IN_STOCK
    assert codes(asset)[2:] == ["asset.retired", "asset.returned"]


def test_changing_compares_with_what_was_seen(organisation: Organisation) -> None:
    asset = add(organisation=organisation)
    new = actions.AssetInput(name="NB-0413", kind="tablet", organisation=organisation)
    actions.change_asset(asset, new, version=asset.version, by=SYSTEM, now=NOW)
    assert asset.kind_id == "tablet"
    other = actions.AssetInput(name="NB-0414", kind="tablet", organisation=organisation)
    with pytest.raises(Conflict) as refused:
        actions.change_asset(asset, other, version=1, by=SYSTEM, now=NOW)
    assert refused.value.params["theirs"]["name"] == "NB-0413"
    event = events_for(Subject("asset", asset.pk)).get(code="asset.changed")
    assert event.data == {"fields": ["kind_id", "name", "sort_name"]}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"bought_on": date(2026, 5, 1), "warranty_until": date(2026, 4, 30)}, "warranty_until"),
    ],
)
def test_what_cannot_be_is_refused(organisation: Organisation, values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(**{"name": "NB", **values})  # type: ignore[arg-type]
    assert field in refused.value.fields


def test_agents_keep_devices_of_their_scope_only(organisation: Organisation, eva: Person) -> None:
    elsewhere = make_organisation("Anderswo")
    agent = as_agent(make_agent("Enge", scope=accounts.Scope(organisation=elsewhere)))
    asset = add(organisation=organisation)
    assert not policies.visible_assets(agent).exists()
    writes: list[Callable[[], object]] = [
        lambda: actions.hand_to(asset, eva, by=agent, now=NOW),
        lambda: actions.take_back(asset, eva, by=agent, now=NOW),
        lambda: actions.retire_asset(asset, by=agent, now=NOW),
        lambda: actions.bring_back(asset, by=agent, now=NOW),
        lambda: actions.add_asset(
            actions.AssetInput(name="X", kind="other", organisation=organisation), by=agent, now=NOW
        ),
    ]
    for write in writes:
        with pytest.raises(NotAllowed):
            write()
    mine = actions.add_asset(
        actions.AssetInput(name="Y", kind="other", organisation=elsewhere), by=agent, now=NOW
    )
    moved = actions.AssetInput(name="Y", kind="other", organisation=organisation)
    with pytest.raises(NotAllowed):  # nor may it be pushed out of the scope
        actions.change_asset(mine, moved, version=1, by=agent, now=NOW)
    assert list(policies.visible_assets(agent)) == [mine]


def test_requesters_see_what_they_use_and_nothing_else(organisation: Organisation, eva: Person) -> None:
    own, other = add("NB-1", organisation), add("NB-2", organisation)
    actions.hand_to(own, eva, by=SYSTEM, now=NOW)
    assert list(policies.visible_assets(as_requester(eva))) == [own]
    karl = make_person("Karl Ort", organisation=organisation)
    assert queries.devices_of(as_requester(karl), [eva.pk]) == {eva.pk: []}
    assert queries.devices_of(SYSTEM, [eva.pk, karl.pk]) == {eva.pk: [own], karl.pk: []}
    assert other not in policies.visible_assets(as_requester(eva))


def test_devices_of_many_people_take_one_statement(
    organisation: Organisation, eva: Person, django_assert_num_queries: Callable[[int], object]
) -> None:
    people = [eva, *(make_person(f"Person {n}", organisation=organisation) for n in range(3))]
    for number, person in enumerate(people):
        actions.hand_to(add(f"NB-{number}", organisation), person, by=SYSTEM, now=NOW)
    agent = as_agent(make_agent("Ina"))
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        found = queries.devices_of(agent, [person.pk for person in people])
        assert [[asset.kind.icon for asset in assets] for assets in found.values()] == [["device-laptop"]] * 4


def test_devices_are_found_by_numbers_and_users(organisation: Organisation, eva: Person) -> None:
    asset = add("NB-7", organisation, serial_number="5CD9483K2", inventory_number="INV-4711")
    actions.hand_to(asset, eva, by=SYSTEM, now=NOW)
    for typed in ("nb-7", "5cd94", "INV-4711", "Brandt NB"):
        assert list(queries.matching(Asset.objects.all(), typed)) == [asset], typed
    assert not queries.matching(Asset.objects.all(), "NB-8")


def _browser(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_agent_enters_a_device_and_hands_it_over(organisation: Organisation, eva: Person) -> None:
    client = _browser(make_agent("Ina Agentin"))
    data = {"name": "NB-0500", "kind": "notebook", "status": "in_stock", "organisation": organisation.pk}
    client.post("/devices/new/", data)
    asset = Asset.objects.get()
    make_person("Eva Brandt", organisation=make_organisation("Andere Werke"))
    several = client.post(f"/devices/{asset.public_id}/people/", {"person": "Brandt", "how": "main"})
    assert several.status_code == 422
    assert "Andere Werke" in several.text
    client.post(
        f"/devices/{asset.public_id}/people/",
        {"person": "Brandt", "chosen": str(eva.public_id), "how": "main"},
    )
    assert asset.used_by.get().person == eva
    shown = client.get(f"/devices/{asset.public_id}/").text
    assert "gave the device to Eva Brandt" in shown or "Eva Brandt" in shown
    stale = client.post(f"/devices/{asset.public_id}/change/", {**data, "name": "NB-0501", "version": "0"})
    assert stale.status_code == 409
    assert "NB-0500" in stale.text
    assert "NB-0501" in stale.text


def test_the_portal_lists_own_devices_without_notes(organisation: Organisation, eva: Person) -> None:
    asset = add("NB-0412", organisation, note="Zeisignotiz", serial_number="5CD9")
    actions.hand_to(asset, eva, by=SYSTEM, now=NOW)
    add("NB-0999", organisation)
    text = _browser(eva).get("/portal/devices/").text
    assert "NB-0412" in text
    assert "NB-0999" not in text
    assert "Zeisignotiz" not in text
    assert _browser(eva).get(f"/devices/{asset.public_id}/").status_code == 403
