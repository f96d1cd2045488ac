"""The overview over the API."""

import pytest
from django.utils import timezone

from leitstelle.reporting.choices import Risk
from leitstelle.reporting.queries import overview
from leitstelle.reporting.schemas import OverviewOut
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import make_desk

pytestmark = pytest.mark.django_db


def test_the_answer_names_what_the_page_counts() -> None:
    desk = make_desk()
    ticket = desk.open()
    Ticket.objects.filter(pk=ticket.pk).update(team=desk.first, assignee=desk.agent, is_major=True)
    said = OverviewOut.of(overview(desk.as_lead(), timezone.now()))
    assert {one.risk: one.count for one in said.risks}[Risk.MAJOR] == 1
    assert [(one.id, one.open) for one in said.teams] == [(str(desk.first.public_id), 1)]
    assert said.people is not None
    assert [one.name for one in said.people] == ["Jonas Wendt"]
