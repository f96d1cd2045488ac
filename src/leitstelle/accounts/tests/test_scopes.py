"""What viewers see: hats, the union of grants, and canaries that must stay hidden."""

import pytest
from django.db.models import Q
from django.http import HttpRequest
from django.test import RequestFactory

from leitstelle.accounts import actions, policies, queries, searchdocs
from leitstelle.accounts.choices import Role, TokenScope
from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import (
    NOW,
    SYSTEM,
    as_agent,
    as_requester,
    email,
    make_administrator,
    make_agent,
    make_organisation,
    make_person,
    make_team,
    phone,
)
from leitstelle.kernel.events import Subject
from leitstelle.kernel.search import search
from leitstelle.kernel.search.index import upsert
from leitstelle.kernel.viewer import GrantScope, Hat, Viewer, resolve, resolve_token
from leitstelle.kernel.web.links import links

pytestmark = pytest.mark.django_db


def request_of(person: Person, path: str) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = person
    return request


def test_in_the_portal_an_agent_is_a_requester() -> None:
    agent = make_administrator()
    outside, inside = resolve(request_of(agent, "/tickets/")), resolve(request_of(agent, "/portal/"))
    assert (outside.hat, outside.is_admin) == (Hat.AGENT, True)
    assert (inside.hat, inside.is_admin, inside.grants) == (Hat.REQUESTER, False, ())
    assert list(policies.visible_people(inside)) == [agent]


def test_who_has_no_role_wears_no_hat_of_an_agent() -> None:
    viewer = as_agent(make_person("Eva Brandt"))
    assert viewer.hat is Hat.REQUESTER
    assert not policies.can_create_person(viewer)


def test_inactive_people_are_nobody() -> None:
    agent = make_agent("Jan Otte")
    actions.deactivate_person(agent, by=SYSTEM, now=NOW)
    viewer = as_agent(agent)
    assert viewer.person_id is None
    assert not policies.visible_people(viewer).exists()


def test_grants_are_a_union_of_cuts() -> None:
    ours, theirs = make_organisation("Nordwerk"), make_organisation("Hafenbau")
    team, other = make_team("Servicedesk"), make_team("Netz", level="second")
    agent = make_agent("Jan Otte", scope=actions.Scope(organisation=ours, level=team.level))
    actions.grant_role(agent, Role.AGENT, actions.Scope(team=other), by=SYSTEM, now=NOW)
    viewer = as_agent(agent)
    assert set(viewer.grants) == {
        GrantScope(organisation_ids=frozenset({ours.pk}), level_id=team.level_id),
        GrantScope(team_id=other.pk),
    }

    def sees(organisation_id: int, team_id: int, level_id: int) -> bool:
        place = {"organisation_id": organisation_id, "team_id": team_id, "level_id": level_id}
        return any(grant.covers(**place) for grant in viewer.grants)

    assert sees(ours.pk, team.pk, team.level_id)
    assert sees(theirs.pk, other.pk, other.level_id)
    # Neither grant alone opens this, and their flat sets together would.
    assert not sees(theirs.pk, team.pk, team.level_id)
    assert not sees(ours.pk, team.pk, other.level_id)
    # The bounds are no narrower than the grants.
    assert viewer.organisation_ids is None
    assert viewer.scope_team_ids is None


def test_the_filter_of_grants_works_inside_or() -> None:
    people = [make_person("A B"), make_person("C D")]
    unlimited = as_agent(make_agent("Jan Otte"))
    seen = Person.objects.filter(Q(pk=people[0].pk) | policies.agent_scope(unlimited, team=None, level=None))
    assert set(people) <= set(seen)
    for viewer in (Viewer.guest(), as_requester(people[0])):
        scope = policies.agent_scope(viewer, team=None, level=None)
        assert list(Person.objects.filter(Q(pk=people[0].pk) | scope)) == [people[0]]
        assert not Person.objects.filter(scope).exists()


def test_scopes_include_what_hangs_below() -> None:
    holding = make_organisation("Holding")
    works = make_organisation("Werke", parent=holding)
    person, foreign = make_person("Eva Unten", organisation=works), make_person("Otto Fremd")
    agent = as_agent(make_agent("Jan Otte", scope=actions.Scope(organisation=holding)))
    assert policies.visible_people(agent).filter(pk=person.pk).exists()
    assert not policies.visible_people(agent).filter(pk=foreign.pk).exists()
    assert set(policies.visible_organisations(agent)) == {holding, works}
    contact = make_person("Carla Kontakt")
    actions.grant_role(
        contact, Role.CUSTOMER_CONTACT, actions.Scope(organisation=holding), by=SYSTEM, now=NOW
    )
    assert as_requester(contact).customer_contact_of == {holding.pk, works.pk}


