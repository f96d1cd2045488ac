"""Nothing lies without a person unless somebody was told; what routing decided is told once."""

from datetime import timedelta

import pytest

from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.kernel.events import Event
from leitstelle.kernel.kept import forget
from leitstelle.notifications.actions import tell
from leitstelle.notifications.models import Notification
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.tests.desk import Desk, make_desk
from leitstelle.triage.actions.absences import AbsenceInput, enter_absence, tell_of_absences
from leitstelle.triage.actions.skills import ModeInput, save_mode
from leitstelle.triage.actions.watching import tell_of_unassigned
from leitstelle.triage.choices import Mode

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    forget()
    return make_desk()


def told(*codes: str) -> set[tuple[str, str]]:
    for event in Event.objects.filter(code__in=codes).order_by("pk"):
        tell(event, now=NOW)
    return {(row.person.display_name, row.kind) for row in Notification.objects.select_related("person")}


def test_leads_and_deputy_hear_that_somebody_is_away(desk: Desk) -> None:
    ticket = desk.open()
    tickets.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    new = AbsenceInput(first_day=NOW.date(), last_day=NOW.date(), deputy_id=desk.expert.pk)
    enter_absence(desk.agent, new, by=SYSTEM, now=NOW)
    tell_of_absences(NOW)
    assert told("triage.assignee_away") == {("Lena Vogt", "away"), ("Mareike Thomsen", "away")}


def test_leads_hear_of_a_ticket_that_nobody_takes(desk: Desk) -> None:
    desk.open()
    tell_of_unassigned(NOW + timedelta(minutes=61))
    assert told("triage.nobody_has_it") == {("Lena Vogt", "unassigned")}


def test_without_a_lead_administrators_hear_of_it(desk: Desk) -> None:
    desk.open()
    desk.first.memberships.update(is_lead=False)
    tell_of_unassigned(NOW + timedelta(minutes=61))
    assert told("triage.nobody_has_it") == {("Anja Admin", "unassigned")}


def test_who_is_given_a_new_ticket_is_told_and_nobody_else(desk: Desk) -> None:
    save_mode(desk.first, ModeInput(mode=Mode.ROUND_ROBIN), by=SYSTEM, now=NOW)
    ticket = desk.open()
    assert ticket.assignee is not None
    assert told("ticket.opened", "ticket.assigned") == {(ticket.assignee.display_name, "assigned")}
    assert Notification.objects.count() == 1
