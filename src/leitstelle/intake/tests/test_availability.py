"""Who can be reached: calls, what agents choose, absences; and where it is shown."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from leitstelle.accounts.tests.cast import SYSTEM, as_agent, as_requester
from leitstelle.intake.actions.availability import choose_availability
from leitstelle.intake.choices import Availability
from leitstelle.intake.models import PhoneCall
from leitstelle.intake.queries.availability import colleagues_of, not_available, reached_in_teams, state_of
from leitstelle.intake.rules.telephony.availability import AFTERWARDS, Signs, availability
from leitstelle.intake.tests.portal import portal_desk, signed_in
from leitstelle.intake.tests.telephony import Switchboard, switchboard
from leitstelle.kernel.errors import NotAllowed
from leitstelle.tickets.tests.desk import Desk
from leitstelle.triage.models import Absence

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("signs", "state"),
    [
        (Signs(), Availability.AVAILABLE),
        (Signs(is_away=True, chosen_at=AT), Availability.AWAY),
        (Signs(is_absent=True, is_away=True), Availability.ABSENT),
        (Signs(is_absent=True, is_away=True, speaks_since=AT), Availability.IN_CALL),
        (Signs(spoke_until=AT - MINUTE), Availability.AFTER_CALL),
        (Signs(spoke_until=AT - AFTERWARDS), Availability.AVAILABLE),
        (Signs(spoke_until=AT - MINUTE, chosen_at=AT - 2 * MINUTE), Availability.AFTER_CALL),
        (Signs(spoke_until=AT - 2 * MINUTE, chosen_at=AT - MINUTE), Availability.AVAILABLE),
        (Signs(spoke_until=AT - MINUTE, is_away=True), Availability.AWAY),
    ],
)
def test_a_call_counts_first_then_absence_then_what_was_chosen(signs: Signs, state: Availability) -> None:
    assert availability(signs, AT) is state


@pytest.fixture
def desk(db: None) -> Desk:
    return portal_desk()


@pytest.fixture
def board(desk: Desk) -> Switchboard:
    return switchboard(desk.agent)


def test_the_telephone_says_who_is_in_a_call(desk: Desk, board: Switchboard) -> None:
    pk = desk.agent.pk
    board.send("newCall")
    assert state_of(pk, timezone.now()) is Availability.AVAILABLE
    board.send("answer")
    assert state_of(pk, timezone.now()) is Availability.IN_CALL
    board.send("hangup", cause="normalClearing")
    now = timezone.now()
    assert state_of(pk, now) is Availability.AFTER_CALL
    assert state_of(pk, now + AFTERWARDS) is Availability.AVAILABLE
    choose_availability(is_away=False, by=as_agent(desk.agent), now=now)
    assert state_of(pk, now) is Availability.AVAILABLE


def test_a_call_whose_end_nobody_told_does_not_last_for_ever(desk: Desk, board: Switchboard) -> None:
    board.send("newCall")
    board.send("answer")
    PhoneCall.objects.update(started_at=timezone.now() - timedelta(hours=3))
    assert not_available(timezone.now()) == {}


def test_absent_people_are_not_reached(desk: Desk) -> None:
    now = timezone.now()
    Absence.objects.create(
        person=desk.agent,
        first_day=date(2026, 11, 1),
        last_day=date(2026, 11, 2),
        begins_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=1),
    )
    assert not_available(now) == {desk.agent.pk: Availability.ABSENT}
    reached, members = reached_in_teams(now)[desk.first.pk]
    assert reached == members - 1


def test_an_agent_says_so_on_the_page_of_calls(desk: Desk) -> None:
    client = signed_in(desk.agent)
    assert "can be reached" in client.get("/calls/").text
    assert client.post("/calls/availability/", {"away": "1"}).status_code == 303
    assert state_of(desk.agent.pk, timezone.now()) is Availability.AWAY
    assert "I can be reached" in client.get("/calls/").text
    client.post("/calls/availability/", {"away": "0"})
    assert state_of(desk.agent.pk, timezone.now()) is Availability.AVAILABLE
    with pytest.raises(NotAllowed):
        choose_availability(is_away=True, by=as_requester(desk.requester), now=timezone.now())
    with pytest.raises(NotAllowed):
        choose_availability(is_away=True, by=SYSTEM, now=timezone.now())


def test_it_is_seen_where_work_is_given(desk: Desk) -> None:
    choose_availability(is_away=True, by=as_agent(desk.agent), now=timezone.now())
    ticket = desk.open(now=timezone.now())
    lead = signed_in(desk.lead)
    assert f"{desk.agent.display_name} – away" in lead.get(f"/tickets/{ticket.public_id}/assign/").text
    assert "can be reached" in lead.get("/tickets/call/").text
    states = dict(colleagues_of(as_agent(desk.lead), timezone.now()))
    assert states.get(desk.agent, Availability.AWAY) is Availability.AWAY