def test_requesters_see_themselves_and_contacts_their_customer() -> None:
    ours, theirs = make_organisation("Nordwerk"), make_organisation("Hafenbau")
    eva, jan = make_person("Eva Brandt", organisation=ours), make_person("Jan Otte", organisation=ours)
    foreign = make_person("Otto Fremd", organisation=theirs)
    assert list(policies.visible_people(as_requester(eva))) == [eva]
    assert list(policies.visible_organisations(as_requester(eva))) == [ours]
    actions.grant_role(eva, Role.CUSTOMER_CONTACT, actions.Scope(organisation=ours), by=SYSTEM, now=NOW)
    assert set(policies.visible_people(as_requester(eva))) == {eva, jan}
    assert foreign not in policies.visible_people(as_requester(eva))
    for viewer in (as_requester(eva), Viewer.guest()):
        assert not policies.visible_teams(viewer).exists()
        assert not policies.visible_levels(viewer).exists()
        assert not policies.visible_level_schemes(viewer).exists()
    assert not policies.visible_people(Viewer.guest()).exists()
    assert not policies.visible_organisations(Viewer.guest()).exists()


def test_links_lead_only_where_one_may_look() -> None:
    ours, theirs = make_organisation("Nordwerk"), make_organisation("Hafenbau")
    eva, foreign = (
        make_person("Eva Brandt", organisation=ours),
        make_person("Otto Fremd", organisation=theirs),
    )
    agent = as_agent(make_agent("Jan Otte", scope=actions.Scope(organisation=ours)))
    subjects = [
        Subject("person", eva.pk),
        Subject("person", foreign.pk),
        Subject("organisation", ours.pk),
        Subject("organisation", theirs.pk),
    ]
    assert {subject.id for subject in links(subjects, agent)} == {eva.pk, ours.pk}
    assert links(subjects, as_requester(eva)) == {}


def test_leads_are_known_by_grant_and_by_membership() -> None:
    jan, mia = make_agent("Jan Otte"), make_agent("Mia Kern")
    team = make_team("Servicedesk", jan, leads=(mia,))
    assert not as_agent(jan).is_lead
    assert as_agent(mia).lead_team_ids == {team.pk}
    actions.grant_role(jan, Role.TEAM_LEAD, actions.Scope(team=team), by=SYSTEM, now=NOW)
    assert as_agent(jan).is_lead
    assert as_agent(jan).team_ids == {team.pk}


def test_tokens_act_for_their_person_within_their_scopes() -> None:
    administrator = make_administrator()
    own = as_agent(administrator)
    token, text = actions.create_api_token(administrator, "Telefon", [TokenScope.READ], by=own, now=NOW)
    request = RequestFactory().get("/api/v1/")
    viewer = resolve_token(request, text)
    assert viewer
    assert viewer.person_id == administrator.pk
    assert viewer.token_scopes == frozenset({"read"})
    assert (viewer.actor.kind, viewer.actor.id) == ("token", str(token.pk))
    assert viewer.is_admin
    assert not policies.can_administer(viewer)
    assert not policies.can_create_token(viewer, administrator)
    assert not policies.can_edit_profile(viewer, administrator)
    assert resolve_token(request, text + "x") is None
    actions.revoke_api_token(token, by=own, now=NOW)
    assert resolve_token(request, text) is None


def test_expired_tokens_are_nobodys() -> None:
    agent = make_agent("Jan Otte")
    token, text = actions.create_api_token(agent, "x", [], by=as_agent(agent), now=NOW, expires_at=NOW)
    assert queries.token_for(text, now=NOW) is None
    assert queries.token_for(text, now=NOW.replace(year=2025)) == token


def test_a_viewer_costs_few_queries(django_assert_max_num_queries: object) -> None:
    agent = make_agent("Jan Otte")
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        as_agent(agent)
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        as_requester(agent)


def test_search_finds_people_in_scope_only_and_never_by_notes() -> None:
    ours, theirs = make_organisation("Nordwerk"), make_organisation("Hafenbau")
    eva = make_person("Eva Müller", email("eva@nordwerk.example"), phone("030 123456-12"), organisation=ours)
    foreign = make_person("Otto Mueller", organisation=theirs)
    noted = actions.PersonInput(
        display_name="Eva Müller", language="en", note="Kanarienvogel", organisation=ours
    )
    actions.edit_person(eva, noted, version=eva.version, by=SYSTEM, now=NOW)
    upsert([*searchdocs.people([eva.pk, foreign.pk]), *searchdocs.organisations([ours.pk, theirs.pk])])
    agent = as_agent(make_agent("Jan Otte", scope=actions.Scope(organisation=ours)))

    def found(viewer: Viewer, typed: str) -> set[tuple[str, int]]:
        visible = {
            "person": policies.findable_people(viewer),
            "organisation": policies.findable_organisations(viewer),
        }
        return {(hit.kind, hit.object_id) for hit in search(typed, visible).hits}

    assert found(agent, "mueller") == {("person", eva.pk)}
    assert found(agent, "eva@nordwerk.example") == {("person", eva.pk)}
    assert ("organisation", ours.pk) in found(agent, "nordwerk")
    assert found(agent, "hafenbau") == set()
    assert found(agent, "kanarienvogel") == set()
    assert found(as_requester(foreign), "mueller") == {("person", foreign.pk)}
    assert found(as_requester(foreign), "nordwerk") == set()
    assert found(Viewer.guest(), "mueller") == set()
