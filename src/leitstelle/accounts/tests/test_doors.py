"""Administration pages: who may open them, what they store, what they say about mistakes."""

import re
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from leitstelle.accounts import actions
from leitstelle.accounts.choices import Role
from leitstelle.accounts.models import LevelScheme, Organisation, Person, Team
from leitstelle.accounts.tests.cast import (
    NOW,
    SYSTEM,
    email,
    make_administrator,
    make_agent,
    make_organisation,
    make_person,
    make_team,
    phone,
)

pytestmark = pytest.mark.django_db


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin() -> Client:
    return client_of(make_administrator())


def contacts(*rows: tuple[str, str], initial: int = 0) -> dict[str, Any]:
    data: dict[str, Any] = {"contacts-TOTAL_FORMS": len(rows), "contacts-INITIAL_FORMS": initial}
    for number, (kind, value) in enumerate(rows):
        data |= {f"contacts-{number}-kind": kind, f"contacts-{number}-value": value}
    return data


def person_data(name: str, *rows: tuple[str, str], **more: Any) -> dict[str, Any]:
    base = {"display_name": name, "kind": "human", "language": "de", "time_zone": "Europe/Berlin"}
    return base | contacts(*rows) | more


def subjects() -> dict[str, list[Any]]:
    person = make_person("Eva Brandt", email("eva@example.org"))
    organisation = make_organisation("Nordwerk", "nordwerk.example")
    site = actions.save_site(organisation, actions.SiteInput(name="Leipzig"), by=SYSTEM, now=NOW)
    team = make_team("Servicedesk", person)
    return {
        "admin-people": [],
        "admin-person-new": [],
        "admin-person": [person.public_id],
        "admin-organisations": [],
        "admin-organisation-new": [],
        "admin-organisation": [organisation.public_id],
        "admin-site-new": [organisation.public_id],
        "admin-site": [organisation.public_id, site.public_id],
        "admin-teams": [],
        "admin-team-new": [],
        "admin-team": [team.public_id],
        "admin-levels": [],
        "admin-level-new": [],
        "admin-level": ["three-tier"],
        "person": [person.public_id],
        "organisation": [organisation.public_id],
    }


FOR_AGENTS = {"admin-people", "admin-person-new", "admin-person", "person", "organisation"}


def test_every_page_opens_for_administrators_and_closes_for_others(admin: Client) -> None:
    agent, requester, guest = (
        client_of(make_agent("Jan Otte")),
        client_of(make_person("Rita Kunde")),
        Client(),
    )
    for name, arguments in subjects().items():
        url = reverse(f"accounts:{name}", args=arguments)
        response = admin.get(url)
        assert response.status_code == 200, url
        page = response.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page), url
        assert agent.get(url).status_code == (200 if name in FOR_AGENTS else 403), url
        assert requester.get(url).status_code == 403, url
        assert guest.get(url).headers["Location"] == f"/account/login/?next={quote(url, safe='')}"


def test_changing_doors_are_closed_for_agents_and_requesters() -> None:
    made = subjects()
    person, organisation = made["admin-person"][0], made["admin-organisation"][0]
    grant = make_agent("Mia Kern").grants.get()
    posts = [
        ("admin-person-active", [person], {"active": "0"}),
        ("admin-role-grant", [person], {"role-role": "administrator"}),
        ("admin-role-revoke", [grant.person.public_id, grant.pk], {}),
        ("admin-organisation-active", [organisation], {"active": "0"}),
        ("admin-site-remove", made["admin-site"], {}),
        ("admin-level-default", ["two-tier"], {}),
        ("admin-team-new", [], {"name": "X"}),
    ]
    for client in (client_of(make_agent("Jan Otte")), client_of(make_person("Rita Kunde")), Client()):
        for name, arguments, data in posts:
            status = client.post(reverse(f"accounts:{name}", args=arguments), data).status_code
            assert status in {302, 403, 404}, name
    assert Person.objects.get(public_id=person).is_active
    assert not Person.objects.get(public_id=person).grants.exists()
    assert grant.person.grants.count() == 1
    assert Organisation.objects.get().is_active
    assert LevelScheme.objects.get(is_default=True).key == "three-tier"


