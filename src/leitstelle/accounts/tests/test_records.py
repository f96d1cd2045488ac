"""Pages of people and customers for agents: edited in place, merged and separated again by hand."""

import pytest
from django.test import Client

from leitstelle.accounts import actions, queries
from leitstelle.accounts.choices import PreferredChannel, Role, TokenScope
from leitstelle.accounts.models import MergeRecord, Person
from leitstelle.accounts.tests.cast import (
    NOW,
    PASSWORD,
    SYSTEM,
    as_requester,
    email,
    make_administrator,
    make_agent,
    make_organisation,
    make_person,
    phone,
)
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, events_for

pytestmark = pytest.mark.django_db


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def agent() -> Client:
    return browser(make_agent("Ina Agentin", email("ina@desk.example")))


@pytest.fixture
def eva() -> Person:
    organisation = make_organisation("Werk Nord", "nord.example")
    return make_person("Eva Brandt", email("eva@nord.example"), organisation=organisation, password=PASSWORD)


def address(person: Person) -> str:
    return f"/people/{person.public_id}/"


def test_addresses_and_numbers_are_kept_on_the_page(agent: Client, eva: Person) -> None:
    page = address(eva)
    agent.post(f"{page}contacts/", {"new-kind": "phone", "new-value": "030/123456", "new-is_primary": "on"})
    agent.post(f"{page}contacts/", {"new-kind": "email", "new-value": "e.brandt@nord.example"})
    shown = agent.get(page).text
    assert "tel:+4930123456" in shown
    assert "not confirmed" in shown
    second = eva.contact_points.get(normalised="e.brandt@nord.example")
    agent.post(f"{page}contacts/{second.pk}/primary/")
    second.refresh_from_db()
    assert second.is_primary
    assert agent.post(f"{page}contacts/{second.pk}/confirm/").status_code == 403
    browser(make_administrator()).post(f"{page}contacts/{second.pk}/confirm/")
    second.refresh_from_db()
    assert second.verified_at is not None
    agent.post(f"{page}contacts/{second.pk}/remove/")
    assert not eva.contact_points.filter(pk=second.pk).exists()
    wrong = agent.post(f"{page}contacts/", {"new-kind": "phone", "new-value": "4711 oder so"})
    assert wrong.status_code == 422
    assert "4711 oder so" in wrong.text, "typed text is never lost"
    assert "added: Phone" in agent.get(page).text


def test_notes_are_kept_and_conflicts_show_both(agent: Client, eva: Person) -> None:
    form = {"note": "Ruft gern an.", "preferred_channel": "phone", "is_vip": "on", "version": eva.version}
    agent.post(f"{address(eva)}notes/", form)
    eva.refresh_from_db()
    assert (eva.note, eva.is_vip, eva.preferred_channel) == ("Ruft gern an.", True, PreferredChannel.PHONE)
    stale = agent.post(f"{address(eva)}notes/", {**form, "note": "Anders"})
    assert stale.status_code == 409
    assert "Ruft gern an." in stale.text
    assert "Anders" in stale.text
    with pytest.raises(Conflict):
        actions.change_notes(eva, actions.NotesInput(note="X"), version=1, by=SYSTEM, now=NOW)
    with pytest.raises(NotAllowed):
        actions.change_notes(eva, actions.NotesInput(), version=9, by=as_requester(eva), now=NOW)


def test_notes_and_importance_never_reach_the_portal(eva: Person) -> None:
    actions.change_notes(
        eva, actions.NotesInput(note="Zeisignotiz", is_vip=True), version=eva.version, by=SYSTEM, now=NOW
    )
    client = browser(eva)
    for path in ("/account/profile/", "/portal/"):
        text = client.get(path).text
        assert "Zeisignotiz" not in text
        assert "Important person" not in text
    assert client.get(address(eva)).status_code == 403


def test_people_change_their_own_name(eva: Person) -> None:
    client = browser(eva)
    client.post("/account/profile/name/", {"given_name": "Eva", "family_name": "Brandt-Öser"})
    eva.refresh_from_db()
    assert eva.display_name == "Eva Brandt-Öser"
    assert eva.sort_name.startswith("brandt")
    assert events_for(Subject("person", eva.pk)).last().code == "person.changed"  # type: ignore[union-attr]
    assert client.post("/account/profile/name/", {"given_name": " "}).status_code == 422
    with pytest.raises(InvalidInput):
        actions.change_own_name(eva, given_name="", family_name="", by=as_requester(eva), now=NOW)
    other = make_person("Otto")
    with pytest.raises(NotAllowed):
        actions.change_own_name(eva, given_name="E", family_name="B", by=as_requester(other), now=NOW)


