"""Actions on organisations, sites, teams and levels."""

import pytest

from leitstelle.accounts import actions, queries
from leitstelle.accounts.errors import DomainTaken, StillInUse
from leitstelle.accounts.models import LevelScheme, Organisation, Team
from leitstelle.accounts.tests.cast import (
    NOW,
    SYSTEM,
    as_agent,
    make_agent,
    make_organisation,
    make_person,
    make_team,
)
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, events_for

pytestmark = pytest.mark.django_db


def codes(kind: str, pk: int) -> list[str]:
    return [event.code for event in events_for(Subject(kind, pk))]


def test_organisations_have_several_domains_and_sites() -> None:
    organisation = make_organisation("Örtliche Werke", "Werke.example", "@bücher.example")
    assert organisation.sort_name == "ortliche werke"
    assert [row.domain for row in organisation.domains.all()] == ["werke.example", "xn--bcher-kva.example"]
    leipzig = actions.SiteInput(name="Leipzig", state="sn")
    site = actions.save_site(organisation, leipzig, by=SYSTEM, now=NOW)
    actions.save_site(organisation, actions.SiteInput(name="Fürth", state="BY"), by=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput):
        actions.save_site(organisation, leipzig, by=SYSTEM, now=NOW)
    actions.remove_site(site, by=SYSTEM, now=NOW)
    assert organisation.sites.filter(is_active=True).get().state == "BY"
    assert codes("organisation", organisation.pk) == [
        "organisation.created",
        "organisation.site_saved",
        "organisation.site_saved",
        "organisation.site_removed",
    ]


def test_a_domain_belongs_to_one_organisation() -> None:
    make_organisation("Nordwerk", "nordwerk.example")
    with pytest.raises(DomainTaken) as refused:
        make_organisation("Hafenbau", "hafenbau.example", "Nordwerk.example")
    assert list(refused.value.fields) == ["domains-1"]
    assert Organisation.objects.count() == 1


def test_the_nearest_domain_decides() -> None:
    holding, works = (
        make_organisation("Holding", "example.org"),
        make_organisation("Werke", "werke.example.org"),
    )
    assert queries.organisation_for_address("a@werke.example.org") == works
    assert queries.organisation_for_address("a@sub.example.org") == holding
    assert queries.organisation_for_address("a@org") is None
    actions.deactivate_organisation(works, by=SYSTEM, now=NOW)
    assert queries.organisation_for_address("a@werke.example.org") == holding


def test_edit_organisation_compares_versions() -> None:
    organisation = make_organisation("Nordwerk", "nordwerk.example")
    seen = organisation.version
    new = actions.OrganisationInput(name="Nordwerk AG", domains=["nordwerk.example", "nw.example"])
    actions.edit_organisation(organisation, new, version=seen, by=SYSTEM, now=NOW)
    assert organisation.domains.count() == 2
    stale = actions.OrganisationInput(name="Nordwerk GmbH")
    with pytest.raises(Conflict):
        actions.edit_organisation(organisation, stale, version=seen, by=SYSTEM, now=NOW)
    by = as_agent(make_agent("Jan Otte"))
    with pytest.raises(NotAllowed):
        actions.edit_organisation(organisation, new, version=organisation.version, by=by, now=NOW)


def test_the_tree_of_organisations_has_no_loops() -> None:
    holding = make_organisation("Holding")
    works = make_organisation("Werke", parent=holding)
    hall = make_organisation("Halle", parent=works)
    assert queries.with_descendants([holding.pk, hall.pk]) == {
        holding.pk: {holding.pk, works.pk, hall.pk},
        hall.pk: {hall.pk},
    }
    looped = actions.OrganisationInput(name="Holding", parent=hall)
    with pytest.raises(InvalidInput):
        actions.edit_organisation(holding, looped, version=holding.version, by=SYSTEM, now=NOW)