def test_unknown_people_are_not_found(admin: Client) -> None:
    assert admin.get(reverse("accounts:admin-person", args=[uuid4()])).status_code == 404


def test_a_person_is_created_with_several_addresses(admin: Client) -> None:
    data = person_data(
        "Eva Brandt", ("email", "eva@example.org"), ("email", "e@example.org"), ("phone", "030/123456")
    )
    response = admin.post(reverse("accounts:admin-person-new"), data, follow=True)
    assert response.status_code == 200
    person = Person.objects.get(display_name="Eva Brandt")
    assert sorted(person.contact_points.values_list("normalised", flat=True)) == [
        "+4930123456",
        "e@example.org",
        "eva@example.org",
    ]


def test_another_row_comes_without_a_script(admin: Client) -> None:
    data = person_data("Eva Brandt", ("email", "eva@"), **{"add-contact": "1"})
    response = admin.post(reverse("accounts:admin-person-new"), data)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'name="contacts-1-value"' in page
    assert "eva@" in page
    assert "error-summary" not in page
    assert not Person.objects.filter(display_name="Eva Brandt").exists()


def test_mistakes_are_explained_and_nothing_typed_is_lost(admin: Client) -> None:
    make_person("Jan Otte", email("jan@example.org"))
    data = person_data("Eva Brandt", ("phone", "4711"), ("email", "JAN@example.org"), room="B 2.17")
    first = admin.post(reverse("accounts:admin-person-new"), data)
    assert first.status_code == 422
    page = first.content.decode()
    assert "B 2.17" in page
    assert "4711" in page
    assert "area code" in page
    data["contacts-0-value"] = "030 4711-0"
    second = admin.post(reverse("accounts:admin-person-new"), data)
    assert second.status_code == 422
    assert "already belongs to another person" in second.content.decode()
    assert Person.objects.filter(display_name="Eva Brandt").count() == 0


def test_two_editors_see_both_values(admin: Client) -> None:
    person = make_person("Eva Brandt", email("eva@example.org"))
    url = reverse("accounts:admin-person", args=[person.public_id])
    seen = person.version
    rows = ("email", "eva@example.org")
    assert admin.post(url, person_data("Eva Brandt", rows, room="1", version=seen)).status_code == 303
    late = admin.post(url, person_data("Eva Brandt", rows, room="2", version=seen))
    assert late.status_code == 409
    page = late.content.decode()
    assert "<td>1</td><td>2</td>" in page
    person.refresh_from_db()
    assert person.room == "1"
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert admin.post(url, person_data("Eva Brandt", rows, room="2", version=version[1])).status_code == 303
    person.refresh_from_db()
    assert person.room == "2"


def test_the_name_follows_first_and_last_name(admin: Client) -> None:
    person = make_person("Eva Brandt", email("eva@example.org"))
    url = reverse("accounts:admin-person", args=[person.public_id])
    data = person_data(
        "", ("email", "eva@example.org"), given_name="Eva", family_name="Otte", version=person.version
    )
    assert admin.post(url, data).status_code == 303
    person.refresh_from_db()
    assert (person.display_name, person.sort_name) == ("Eva Otte", "otte eva")


def test_people_are_found_by_name_address_and_number(admin: Client) -> None:
    make_person("Änne Müller", email("am@example.org"), phone("030 987654"))
    make_person("Jan Otte", email("jan@example.org"))
    for typed in ("änne", "MULLER", "am@exa", "30987654", "müll än"):
        page = admin.get(reverse("accounts:admin-people"), {"q": typed}).content.decode()
        assert "Änne Müller" in page, typed
        assert "Jan Otte" not in page, typed
    agents = admin.get(reverse("accounts:admin-people"), {"role": "administrator"}).content.decode()
    assert "Anja Admin" in agents
    assert "Jan Otte" not in agents


