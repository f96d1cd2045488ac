"""Actions on people, addresses and roles: state, event, refusal."""

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError

from leitstelle.accounts import actions, queries
from leitstelle.accounts.choices import ContactKind, PersonKind, Role, TokenScope
from leitstelle.accounts.errors import AddressTaken, LastAdministrator, LinkNotValid
from leitstelle.accounts.models import Person
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
    phone,
    point_of,
)
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.viewer import Viewer

pytestmark = pytest.mark.django_db


def codes(person: Person) -> list[str]:
    return [event.code for event in events_for(Subject("person", person.pk))]


def test_create_person_stores_names_addresses_and_events() -> None:
    person = make_person("Dr. Eva Brandt", email("Eva@Example.org"), phone("030 123456-12"))
    assert (person.given_name, person.family_name, person.sort_name) == ("Eva", "Brandt", "brandt eva")
    assert not person.has_usable_password()
    points = {
        (point.kind, point.value, point.normalised, point.is_primary) for point in person.contact_points.all()
    }
    assert points == {
        ("email", "Eva@Example.org", "eva@example.org", True),
        ("phone", "030 123456-12", "+493012345612", True),
    }
    assert codes(person) == ["person.created", "person.contact_point_added", "person.contact_point_added"]


def test_nobody_signs_in_with_an_unproven_address() -> None:
    person = make_person("Eva Brandt", email("eva@example.org"))
    assert not EmailAddress.objects.filter(user=person).exists()
    actions.verify_contact_point(point_of(person), by=SYSTEM, now=NOW)
    copy = EmailAddress.objects.get(user=person)
    assert (copy.email, copy.verified, copy.primary) == ("eva@example.org", True, True)


def test_create_person_is_for_agents() -> None:
    for viewer in (Viewer.guest(), as_requester(make_person("Eva Brandt"))):
        with pytest.raises(NotAllowed):
            actions.create_person(actions.PersonInput(display_name="X Y"), by=viewer, now=NOW)
    assert Person.objects.count() == 1


def test_an_agent_creates_people_in_scope_only() -> None:
    ours, theirs = make_organisation("Nordwerk"), make_organisation("Hafenbau")
    agent = as_agent(make_agent("Jan Otte", scope=actions.Scope(organisation=ours)))
    new = actions.PersonInput(display_name="Eva Brandt", organisation=ours)
    assert actions.create_person(new, by=agent, now=NOW).organisation == ours
    with pytest.raises(NotAllowed):
        actions.create_person(actions.PersonInput(display_name="X Y", organisation=theirs), by=agent, now=NOW)


def test_a_reading_token_creates_nobody() -> None:
    agent = as_agent(make_agent("Jan Otte"))
    reading = Viewer(**{**agent.__dict__, "token_scopes": frozenset({TokenScope.READ}), "token_id": "1"})
    with pytest.raises(NotAllowed):
        actions.create_person(actions.PersonInput(display_name="X Y"), by=reading, now=NOW)


def test_a_name_is_needed() -> None:
    with pytest.raises(InvalidInput) as refused:
        actions.create_person(actions.PersonInput(display_name=" "), by=SYSTEM, now=NOW)
    assert "display_name" in refused.value.fields


def test_an_address_belongs_to_one_person() -> None:
    make_person("Eva Brandt", email("eva@example.org"))
    with pytest.raises(AddressTaken) as refused:
        make_person("Eve Brand", email("EVA@example.ORG"))
    assert list(refused.value.fields) == ["contacts-0"]
    assert Person.objects.count() == 1


def test_a_number_may_belong_to_several_people() -> None:
    first, second = make_person("A B", phone("030 123456")), make_person("C D", phone("030/12 34 56"))
    assert queries.find_by_phone("+49 30 123456") == [first, second]


def test_edit_person_compares_versions_and_keeps_verified_addresses() -> None:
    person = make_person("Eva Brandt", email("eva@example.org"), phone("030 123456"), password=PASSWORD)
    seen = person.version
    new = actions.PersonInput(
        display_name="Eva Brandt-Otte",
        contacts=[email("eva.otte@example.org", primary=True), email("eva@example.org")],
    )
    actions.edit_person(person, new, version=seen, by=SYSTEM, now=NOW)
    assert person.display_name == "Eva Brandt-Otte"
    assert queries.primary_address(person) == "eva.otte@example.org"
    assert not person.contact_points.filter(kind=ContactKind.PHONE).exists()
    # The new address is not proven yet, so the old one still signs in.
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("eva@example.org", True, True)
    ]
    with pytest.raises(Conflict) as conflict:
        actions.edit_person(
            person, actions.PersonInput(display_name="Eva O."), version=seen, by=SYSTEM, now=NOW
        )
    assert conflict.value.params["theirs"]["display_name"] == "Eva Brandt-Otte"
    assert conflict.value.params["ours"]["display_name"] == "Eva O."
    person.refresh_from_db()
    assert person.display_name == "Eva Brandt-Otte"


