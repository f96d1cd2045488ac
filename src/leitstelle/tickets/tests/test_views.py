"""Ticket pages as a browser gets them: what a view must not lose on the way."""

import pytest
from django.test import Client

from leitstelle.accounts.models import Person
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def _signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_sorting_keeps_the_filters(desk: Desk) -> None:
    html = _signed_in(desk.agent).get("/tickets/?view=open&priority=2").text
    assert "?view=open&amp;priority=2&amp;order=recent" in html


def test_a_filtered_view_without_tickets_leads_back_to_the_whole_view(desk: Desk) -> None:
    client = _signed_in(desk.agent)
    assert 'class="btn" href="?view=open"' in client.get("/tickets/?view=open&priority=1").text
    assert 'class="btn" href="?view=open"' not in client.get("/tickets/?view=open").text


def test_a_conflict_shows_both_values_and_then_lets_the_person_save(desk: Desk) -> None:
    ticket = desk.open()
    url = f"/tickets/{ticket.public_id}/classify/"
    data = {"version": ticket.classification_version, "kind": "incident", "matrix": "hindered:person"}
    agent, lead = _signed_in(desk.agent), _signed_in(desk.lead)
    assert agent.post(url, {**data, "device_label": "NB-1"}).status_code == 303
    refused = lead.post(url, {**data, "device_label": "NB-2"})
    assert refused.status_code == 422
    assert "<td>NB-1</td><td>NB-2</td>" in refused.text
    ticket.refresh_from_db()
    again = {**data, "version": ticket.classification_version, "device_label": "NB-2"}
    assert f'value="{ticket.classification_version}"' in refused.text
    assert lead.post(url, again).status_code == 303