def test_the_list_pages_by_key(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leitstelle.accounts.views.manage_people.PAGE", 2)
    for name in ("Bea Bach", "Cem Celik", "Dora Dorn", "Ute Ziegler"):
        make_person(name)
    url, seen = reverse("accounts:admin-people"), []
    while url:
        page = admin.get(url).content.decode()
        seen += re.findall(r'href="/people/[^"]+">([^<]+)</a>', page)
        following = re.search(r'href="(\?[^"]*after=[^"]+)"[^>]*rel="next"', page)
        url = reverse("accounts:admin-people") + following[1].replace("&amp;", "&") if following else ""
    assert seen == ["Anja Admin", "Bea Bach", "Cem Celik", "Dora Dorn", "Ute Ziegler"]


def test_htmx_gets_the_rows_only(admin: Client) -> None:
    page = admin.get(reverse("accounts:admin-people"), headers={"HX-Request": "true"}).content.decode()
    assert '<div id="people">' in page
    assert "<html" not in page


def test_the_list_asks_the_database_as_often_for_many_people(
    admin: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        make_person(f"Person {number}", email(f"p{number}@example.org"), phone("030 123456"))
    admin.get(reverse("accounts:admin-people"))  # what a process reads once and keeps
    with django_assert_max_num_queries(12):
        admin.get(reverse("accounts:admin-people"))


def test_agents_see_people_in_scope_only() -> None:
    ours, theirs = make_organisation("Nordwerk"), make_organisation("Hafenbau")
    make_person("Eva Unser", organisation=ours)
    foreign = make_person("Kanarienvogel Fremd", organisation=theirs)
    client = client_of(make_agent("Jan Otte", scope=actions.Scope(organisation=ours)))
    page = client.get(reverse("accounts:admin-people")).content.decode()
    assert "Eva Unser" in page
    assert "Kanarienvogel" not in page
    assert client.get(reverse("accounts:person", args=[foreign.public_id])).status_code == 404
    assert client.get(reverse("accounts:admin-person", args=[foreign.public_id])).status_code == 404
    assert client.get(reverse("accounts:organisation", args=[theirs.public_id])).status_code == 404
    form = client.get(reverse("accounts:admin-person-new")).content.decode()
    assert "Nordwerk" in form
    assert "Hafenbau" not in form


def test_roles_are_given_and_taken_on_the_page(admin: Client) -> None:
    person = make_person("Jan Otte")
    organisation = make_organisation("Nordwerk")
    url = reverse("accounts:admin-role-grant", args=[person.public_id])
    assert admin.post(url, {"role-role": "customer_contact"}).status_code == 422
    assert admin.post(url, {"role-role": "agent", "role-organisation": organisation.pk}).status_code == 303
    grant = person.grants.get()
    assert (grant.role, grant.organisation) == (Role.AGENT, organisation)
    admin.post(reverse("accounts:admin-role-revoke", args=[person.public_id, grant.pk]))
    assert not person.grants.exists()


def test_the_last_administrator_cannot_leave(admin: Client) -> None:
    only = Person.objects.get(display_name="Anja Admin")
    response = admin.post(reverse("accounts:admin-person-active", args=[only.public_id]), {"active": "0"})
    assert response.status_code == 409
    assert "administrator must remain" in response.content.decode()
    only.refresh_from_db()
    assert only.is_active


def test_organisations_domains_and_sites(admin: Client) -> None:
    data = {
        "name": "Nordwerk",
        "kind": "customer",
        "language": "de",
        "domains": "nordwerk.example\nnw.example",
    }
    assert admin.post(reverse("accounts:admin-organisation-new"), data).status_code == 303
    row = Organisation.objects.get()
    assert row.domains.count() == 2
    taken = admin.post(reverse("accounts:admin-organisation-new"), data | {"name": "Zweite"})
    assert taken.status_code == 422
    assert "already belongs to another customer" in taken.content.decode()
    late = admin.post(
        reverse("accounts:admin-organisation", args=[row.public_id]), data | {"name": "X", "version": 0}
    )
    assert late.status_code == 409
    site = {"name": "Leipzig", "state": "SN", "country": "DE"}
    assert admin.post(reverse("accounts:admin-site-new", args=[row.public_id]), site).status_code == 303
    assert admin.post(reverse("accounts:admin-site-new", args=[row.public_id]), site).status_code == 422
    assert row.sites.get().state == "SN"


def test_teams_with_members_and_leads(admin: Client) -> None:
    scheme = actions.ensure_level_schemes(now=NOW)
    jan, mia = make_agent("Jan Otte"), make_agent("Mia Kern")
    level = scheme.levels.all()[0]
    data = {"name": "Netz", "level": level.pk, "members": [jan.pk], "leads": [mia.pk], "is_active": "on"}
    assert admin.post(reverse("accounts:admin-team-new"), data).status_code == 303
    team = Team.objects.get()
    assert dict(team.memberships.values_list("person_id", "is_lead")) == {jan.pk: False, mia.pk: True}
    url = reverse("accounts:admin-team", args=[team.public_id])
    assert admin.post(url, data | {"members": [], "leads": [], "version": team.version}).status_code == 303
    assert not team.memberships.exists()
    assert admin.post(url, data | {"name": "Neu", "version": 0}).status_code == 409


def test_level_schemes_are_made_and_chosen(admin: Client) -> None:
    actions.ensure_level_schemes(now=NOW)
    rows = [("Empfang", "2"), ("Fachleute", "1"), ("", "")]
    data: dict[str, Any] = {"name_de": "Haus", "levels-TOTAL_FORMS": 3, "levels-INITIAL_FORMS": 0}
    for number, (name, order) in enumerate(rows):
        data |= {f"levels-{number}-name_de": name, f"levels-{number}-ORDER": order}
    assert admin.post(reverse("accounts:admin-level-new"), data).status_code == 303
    scheme = LevelScheme.objects.get(key="haus")
    assert [level.name_de for level in scheme.levels.all()] == ["Fachleute", "Empfang"]
    admin.post(reverse("accounts:admin-level-default", args=["haus"]))
    assert LevelScheme.objects.get(is_default=True).key == "haus"
    empty = admin.post(
        reverse("accounts:admin-level-new"),
        {"name_de": "Leer", "levels-TOTAL_FORMS": 0, "levels-INITIAL_FORMS": 0},
    )
    assert empty.status_code == 422


def test_the_rescue_admin_shows_and_changes_nothing(admin: Client) -> None:
    person = make_person("Eva Brandt", email("eva@example.org"))
    for model in ("person", "contactpoint", "rolegrant", "organisation", "team", "levelscheme", "apitoken"):
        assert admin.get(reverse(f"admin:accounts_{model}_changelist")).status_code == 200
        assert admin.get(reverse(f"admin:accounts_{model}_add")).status_code == 403
    change = reverse("admin:accounts_person_change", args=[person.pk])
    page = admin.get(change).content.decode()
    assert "Eva Brandt" in page
    assert person.password not in page
    assert admin.post(change, {"display_name": "X"}).status_code == 403
    agent = client_of(make_agent("Jan Otte"))
    assert agent.get(change).status_code in {302, 403}
    assert "/account/login/" in Client().get(reverse("admin:login")).headers["Location"]


def test_a_late_editor_removes_no_address_they_did_not_see(admin: Client) -> None:
    person = make_person("Eva Brandt", email("eva@example.org"))
    url, seen = reverse("accounts:admin-person", args=[person.public_id]), person.version
    actions.add_contact_point(person, email("e@example.org"), by=SYSTEM, now=NOW)
    stale = person_data("Eva Brandt", ("email", "eva@example.org"), version=seen, language="en")
    late = admin.post(url, stale)
    assert late.status_code == 409
    assert "e@example.org, eva@example.org" in late.content.decode()
    assert person.contact_points.count() == 2


def test_a_late_editor_removes_no_domain_and_no_member_they_did_not_see(admin: Client) -> None:
    organisation, jan = make_organisation("Nordwerk", "a.example"), make_agent("Jan Otte")
    data = {"name": "Nordwerk", "kind": "customer", "language": "de", "domains": "a.example"}
    data["version"] = str(organisation.version)
    more = actions.OrganisationInput(name="Nordwerk", domains=["a.example", "b.example"])
    actions.edit_organisation(organisation, more, version=organisation.version, by=SYSTEM, now=NOW)
    url = reverse("accounts:admin-organisation", args=[organisation.public_id])
    assert admin.post(url, data).status_code == 409
    assert organisation.domains.count() == 2
    team = make_team("Netz")
    seen = team.version
    actions.set_team_members(team, [jan], by=SYSTEM, now=NOW)
    late = {"name": "Netz", "level": team.level_id, "is_active": "on", "version": seen}
    assert admin.post(reverse("accounts:admin-team", args=[team.public_id]), late).status_code == 409
    assert team.memberships.count() == 1
