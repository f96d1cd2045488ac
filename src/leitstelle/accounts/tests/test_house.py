"""The house: its name in portal and mails, what new people start with, and which first steps are settled."""

import pytest
from django.test import Client
from django.urls import reverse

from leitstelle.accounts import actions, queries
from leitstelle.accounts.choices import OrganisationKind, StepState
from leitstelle.accounts.models import House, Organisation
from leitstelle.accounts.tests.cast import (
    NOW,
    PASSWORD,
    SYSTEM,
    as_agent,
    email,
    make_administrator,
    make_agent,
    make_person,
)
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Event

pytestmark = pytest.mark.django_db
HAFEN = actions.HouseInput(
    company="Hafen IT", portal_name="IT-Hilfe", language="en", time_zone="Europe/Vienna"
)


def test_naming_the_house_creates_its_company_once() -> None:
    actions.save_house(HAFEN, by=SYSTEM, now=NOW)
    house = actions.save_house(HAFEN, by=SYSTEM, now=NOW)
    assert Organisation.objects.get().kind == OrganisationKind.INTERNAL
    assert house.company == Organisation.objects.get()
    assert Event.objects.filter(code="house.changed").count() == 1


def test_renaming_the_house_renames_its_company() -> None:
    actions.save_house(HAFEN, by=SYSTEM, now=NOW)
    renamed = actions.HouseInput(company="Hafen Nord", portal_name="IT-Hilfe", domains=["hafen.example"])
    actions.save_house(renamed, by=SYSTEM, now=NOW)
    company = Organisation.objects.get()
    assert company.name == "Hafen Nord"
    assert [row.domain for row in company.domains.all()] == ["hafen.example"]


def test_only_administrators_name_the_house() -> None:
    agent = make_agent("Nele", email("nele@x.example"))
    with pytest.raises(NotAllowed):
        actions.save_house(HAFEN, by=as_agent(agent), now=NOW)
    with pytest.raises(NotAllowed):
        actions.settle_first_step("hours", StepState.DONE, by=as_agent(agent), now=NOW)
    with pytest.raises(InvalidInput):
        actions.save_house(actions.HouseInput(company=" "), by=SYSTEM, now=NOW)


def test_a_stale_form_does_not_win() -> None:
    house = actions.save_house(HAFEN, by=SYSTEM, now=NOW)
    seen = house.version
    later = actions.HouseInput(company="Hafen IT", portal_name="Anders")
    actions.save_house(later, version=seen, by=SYSTEM, now=NOW)
    with pytest.raises(Conflict):
        actions.save_house(HAFEN, version=seen, by=SYSTEM, now=NOW)


def test_new_people_start_with_language_and_zone_of_the_house() -> None:
    actions.save_house(HAFEN, by=SYSTEM, now=NOW)
    person = actions.create_person(actions.PersonInput(display_name="Ada Berg"), by=SYSTEM, now=NOW)
    assert (person.language, person.time_zone) == ("en", "Europe/Vienna")


def test_the_portal_is_called_as_the_nearest_customer_above_says() -> None:
    assert queries.brand_for(None) == ""
    house = actions.save_house(HAFEN, by=SYSTEM, now=NOW)
    named = actions.OrganisationInput(name="Werft", portal_name="Werft-Hilfe")
    customer = actions.create_organisation(named, by=SYSTEM, now=NOW)
    below = actions.create_organisation(
        actions.OrganisationInput(name="Dock", parent=customer), by=SYSTEM, now=NOW
    )
    assert queries.brand_for(below.pk) == "Werft-Hilfe"
    assert queries.brand_for(house.company_id) == "IT-Hilfe"


def test_editing_a_customer_without_a_portal_name_leaves_it() -> None:
    named = actions.OrganisationInput(name="Werft", portal_name="Werft-Hilfe")
    customer = actions.create_organisation(named, by=SYSTEM, now=NOW)
    other = actions.OrganisationInput(name="Werft Nord")
    actions.edit_organisation(customer, other, version=customer.version, by=SYSTEM, now=NOW)
    assert Organisation.objects.get().portal_name == "Werft-Hilfe"


def test_portal_and_title_show_the_name() -> None:
    house = actions.save_house(HAFEN, by=SYSTEM, now=NOW)
    guest = Client().get(reverse("portal:home"))
    assert "IT-Hilfe" in guest.content.decode()
    person = make_person("Ole", email("ole@x.example"), organisation=house.company, password=PASSWORD)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("portal:home")).content.decode()
    assert "<title>" in page
    assert "IT-Hilfe</title>" in page


def test_settling_a_step_twice_is_one_event() -> None:
    admin = as_agent(make_administrator())
    for _ in range(2):
        actions.settle_first_step("hours", StepState.SKIPPED, by=admin, now=NOW)
    assert House.objects.get().settled == {"hours": "skipped"}
    actions.settle_first_step("hours", "", by=admin, now=NOW)
    assert House.objects.get().settled == {}
    assert Event.objects.filter(code="house.first_step_settled").count() == 2


def test_the_form_of_the_house_keeps_what_was_typed() -> None:
    client = Client()
    admin = make_administrator("Anja", email("anja@x.example"))
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    typed = {"company": "Hafen", "portal_name": "Hilfe", "domains": "kein domain!", "language": "de"}
    answer = client.post(
        reverse("accounts:admin-house"), {**typed, "time_zone": "Europe/Berlin", "version": "0"}
    )
    assert answer.status_code == 422
    assert "kein domain!" in answer.content.decode()
    answer = client.post(
        reverse("accounts:admin-house"), {**typed, "domains": "hafen.example", "time_zone": "Europe/Berlin"}
    )
    assert answer.status_code == 303
    assert House.objects.get().portal_name == "Hilfe"