def test_teams_have_members_and_leads() -> None:
    jan, mia = make_person("Jan Otte"), make_person("Mia Kern")
    team = make_team("Servicedesk", jan, leads=(mia,))
    assert dict(team.memberships.values_list("person_id", "is_lead")) == {jan.pk: False, mia.pk: True}
    actions.set_team_members(team, [mia], by=SYSTEM, now=NOW)
    assert dict(team.memberships.values_list("person_id", "is_lead")) == {mia.pk: False}
    actions.set_team_members(team, [mia], by=SYSTEM, now=NOW)
    assert codes("team", team.pk) == ["team.created", "team.members_changed", "team.members_changed"]
    with pytest.raises(NotAllowed):
        actions.set_team_members(team, [], by=as_agent(make_agent("X Y")), now=NOW)


def test_one_team_is_the_default() -> None:
    first, second = make_team("Servicedesk"), make_team("Netz", level="second")
    for team in (first, second):
        team.refresh_from_db()
        new = actions.TeamInput(name=team.name, level=team.level, is_default=True)
        actions.edit_team(team, new, version=team.version, by=SYSTEM, now=NOW)
    assert [team.name for team in Team.objects.filter(is_default=True)] == ["Netz"]
    with pytest.raises(InvalidInput):
        make_team("Netz")


def test_shipped_schemes_come_once() -> None:
    default = actions.ensure_level_schemes(now=NOW)
    assert default.key == "three-tier"
    assert [level.name_de for level in default.levels.all()] == ["1st Level", "2nd Level", "3rd Level"]
    two = LevelScheme.objects.get(key="two-tier")
    assert [level.key for level in two.levels.all()] == ["frontdesk", "backdesk"]
    actions.choose_default_level_scheme(two, by=SYSTEM, now=NOW)
    assert actions.ensure_level_schemes(now=NOW) == two
    assert LevelScheme.objects.count() == 2
    assert codes("level_scheme", two.pk) == ["level_scheme.created", "level_scheme.default_chosen"]


def test_a_scheme_of_ones_own_is_edited() -> None:
    desk, experts = actions.LevelInput(name_de="Empfang"), actions.LevelInput(name_de="Fachleute", short="F")
    new = actions.SchemeInput(name_de="Haus", name_en="House", levels=[desk, experts])
    scheme = actions.create_level_scheme(new, by=SYSTEM, now=NOW)
    keys = [level.key for level in scheme.levels.all()]
    assert keys == ["empfang", "fachleute"]
    turned = [
        actions.LevelInput(name_de="Neu"),
        actions.LevelInput(name_de="Fachleute", key="fachleute"),
        actions.LevelInput(name_de="Tresen", name_en="Desk", key="empfang"),
    ]
    new = actions.SchemeInput(name_de="Haus", levels=turned)
    actions.edit_level_scheme(scheme, new, by=SYSTEM, now=NOW)
    assert [(level.order, level.key, level.name_de) for level in scheme.levels.all()] == [
        (1, "neu", "Neu"),
        (2, "fachleute", "Fachleute"),
        (3, "empfang", "Tresen"),
    ]
    assert codes("level_scheme", scheme.pk) == ["level_scheme.created", "level_scheme.changed"]


def test_a_level_with_a_team_cannot_go() -> None:
    team = make_team("Servicedesk")
    scheme = team.level.scheme
    kept = [actions.LevelInput(name_de=level.name_de, key=level.key) for level in scheme.levels.all()[1:]]
    new = actions.SchemeInput(name_de="Drei", levels=kept)
    with pytest.raises(StillInUse):
        actions.edit_level_scheme(scheme, new, by=SYSTEM, now=NOW)
    assert scheme.levels.count() == 3


def test_a_scheme_needs_a_level() -> None:
    with pytest.raises(InvalidInput):
        actions.create_level_scheme(actions.SchemeInput(name_de="Leer"), by=SYSTEM, now=NOW)