def test_edit_person_without_change_records_nothing() -> None:
    person = make_person("Eva Brandt", email("eva@example.org"))
    before = codes(person)
    listed = [email("eva@example.org", primary=True)]
    same = actions.PersonInput(display_name="Eva Brandt", language="en", contacts=listed)
    actions.edit_person(person, same, version=person.version, by=SYSTEM, now=NOW)
    assert codes(person) == before


def test_agents_do_not_edit_colleagues() -> None:
    agent, colleague = make_agent("Jan Otte"), make_agent("Mia Kern", email("mia@example.org"))
    with pytest.raises(NotAllowed):
        actions.add_contact_point(colleague, email("thief@example.com"), by=as_agent(agent), now=NOW)
    assert colleague.contact_points.count() == 1


def test_nobody_notes_a_foreign_address_as_their_own() -> None:
    person = make_person("Eva Brandt")
    with pytest.raises(NotAllowed):
        actions.add_contact_point(person, email("boss@example.org"), by=as_requester(person), now=NOW)
    assert actions.prove_address(person, "e@example.org", by=SYSTEM, now=NOW).verified_at == NOW
    with pytest.raises(NotAllowed):
        actions.prove_address(person, "f@example.org", by=as_requester(person), now=NOW)


def test_removing_the_verified_address_ends_its_sign_in() -> None:
    person = make_person("Eva Brandt", email("eva@example.org"), email("e@example.org"), password=PASSWORD)
    actions.remove_contact_point(point_of(person), by=as_requester(person), now=NOW)
    assert not EmailAddress.objects.exists()
    assert person.contact_points.get().is_primary


def test_suspended_addresses_are_not_written_to() -> None:
    person = make_person("Eva Brandt", email("eva@example.org"), email("e@example.org"))
    actions.suspend_contact_point(point_of(person), reason="550 unknown user", by=SYSTEM, now=NOW)
    assert queries.primary_address(person) == "e@example.org"
    actions.resume_contact_point(point_of(person), by=SYSTEM, now=NOW)
    assert queries.primary_address(person) == "eva@example.org"
    assert codes(person)[-2:] == ["person.contact_point_suspended", "person.contact_point_resumed"]


def test_an_unknown_sender_becomes_a_person_of_the_domain() -> None:
    organisation = make_organisation("Nordwerk", "nordwerk.example", "nw.example")
    person, created = actions.ensure_person_for_address(
        "Eva.Brandt@mail.NW.example", "Brandt, Eva", by=SYSTEM, now=NOW
    )
    assert created
    assert (person.organisation, person.given_name, person.family_name) == (organisation, "Eva", "Brandt")
    assert point_of(person).verified_at is None
    again, created = actions.ensure_person_for_address("eva.brandt@mail.nw.example", "X", by=SYSTEM, now=NOW)
    assert (again, created) == (person, False)
    assert codes(person) == ["person.created"]


def test_an_office_is_no_human() -> None:
    person, _ = actions.ensure_person_for_address("info@example.org", by=SYSTEM, now=NOW)
    assert (person.kind, person.display_name) == (PersonKind.FUNCTION, "info@example.org")


def test_a_sender_without_address_is_refused() -> None:
    with pytest.raises(InvalidInput):
        actions.ensure_person_for_address("undisclosed", by=SYSTEM, now=NOW)
    with pytest.raises(NotAllowed):
        actions.ensure_person_for_address("eva@example.org", by=Viewer.guest(), now=NOW)


def test_two_mails_of_a_stranger_at_once_make_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    known, _ = actions.ensure_person_for_address("eva@example.org", by=SYSTEM, now=NOW)
    answers = iter([None, known])
    monkeypatch.setattr(queries, "find_by_email", lambda address: next(answers))
    assert actions.ensure_person_for_address("eva@example.org", by=SYSTEM, now=NOW) == (known, False)
    assert Person.objects.count() == 1


