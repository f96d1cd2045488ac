"""Leads are told where many like tickets may be an outage."""

import pytest

from leitstelle.accounts.choices import Role
from leitstelle.accounts.tests.cast import email, make_agent
from leitstelle.notifications.choices import Kind
from leitstelle.notifications.models import Notification
from leitstelle.tickets.tests.desk import make_desk
from leitstelle.triage.tests.world import break_down

pytestmark = pytest.mark.django_db


def test_leads_of_the_team_and_of_everything_are_told() -> None:
    desk = make_desk()
    chief = make_agent("Chris Chef", email("chris.chef@desk.example"), role=Role.TEAM_LEAD)
    break_down(desk)
    told = Notification.objects.filter(kind=Kind.OUTAGE)
    assert set(told.values_list("person_id", flat=True)) == {desk.lead.pk, chief.pk}
    row = told[0]
    assert row.urgent
    assert row.data == {"count": 4}