def test_duplicates_are_proposed_with_their_reasons(agent: Client, eva: Person) -> None:
    make_person("Brandt, Eva", phone("030 111222"), organisation=eva.organisation)
    make_person("Max Eins", phone("030 999111"))
    make_person("M. Eins", phone("+49 30 999111"), email("max@a.example"))
    make_person("Info Eins", email("info@nord.example"), organisation=eva.organisation)
    make_person("Info Zwei", email("info@nord.test"), organisation=eva.organisation)
    make_person("E. B.", email("eva@nord.test"), organisation=eva.organisation)
    viewer = SYSTEM
    found = {
        (pair.first.display_name, pair.second.display_name): [str(reason) for reason in pair.reasons]
        for pair in queries.duplicates(viewer)
    }
    assert found == {
        ("Eva Brandt", "Brandt, Eva"): ["same name and customer"],
        ("Max Eins", "M. Eins"): ["same telephone number"],
        ("Eva Brandt", "E. B."): ["same name in the mail address"],
    }
    names = [person.display_name for person in queries.duplicates_of(viewer, eva)]
    assert sorted(names) == ["Brandt, Eva", "E. B."]
    shown = agent.get("/people/duplicates/").text
    assert "Brandt, Eva" in shown
    assert "may exist twice" in agent.get(address(eva)).text


def test_merging_by_hand_and_back_again(agent: Client, eva: Person) -> None:
    other = make_person("Eva B.", email("eva@privat.example"), organisation=eva.organisation)
    found = agent.get(f"/merge/person/{eva.public_id}/", {"q": "privat"}).text
    side_by_side = f"/merge/person/{eva.public_id}/{other.public_id}/"
    assert side_by_side in found
    page = agent.get(side_by_side)
    assert "eva@privat.example" in page.text
    versions = {"survivor_version": eva.version, "merged_version": other.version}
    stale = agent.post(side_by_side, {**versions, "survivor_version": 77})
    assert stale.status_code == 409
    agent.post(side_by_side, {**versions, "name": "merged"})
    eva.refresh_from_db()
    assert eva.display_name == "Eva B."
    led = agent.get(address(other))
    assert (led.status_code, led["Location"]) == (302, address(eva))
    assert "merged" in agent.get(address(eva)).text
    merge = MergeRecord.objects.get()
    undone = agent.post(f"/merge/{merge.public_id}/undo/", follow=True)
    assert "Everything is where it was before" in undone.text
    assert agent.get(address(other)).status_code == 200
    twice = agent.post(f"/merge/{merge.public_id}/undo/", follow=True)
    assert "already been undone" in twice.text


def test_customers_are_merged_by_administrators(eva: Person) -> None:
    double = make_organisation("Werk Nord GmbH")
    assert eva.organisation is not None
    client = browser(make_administrator("Anja", email("anja@desk.example")))
    pairs = client.get("/people/duplicates/").text
    path = f"/merge/organisation/{eva.organisation.public_id}/{double.public_id}/"
    assert path in pairs
    assert "Werk Nord GmbH" in client.get(path).text
    client.post(path, {"survivor_version": eva.organisation.version, "merged_version": double.version})
    led = client.get(f"/organisations/{double.public_id}/")
    assert led["Location"] == f"/organisations/{eva.organisation.public_id}/"
    assert client.get(f"/merge/nonsense/{double.public_id}/").status_code == 404


def test_roles_of_the_merged_one_are_named_as_staying(eva: Person) -> None:
    contact = make_person("Klara Kontakt", organisation=eva.organisation)
    assert eva.organisation is not None
    scope = actions.Scope(organisation=eva.organisation)
    actions.grant_role(contact, Role.CUSTOMER_CONTACT, scope, by=SYSTEM, now=NOW)
    client = browser(make_administrator("Anja", email("anja@desk.example")))
    page = client.get(f"/merge/person/{eva.public_id}/{contact.public_id}/").text
    assert "Customer contact" in page
    ours = browser(make_agent("Ina", email("i@desk.example")))
    assert ours.get(f"/merge/person/{eva.public_id}/{contact.public_id}/").status_code == 403


def test_history_names_the_person_behind_a_token(agent: Client, eva: Person) -> None:
    ina = Person.objects.get(display_name="Ina Agentin")
    _row, token = actions.create_api_token(ina, "Sync", [TokenScope.WRITE], by=SYSTEM, now=NOW)
    program = Client(headers={"Authorization": f"Bearer {token}"})
    number = {"kind": "phone", "value": "030 7654321"}
    sent = program.post(f"/api/v1{address(eva)}contact-points", number, content_type="application/json")
    assert sent.status_code == 201, sent.content
    shown = {one.who for one in queries.history(Subject("person", eva.pk))}
    assert "Ina Agentin (API token)" in shown
