"""Clocks follow the journal of real tickets; caches equal a fresh computation; alarms ring once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from leitstelle.accounts.tests.cast import make_organisation
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.queries import default_calendar
from leitstelle.kernel.events import Event
from leitstelle.kernel.tests.once import built_once
from leitstelle.sla.actions import ensure_defaults, ring_due_alarms, update_clocks
from leitstelle.sla.choices import ClockState, Metric
from leitstelle.sla.models import Agreement, AgreementVersion, Target, TicketClock
from leitstelle.sla.panels import clocks_of_ticket, due_of_rows
from leitstelle.tickets import actions
from leitstelle.tickets.models import NO_DEADLINE, Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db

# A Wednesday, 10:00 in Berlin; the shipped hours are Monday to Friday 8 to 17.
WEDNESDAY = datetime(2026, 11, 18, 9, tzinfo=UTC)


@pytest.fixture
@built_once
def desk() -> Desk:
    calendars.ensure_defaults(WEDNESDAY)
    made = make_desk()
    ensure_defaults(default_calendar(), name="Standard", now=WEDNESDAY)
    return made


def clock(ticket: Ticket, metric: Metric) -> TicketClock:
    return TicketClock.objects.get(ticket=ticket, metric=metric)


def after(hours: float) -> datetime:
    return WEDNESDAY + timedelta(hours=hours)


def test_a_new_ticket_shows_its_response_first(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    ticket.refresh_from_db()
    assert ticket.next_due_at == ticket.due_order == after(4)
    # Three working days are 27 service hours: 7 today, 9 on Thursday and on Friday, 2 on Monday; half is 13:30.
    assert clock(ticket, Metric.RESOLUTION).due_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert clock(ticket, Metric.WORKAROUND).due_at == datetime(2026, 11, 19, 13, 30, tzinfo=UTC)


def test_an_answer_stops_the_response_and_waiting_pauses_the_rest(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    actions.reply(ticket, "Welcher Drucker?", recipients=(), by=desk.as_agent(), now=after(1))
    actions.wait_for(ticket, "waiting_requester", reason="Rückfrage", by=desk.as_agent(), now=after(1))
    ticket.refresh_from_db()
    assert clock(ticket, Metric.RESPONSE).state == ClockState.MET
    assert clock(ticket, Metric.RESOLUTION).consumed_seconds == 3600
    assert (ticket.next_due_at, ticket.due_order, ticket.paused_at) == (None, NO_DEADLINE, after(1))
    actions.reply(ticket, "Der im Flur.", recipients=(), by=desk.as_requester(), now=after(3))
    ticket.refresh_from_db()
    # Two hours later than without the pause; the workaround comes before the solution.
    assert clock(ticket, Metric.RESOLUTION).due_at == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert (
        ticket.next_due_at
        == clock(ticket, Metric.WORKAROUND).due_at
        == datetime(2026, 11, 19, 15, 30, tzinfo=UTC)
    )


def test_waiting_for_the_vendor_pauses_only_if_the_agreement_says_so(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    actions.wait_for(ticket, "waiting_vendor", reason="Ersatzteil", by=desk.as_agent(), now=after(1))
    assert clock(ticket, Metric.RESOLUTION).state == ClockState.RUNNING
    AgreementVersion.objects.update(pause_for_vendor=True)
    update_clocks(ticket, after(2))
    assert clock(ticket, Metric.RESOLUTION).state == ClockState.PAUSED


def test_an_own_agreement_goes_before_the_houses(desk: Desk) -> None:
    agreement = Agreement.objects.create(name="Gold", organisation=desk.organisation)
    version = AgreementVersion.objects.create(
        agreement=agreement,
        number=1,
        valid_from=datetime(2000, 1, 1, tzinfo=UTC),
        calendar=ServiceCalendar.objects.get(key="always"),
    )
    Target.objects.create(version=version, metric=Metric.RESOLUTION, priority_id=3, seconds=7200)
    ticket = desk.open(now=WEDNESDAY)
    assert [one.metric for one in TicketClock.objects.filter(ticket=ticket)] == [Metric.RESOLUTION]
    assert clock(ticket, Metric.RESOLUTION).due_at == after(2)
    actions.change_requester(ticket, desk.outsider, by=desk.as_agent(), now=after(0.5))
    assert clock(ticket, Metric.RESOLUTION).version.agreement.name == "Standard"


def test_a_new_priority_keeps_consumed_time(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    wanted = actions.Classification(kind="incident", category_id=None, impact="business", urgency="stopped")
    actions.classify(ticket, wanted, by=desk.as_agent(), now=after(2))
    assert clock(ticket, Metric.RESOLUTION).due_at == after(4)
    response = clock(ticket, Metric.RESPONSE)
    assert (response.target_seconds, response.breached_at) == (3600, after(2))


def test_resolving_stops_and_reopening_goes_on(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    actions.resolve_ticket(ticket, code="solved", by=desk.as_agent(), now=after(1))
    assert clock(ticket, Metric.RESOLUTION).state == ClockState.MET
    ticket.refresh_from_db()
    assert ticket.due_order == NO_DEADLINE
    actions.reopen_ticket(ticket, by=desk.as_requester(), now=after(5))
    assert clock(ticket, Metric.RESOLUTION).consumed_seconds == 3600


def test_rejected_tickets_leave_their_clocks(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    actions.reject_ticket(ticket, reason="Werbung", by=desk.as_agent(), now=after(1))
    assert {one.state for one in TicketClock.objects.filter(ticket=ticket)} == {ClockState.LEFT}
    assert ring_due_alarms(after(500)) == 0


def test_each_threshold_rings_once(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    rung = [ring_due_alarms(after(hours)) for hours in (1, 3, 3, 3.7, 4, 4)]
    assert rung == [0, 1, 0, 1, 1, 0]
    percents = [event.data["percent"] for event in Event.objects.filter(code="sla.threshold_reached")]
    assert percents == [75, 90, 100]
    assert clock(ticket, Metric.RESPONSE).reached_percent == 100


def test_the_caches_equal_a_fresh_computation(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    actions.take_ticket(ticket, by=desk.as_agent(), now=after(1))
    actions.schedule_work(ticket, until=after(30), reason="", by=desk.as_agent(), now=after(2))
    actions.continue_work(ticket, by=desk.as_agent(), now=after(26))
    columns = ("metric", "state", "consumed_seconds", "due_at", "warn_at", "paused_at", "breached_at")
    before = list(TicketClock.objects.order_by("metric").values(*columns))
    TicketClock.objects.all().delete()
    update_clocks(ticket, after(26))
    assert list(TicketClock.objects.order_by("metric").values(*columns)) == before


def test_requesters_see_no_clocks(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    assert due_of_rows(desk.as_requester(), [ticket]) == {}
    assert clocks_of_ticket(desk.as_requester(), [ticket]) == {}
    assert ticket.pk in due_of_rows(desk.as_agent(), [ticket])


def test_a_page_of_deadlines_needs_few_statements(desk: Desk, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    tickets = [desk.open(now=WEDNESDAY) for _ in range(6)]
    viewer = desk.as_agent()
    with django_assert_max_num_queries(2):
        due_of_rows(viewer, tickets)


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "sla", "tickets", check=True, dry_run=True, verbosity=0)


def test_other_organisations_keep_the_houses_agreement(desk: Desk) -> None:
    Agreement.objects.create(name="Gold", organisation=make_organisation("Drittes"))
    ticket = desk.open(now=WEDNESDAY)
    assert clock(ticket, Metric.RESOLUTION).version.agreement.name == "Standard"
