"""The traps of service clocks (32 to 45 of the research on service desks), each with the tests that hold it.

An index, so that whoever changes a clock finds what must stay true; and the traps no other test holds by name.
"""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest

from leitstelle.accounts.tests.cast import SYSTEM
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.queries import default_calendar
from leitstelle.kernel.tests.once import built_once
from leitstelle.sla import actions as sla
from leitstelle.sla.choices import ClockState, Metric
from leitstelle.sla.models import TicketClock
from leitstelle.sla.queries import compute_clocks
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk, make_desk

# A Wednesday, 10:00 in Berlin; the shipped hours are Monday to Friday 8 to 17.
WEDNESDAY = datetime(2026, 11, 18, 9, tzinfo=UTC)

INDEX = {
    # Clock changes: elapsed time in UTC, service hours in wall time.
    32: ("calendars:test_clock_changes.test_every_clock_change_minute_by_minute",
         "sla:test_simulation.test_clocks_equal_a_simulation_minute_by_minute"),
    # Frames past midnight, lunch gaps, days without service.
    33: ("calendars:test_clock_changes.test_random_calendars_at_random_changes",
         "calendars:test_rules.test_a_night_shift_ends_in_the_holiday_and_none_begins_on_it"),
    # Holidays by place, half days, versions.
    34: ("calendars:test_holidays.test_every_land", "calendars:test_holidays.test_half_days_take_their_own_hours",
         "calendars:test_rules.test_versions_each_count_their_own_time"),
    # Pauses cost only open hours, and end.
    35: ("sla:test_clock_rules.test_a_pause_outside_hours_costs_nothing",
         "sla:test_agreements.test_a_pause_ends_by_itself_and_says_so"),
    # A paused clock cannot breach; a breached one stays so.
    36: ("sla:test_clock_rules.test_pausing_moves_the_deadline_and_cannot_breach",
         "sla:test_clock_rules.test_a_breach_is_dated_when_it_happened_and_stays"),
    # Another priority, customer or agreement: new target, same consumed time, nothing back-dated.
    37: ("sla:test_clock_rules.test_a_shorter_target_keeps_consumed_time_and_never_backdates",
         "sla:test_clocks_of_tickets.test_a_new_priority_keeps_consumed_time"),
    # What a response is.
    38: ("sla:test_traps.test_38_only_what_the_requester_gets_to_read_is_a_response",
         "sla:test_clock_rules.test_a_call_entered_later_counts_at_its_true_time"),
    # Reply and status in one save.
    39: ("sla:test_clock_rules.test_an_answer_and_a_pause_in_one_save_count_in_their_order",),
    # Reopening.
    40: ("sla:test_clock_rules.test_solved_time_is_not_consumed_after_reopening",
         "sla:test_clocks_of_tickets.test_resolving_stops_and_reopening_goes_on"),
    # Merged and rejected tickets.
    41: ("sla:test_clock_rules.test_merged_and_rejected_tickets_leave_their_clocks",
         "sla:test_clocks_of_tickets.test_rejected_tickets_leave_their_clocks"),
    # Agreements edited or ended.
    42: ("sla:test_agreements.test_a_new_version_counts_for_new_tickets_and_where_it_says_so_for_open_ones",
         "sla:test_agreements.test_an_ended_agreement_stays_with_its_tickets"),
    # Next update due before the first response.
    43: ("sla:test_agreements.test_the_requester_hears_of_it_again_and_again",),
    # Storms of notices.
    44: ("sla:test_clocks_of_tickets.test_each_threshold_rings_once",
         "notifications:test_escalation.test_one_message_per_threshold_and_person",
         "notifications:test_rules.test_mail_waits_for_the_end_of_the_night"),
    # Tickets nobody typed into a screen.
    45: ("sla:test_traps.test_45_the_clock_starts_from_the_event_whoever_opened_the_ticket",),
}  # fmt: skip


def test_every_trap_has_tests_that_exist() -> None:
    assert sorted(INDEX) == list(range(32, 46))
    for trap, names in INDEX.items():
        for name in names:
            domain, _colon, rest = name.partition(":")
            module, _dot, test = rest.rpartition(".")
            found = import_module(f"leitstelle.{domain}.tests.{module}")
            assert callable(getattr(found, test, None)), (trap, name)


@pytest.fixture
@built_once
def desk(db: None) -> Desk:
    calendars.ensure_defaults(WEDNESDAY)
    made = make_desk()
    sla.ensure_defaults(default_calendar(), name="Standard", now=WEDNESDAY)
    return made


def test_38_only_what_the_requester_gets_to_read_is_a_response(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    soon = WEDNESDAY + timedelta(minutes=10)
    actions.write_note(ticket, "Schaue ich mir an.", by=desk.as_agent(), now=soon)
    for audience, automatic in ((Audience.VENDOR, ""), (Audience.PUBLIC, "auto_reply")):
        message = NewMessage(
            text="Bitte um Geduld.",
            direction=Direction.OUTBOUND,
            channel=Channel.MAIL,
            audience=audience,
            author_id=desk.agent.pk,
            author_is_agent=True,
            automatic_kind=automatic,
        )
        actions.add_message(ticket, message, by=desk.as_agent(), now=soon)
    clock = compute_clocks(ticket, soon).clock(Metric.RESPONSE)
    assert clock is not None
    assert clock.state is ClockState.RUNNING
    actions.reply(ticket, "Bitte neu starten.", recipients=(), by=desk.as_agent(), now=soon)
    answered = compute_clocks(ticket, soon).clock(Metric.RESPONSE)
    assert answered is not None
    assert (answered.state, answered.stopped_at) == (ClockState.MET, soon)


def test_45_the_clock_starts_from_the_event_whoever_opened_the_ticket(desk: Desk) -> None:
    new = actions.NewTicket(subject="Platte voll", channel=Channel.API, requester_id=desk.requester.pk)
    first = NewMessage(
        text="sda1 98 %", direction=Direction.INBOUND, channel=Channel.API, audience=Audience.PUBLIC
    )
    ticket = actions.open_ticket(new, first, by=SYSTEM, now=WEDNESDAY)
    clocks = TicketClock.objects.filter(ticket=ticket)
    assert {clock.started_at for clock in clocks} == {WEDNESDAY}
    assert {clock.metric for clock in clocks} >= {Metric.RESPONSE, Metric.RESOLUTION}