def test_the_database_itself_keeps_addresses_single() -> None:
    first, second = make_person("A B", email("eva@example.org")), make_person("C D")
    point = point_of(first)
    point.pk, point.person = None, second
    with pytest.raises(IntegrityError):
        point.save(force_insert=True)


def test_roles_are_given_and_taken() -> None:
    administrator = make_administrator()
    person, team_scope = make_person("Jan Otte"), actions.Scope(organisation=make_organisation("Nordwerk"))
    grant = actions.grant_role(person, Role.AGENT, team_scope, by=as_agent(administrator), now=NOW)
    assert actions.grant_role(person, Role.AGENT, team_scope, by=SYSTEM, now=NOW) == grant
    actions.revoke_role(grant, by=as_agent(administrator), now=NOW)
    assert codes(person) == ["person.created", "person.role_granted", "person.role_revoked"]
    with pytest.raises(NotAllowed):
        actions.grant_role(person, Role.ADMINISTRATOR, by=as_agent(make_agent("Mia Kern")), now=NOW)


@pytest.mark.parametrize("role", [Role.REQUESTER, Role.CUSTOMER_CONTACT])
def test_roles_that_say_nothing_are_refused(role: Role) -> None:
    with pytest.raises(InvalidInput):
        actions.grant_role(make_person("Eva Brandt"), role, by=SYSTEM, now=NOW)


def test_the_last_administrator_stays() -> None:
    only, other = make_administrator(), make_administrator("Bea Admin")
    actions.deactivate_person(other, by=SYSTEM, now=NOW)
    with pytest.raises(LastAdministrator):
        actions.deactivate_person(only, by=SYSTEM, now=NOW)
    with pytest.raises(LastAdministrator):
        actions.revoke_role(only.grants.get(), by=SYSTEM, now=NOW)
    only.refresh_from_db()
    assert only.is_active
    assert only.is_staff
    actions.reactivate_person(other, by=SYSTEM, now=NOW)
    actions.revoke_role(only.grants.get(), by=SYSTEM, now=NOW)
    only.refresh_from_db()
    assert not only.is_staff


def test_claiming_gives_the_known_person_a_sign_in() -> None:
    person, _ = actions.ensure_person_for_address("eva@example.org", "Eva Brandt", by=SYSTEM, now=NOW)
    assert actions.claim_account("Eva@example.org", "", PASSWORD, by=SYSTEM, now=NOW) == person
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=person).verified
    with pytest.raises(LinkNotValid):
        actions.claim_account("eva@example.org", "", "Etwas-Anderes-18", by=SYSTEM, now=NOW)


def test_a_noted_address_takes_over_no_account() -> None:
    person = make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    actions.add_contact_point(person, email("thief@example.com"), by=SYSTEM, now=NOW)
    with pytest.raises(LinkNotValid):
        actions.claim_account("thief@example.com", "", "Etwas-Anderes-18", by=SYSTEM, now=NOW)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_profile_is_ones_own() -> None:
    person, other = make_person("Eva Brandt"), make_person("Jan Otte")
    new = actions.ProfileInput(language="en", time_zone="Europe/Vienna", single_keys=False)
    actions.change_profile(person, new, by=as_requester(person), now=NOW)
    assert (person.language, person.time_zone, person.single_keys) == ("en", "Europe/Vienna", False)
    with pytest.raises(NotAllowed):
        actions.change_profile(person, new, by=as_requester(other), now=NOW)
    for bad in ("Europe/Bielefeld", "../etc/passwd"):
        wrong = actions.ProfileInput(language="de", time_zone=bad)
        with pytest.raises(InvalidInput):
            actions.change_profile(person, wrong, by=as_requester(person), now=NOW)


def test_tokens_are_shown_once_and_can_be_revoked() -> None:
    agent = make_agent("Jan Otte")
    token, text = actions.create_api_token(agent, "Telefon", [TokenScope.READ], by=as_agent(agent), now=NOW)
    assert text.startswith(token.prefix)
    assert text not in str(token.__dict__)
    actions.revoke_api_token(token, by=as_agent(agent), now=NOW)
    assert token.revoked_at == NOW
    with pytest.raises(NotAllowed):
        actions.create_api_token(agent, "X", [], by=as_agent(make_agent("Mia Kern")), now=NOW)
