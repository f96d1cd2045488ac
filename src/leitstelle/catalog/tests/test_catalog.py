"""Categories, scales and the priority matrix: rules, actions, pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.accounts.tests.cast import (
    NOW,
    SYSTEM,
    as_agent,
    make_administrator,
    make_agent,
    make_organisation,
    make_person,
)
from leitstelle.catalog import actions, choices, queries, rules
from leitstelle.catalog.models import Category, Impact, Priority, PriorityCell, ResolutionCode, Urgency
from leitstelle.catalog.policies import visible_categories
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.tests.once import built_once
from leitstelle.kernel.viewer import Viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
@built_once
def shipped() -> None:
    actions.ensure_defaults(NOW)


def codes(kind: str, pk: int) -> list[str]:
    return [event.code for event in events_for(Subject(kind, pk))]


def test_the_matrix_of_the_glossary() -> None:
    cells = choices.MATRIX
    assert rules.priority_for(cells, "business", "stopped") == 1
    assert rules.priority_for(cells, "person", "stopped") == 2
    assert rules.priority_for(cells, "group", "hindered") == 2
    assert rules.priority_for(cells, "person", "can_wait") == 4
    assert rules.priority_for(cells, "nobody", "never") == 4
    assert len(cells) == 9


@given(st.dictionaries(st.tuples(st.text(max_size=3), st.text(max_size=3)), st.integers(1, 4)))
def test_equal_matrices_have_equal_versions(cells: dict[tuple[str, str], int]) -> None:
    turned = dict(reversed(list(cells.items())))
    assert rules.matrix_version(cells) == rules.matrix_version(turned)


def test_defaults_come_once_and_leave_changes_alone(shipped: None) -> None:
    counts = {
        m: m._default_manager.count()
        for m in (Category, Impact, Urgency, Priority, PriorityCell, ResolutionCode)
    }
    assert counts[Category] >= 60
    assert (counts[Impact], counts[Urgency], counts[Priority]) == (3, 3, 4)
    assert (counts[PriorityCell], counts[ResolutionCode]) == (9, 7)
    notebook = Category.objects.get(key="workplace.notebook")
    assert notebook.parent
    assert notebook.parent.name_de == "Arbeitsplatz"
    new = actions.CategoryInput(name_de="Laptop", name_en="Laptop", parent=notebook.parent)
    actions.edit_category(notebook, new, version=1, by=SYSTEM, now=NOW)
    assert actions.ensure_defaults(NOW) == 0
    assert counts == {model: model._default_manager.count() for model in counts}
    notebook.refresh_from_db()
    assert notebook.name_de == "Laptop"
    assert codes("catalog", 1) == ["catalog.defaults_shipped"]


def test_every_shipped_name_exists_in_both_languages(shipped: None) -> None:
    for model in (Category, Impact, Urgency, Priority, ResolutionCode):
        for row in model._default_manager.all():
            assert row.name_de.strip(), row
            assert row.name_en.strip(), row


def test_the_tree_reads_in_both_languages(shipped: None) -> None:
    german = {node.key: node.path for node in queries.flat_categories("de")}
    english = {node.key: node.path for node in queries.flat_categories("en")}
    assert german["workplace.notebook"] == "Arbeitsplatz › Notebook"
    assert english["workplace.notebook"] == "Workplace › Notebook"


def test_the_tree_costs_one_query(shipped: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        queries.flat_categories("de")


def test_switched_off_branches_are_not_offered(shipped: None) -> None:
    actions.deactivate_category(Category.objects.get(key="printing"), by=SYSTEM, now=NOW)
    keys = {node.key for node in queries.flat_categories("de")}
    assert not {key for key in keys if key.startswith("printing")}
    assert "printing.printer" in {node.key for node in queries.flat_categories("de", inactive=True)}
    assert not visible_categories(Viewer.guest()).filter(key="printing").exists()


def test_categories_are_added_moved_and_never_hang_below_themselves(shipped: None) -> None:
    root = actions.create_category(actions.CategoryInput(name_de="Gebäude"), by=SYSTEM, now=NOW)
    child_input = actions.CategoryInput(name_de="Tür", name_en="Door", parent=root)
    child = actions.create_category(child_input, by=SYSTEM, now=NOW)
    assert (root.key, root.name_en, child.key) == ("gebaeude", "Gebäude", "gebaeude.door")
    looped = actions.CategoryInput(name_de="Gebäude", parent=child)
    with pytest.raises(InvalidInput):
        actions.edit_category(root, looped, version=root.version, by=SYSTEM, now=NOW)
    before = list(Category.objects.filter(parent=None).values_list("key", flat=True))
    actions.move_category(root, "up", by=SYSTEM, now=NOW)
    after = list(Category.objects.filter(parent=None).values_list("key", flat=True))
    assert after == [*before[:-2], before[-1], before[-2]]
    actions.move_category(root, "down", by=SYSTEM, now=NOW)
    actions.move_category(root, "down", by=SYSTEM, now=NOW)
    assert list(Category.objects.filter(parent=None).values_list("key", flat=True)) == before
    assert codes("category", root.pk) == ["category.created", "category.moved", "category.moved"]
    stale = actions.CategoryInput(name_de="Haus")
    with pytest.raises(Conflict):
        actions.edit_category(root, stale, version=99, by=SYSTEM, now=NOW)


def test_only_administrators_change_the_catalogue(shipped: None) -> None:
    agent = as_agent(make_agent("Jan Otte"))
    category = Category.objects.get(key="printing")
    with pytest.raises(NotAllowed):
        actions.deactivate_category(category, by=agent, now=NOW)
    with pytest.raises(NotAllowed):
        actions.create_category(actions.CategoryInput(name_de="X"), by=agent, now=NOW)
    with pytest.raises(NotAllowed):
        actions.set_priority_matrix({}, seen="", by=agent, now=NOW)
    with pytest.raises(NotAllowed):
        actions.ensure_defaults(NOW, by=agent)


def test_a_customer_may_depart_from_the_house(shipped: None) -> None:
    organisation = make_organisation("Nordwerk")
    house = queries.matrix()
    own = house | {("person", "can_wait"): 3}
    seen = rules.matrix_version(house)
    actions.set_priority_matrix(own, seen=seen, organisation=organisation, by=SYSTEM, now=NOW)
    assert queries.priority_rank(organisation.pk, "person", "can_wait") == 3
    assert queries.priority_rank(None, "person", "can_wait") == 4
    assert queries.priority_rank(organisation.pk, "business", "stopped") == 1
    assert PriorityCell.objects.filter(version__organisation=organisation).count() == 1
    # What the customer did not change follows the house.
    actions.set_priority_matrix(house | {("person", "stopped"): 1}, seen=seen, by=SYSTEM, now=NOW)
    assert queries.priority_rank(organisation.pk, "person", "stopped") == 1
    with pytest.raises(Conflict):
        actions.set_priority_matrix(house, seen=seen, by=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput):
        actions.set_priority_matrix({("person", "stopped"): 9}, seen=seen, by=SYSTEM, now=NOW)
    actions.reset_priority_matrix(organisation, by=SYSTEM, now=NOW)
    assert queries.priority_rank(organisation.pk, "person", "can_wait") == 4
    assert codes("priority_matrix", organisation.pk) == ["priority_matrix.changed", "priority_matrix.reset"]


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_pages_open_for_administrators_only(shipped: None) -> None:
    organisation, category = make_organisation("Nordwerk"), Category.objects.get(key="printing")
    urls = [
        reverse("catalog:categories"),
        reverse("catalog:category-new"),
        reverse("catalog:category", args=[category.pk]),
        reverse("catalog:priorities"),
        reverse("catalog:priorities-of", args=[organisation.public_id]),
    ]
    admin, agent = client_of(make_administrator()), client_of(make_agent("Jan Otte"))
    requester = client_of(make_person("Eva Brandt"))
    for url in urls:
        assert admin.get(url).status_code == 200, url
        for client in (agent, requester, Client()):
            assert client.get(url).status_code in {302, 403}, url
    for name in ("category-move", "category-active"):
        for client in (agent, requester, Client()):
            assert client.post(reverse(f"catalog:{name}", args=[category.pk])).status_code in {302, 403}
    assert (
        agent.post(reverse("catalog:priorities-reset-of", args=[organisation.public_id])).status_code == 403
    )


def test_categories_are_edited_in_the_browser(shipped: None) -> None:
    admin, row = client_of(make_administrator()), Category.objects.get(key="printing")
    url = reverse("catalog:category", args=[row.pk])
    good = {"name_de": "Druckerei", "name_en": "Print shop", "parent": "", "version": row.version}
    assert admin.post(url, good).status_code == 303
    late = admin.post(url, good | {"name_de": "Drucken"})
    assert late.status_code == 409
    assert "<td>Druckerei</td><td>Drucken</td>" in late.content.decode()
    assert admin.post(url, good | {"name_de": ""}).status_code == 422
    new = {"name_de": "Plotter", "name_en": "Plotter", "parent": row.pk}
    assert admin.post(reverse("catalog:category-new"), new).status_code == 303
    plotter = Category.objects.get(key="printing.plotter")
    assert (
        admin.post(reverse("catalog:category-active", args=[plotter.pk]), {"active": "0"}).status_code == 303
    )
    plotter.refresh_from_db()
    assert not plotter.is_active
    first = Category.objects.get(parent=row, order=0)
    admin.post(reverse("catalog:category-move", args=[first.pk]), {"direction": "down"})
    first.refresh_from_db()
    assert first.order == 1


def test_the_matrix_is_edited_in_the_browser(shipped: None) -> None:
    admin = client_of(make_administrator())
    url, house = reverse("catalog:priorities"), queries.matrix()
    data: dict[str, Any] = {f"{impact}-{urgency}": rank for (impact, urgency), rank in house.items()}
    data["seen"] = rules.matrix_version(house)
    assert admin.post(url, data | {"person-can_wait": 3}).status_code == 303
    assert queries.priority_rank(None, "person", "can_wait") == 3
    late = admin.post(url, data | {"person-can_wait": 2})
    assert late.status_code == 409
    assert rules.matrix_version(queries.matrix()) in late.content.decode()
    assert queries.priority_rank(None, "person", "can_wait") == 3
    assert admin.post(url, data | {"person-can_wait": 7}).status_code == 422
