"""Making agreements: refusals, versions, working days, what happens to open tickets, and the pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from leitstelle.accounts.tests.cast import SYSTEM
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.queries import default_calendar, hours_of
from leitstelle.calendars.rules import Calendar, Frame, HolidaySet
from leitstelle.catalog.models import Category, Priority
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Event
from leitstelle.kernel.tests.once import built_once
from leitstelle.kernel.work import drain
from leitstelle.sla import actions
from leitstelle.sla.actions.clocks import take_over
from leitstelle.sla.choices import Cause, ClockState, Metric, Verdict
from leitstelle.sla.errors import (
    AgreementOverlaps,
    HouseAgreementStays,
    NothingPromised,
    NotMissed,
    ValidInThePast,
)
from leitstelle.sla.forms.amounts import spoken
from leitstelle.sla.labels import METRIC
from leitstelle.sla.models import Agreement, Target, TicketClock
from leitstelle.sla.queries import compute_clocks, promise_of
from leitstelle.sla.queries.explaining import promise_sentence, told_clocks
from leitstelle.sla.queries.what_if import Alternative, retell
from leitstelle.sla.rules.amounts import HOUR, Amount, AmountProblem, day_seconds, parse
from leitstelle.sla.rules.causes import shares
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.actions.handover import HandoverOffer
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db

# A Wednesday, 10:00 in Berlin; the shipped hours are Monday to Friday 8 to 17.
WEDNESDAY = datetime(2026, 11, 18, 9, tzinfo=UTC)


@pytest.fixture
@built_once
def desk() -> Desk:
    calendars.ensure_defaults(WEDNESDAY)
    made = make_desk()
    actions.ensure_defaults(default_calendar(), name="Standard", now=WEDNESDAY)
    return made


def house() -> Agreement:
    return Agreement.objects.get(name="Standard")


def after(hours: float) -> datetime:
    return WEDNESDAY + timedelta(hours=hours)


def terms(*targets: actions.TargetInput, at: datetime = WEDNESDAY, **more: object) -> actions.VersionInput:
    wanted = targets or (actions.TargetInput(Metric.RESOLUTION, 3, Amount(2 * HOUR)),)
    return actions.VersionInput(default_calendar(), wanted, at, **more)  # type: ignore[arg-type]


def make(name: str = "Gold", version: actions.VersionInput | None = None, **scope: object) -> Agreement:
    new = actions.NewAgreement(name, version or terms(), **scope)  # type: ignore[arg-type]
    return actions.create_agreement(new, by=SYSTEM, now=WEDNESDAY)


def due(ticket: Ticket, metric: Metric = Metric.RESOLUTION) -> datetime | None:
    return TicketClock.objects.get(ticket=ticket, metric=metric).due_at


def test_the_shipped_agreement_promises_what_is_written(desk: Desk) -> None:
    version = house().versions.get()
    found = {(one.metric, one.priority_id): (one.seconds / HOUR, one.days) for one in version.targets.all()}
    assert found == {
        ("response", 1): (1, None), ("resolution", 1): (4, None), ("workaround", 1): (2, None),
        ("response", 2): (2, None), ("resolution", 2): (8, None), ("workaround", 2): (4, None),
        ("response", 3): (4, None), ("resolution", 3): (27, 3), ("workaround", 3): (13.5, None),
        ("response", 4): (9, 1), ("resolution", 4): (90, 10), ("workaround", 4): (45, None),
    }  # fmt: skip
    keys = {one.calendar.key for one in version.targets.filter(priority=1) if one.calendar}
    assert keys == {"always"}


def test_a_desk_keeps_the_agreement_it_has(desk: Desk) -> None:
    actions.ensure_defaults(default_calendar(), name="Anders", now=WEDNESDAY)
    assert Agreement.objects.count() == 1


def test_two_agreements_for_the_same_are_refused_and_both_are_named(desk: Desk) -> None:
    make(organisation=desk.organisation)
    with pytest.raises(AgreementOverlaps) as refused:
        make("Silber", organisation=desk.organisation)
    assert "Silber" in str(refused.value.message)
    assert "Gold" in str(refused.value.message)
    make("Silber", organisation=desk.organisation, kind="request")


def test_what_makes_no_sense_is_refused_and_leaves_nothing(desk: Desk) -> None:
    nothing = actions.VersionInput(default_calendar(), (), WEDNESDAY)
    never = Calendar("Europe/Berlin", tuple((Frame(480, 540),) if day == 0 else () for day in range(7)))
    row = calendars.create_calendar(
        calendars.NewCalendar("seldom", "Selten", never), by=SYSTEM, now=WEDNESDAY
    )
    endless = actions.TargetInput(Metric.RESOLUTION, 3, Amount(9000 * HOUR), row)
    for bad, error in (
        (nothing, NothingPromised),
        (terms(at=after(-1)), ValidInThePast),
        (terms(warn_percent=90, crit_percent=80), InvalidInput),
        (terms(longest_pause_seconds=60), InvalidInput),
        (terms(endless), InvalidInput),
    ):
        with pytest.raises(error):
            make(version=bad, organisation=desk.organisation)
    assert Agreement.objects.count() == 1
    with pytest.raises(NotAllowed):
        actions.create_agreement(actions.NewAgreement("X", terms()), by=desk.as_lead(), now=WEDNESDAY)


def test_a_new_version_counts_for_new_tickets_and_where_it_says_so_for_open_ones(desk: Desk) -> None:
    old = desk.open(now=WEDNESDAY)
    closed = desk.open(now=WEDNESDAY)
    tickets.resolve_ticket(closed, code="solved", by=desk.as_agent(), now=after(0.5))
    before = due(old)
    actions.publish_version(house(), terms(at=after(1)), seen=1, by=SYSTEM, now=after(1))
    new = desk.open(now=after(2))
    assert (due(old), due(new)) == (before, after(4))
    with pytest.raises(Conflict):
        actions.publish_version(house(), terms(at=after(2)), seen=1, by=SYSTEM, now=after(2))
    wanted = terms(actions.TargetInput(Metric.RESOLUTION, 3, Amount(5 * HOUR)), at=after(3), takes_over=True)
    actions.publish_version(house(), wanted, seen=2, by=SYSTEM, now=after(2))
    assert take_over(after(2)) == 0
    assert take_over(after(3)) == 2
    assert take_over(after(3)) == 0
    # Used time stays used, and the deadline is not dated back.
    assert (due(old), due(new)) == (after(5), after(7))
    clock = compute_clocks(old, after(3)).clock(Metric.RESOLUTION)
    assert clock is not None
    assert [(one.before, one.after, one.what) for one in clock.changes] == [
        (27 * HOUR, 5 * HOUR, "agreement")
    ]
    assert TicketClock.objects.get(ticket=closed, metric=Metric.RESOLUTION).target_seconds == 27 * HOUR


def test_an_ended_agreement_stays_with_its_tickets(desk: Desk) -> None:
    gold = make(organisation=desk.organisation)
    ticket = desk.open(now=after(0.5))
    actions.end_agreement(gold, by=SYSTEM, now=after(1))
    later = desk.open(now=after(1.5))
    reading = compute_clocks(ticket, after(2))
    assert reading.promise is not None
    assert reading.promise.version.agreement == gold
    assert [one.verdict for one in compute_clocks(later, after(2)).judgements] == [
        Verdict.APPLIES,
        Verdict.ENDED,
    ]
    make("Neu", organisation=desk.organisation)
    with pytest.raises(AgreementOverlaps):
        actions.restore_agreement(gold, by=SYSTEM, now=after(2))
    with pytest.raises(HouseAgreementStays):
        actions.end_agreement(house(), by=SYSTEM, now=after(2))


def test_an_agreement_for_a_branch_of_categories_counts_below_it(desk: Desk) -> None:
    network, vpn = Category.objects.get(key="network"), Category.objects.get(key="network.vpn")
    make("Netz", category=network)
    ticket = desk.open(now=WEDNESDAY)
    assert due(ticket) != after(2)
    wanted = tickets.Classification(kind="incident", category_id=vpn.pk, impact="person", urgency="hindered")
    tickets.classify(ticket, wanted, by=desk.as_agent(), now=after(1))
    assert due(ticket) == after(2)
    assert not TicketClock.objects.filter(ticket=ticket, metric=Metric.RESPONSE).exists()


def test_own_service_hours_count_for_single_targets(desk: Desk) -> None:
    always = ServiceCalendar.objects.get(key="always")
    make(
        version=terms(
            actions.TargetInput(Metric.RESPONSE, 3, Amount(20 * HOUR), always),
            actions.TargetInput(Metric.RESOLUTION, 3, Amount(20 * HOUR)),
        ),
        organisation=desk.organisation,
    )
    ticket = desk.open(now=WEDNESDAY)
    assert due(ticket, Metric.RESPONSE) == after(20)
    assert due(ticket) == datetime(2026, 11, 20, 11, tzinfo=UTC)


def test_the_requester_hears_of_it_again_and_again(desk: Desk) -> None:
    make(
        version=terms(
            actions.TargetInput(Metric.RESPONSE, 3, Amount(4 * HOUR)),
            actions.TargetInput(Metric.UPDATE, 3, Amount(2 * HOUR)),
        ),
        organisation=desk.organisation,
    )
    ticket = desk.open(now=WEDNESDAY)
    # The response goes first (trap 43).
    assert not TicketClock.objects.filter(ticket=ticket, metric=Metric.UPDATE).exists()
    tickets.reply(ticket, "Wir sind dran.", recipients=(), by=desk.as_agent(), now=after(1))
    assert due(ticket, Metric.UPDATE) == after(3)
    tickets.reply(ticket, "Noch immer.", recipients=(), by=desk.as_agent(), now=after(4))
    clock = TicketClock.objects.get(ticket=ticket, metric=Metric.UPDATE)
    assert (clock.due_at, clock.missed, clock.breached_at) == (after(6), 1, None)


def test_a_workaround_stops_its_clock_only(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    actions.give_workaround(ticket, by=desk.as_agent(), now=after(1))
    states = dict(TicketClock.objects.filter(ticket=ticket).values_list("metric", "state"))
    assert states == {"response": "running", "workaround": "met", "resolution": "running"}
    with pytest.raises(Conflict):
        actions.give_workaround(ticket, by=desk.as_agent(), now=after(2))
    with pytest.raises(NotAllowed):
        actions.give_workaround(ticket, by=desk.as_requester(), now=after(2))


def test_each_level_has_its_own_time(desk: Desk) -> None:
    one, two = desk.first.level, desk.second.level
    make(
        version=terms(
            actions.TargetInput(Metric.INTERNAL, 3, Amount(2 * HOUR), level=one),
            actions.TargetInput(Metric.INTERNAL, 3, Amount(8 * HOUR), level=two),
        ),
        organisation=desk.organisation,
    )
    ticket = desk.open(now=WEDNESDAY)
    tickets.take_ticket(ticket, by=desk.as_agent(), now=WEDNESDAY)
    tickets.assign_ticket(ticket, team=desk.first, to=desk.agent, by=desk.as_lead(), now=WEDNESDAY)
    handover = HandoverOffer(to_team=desk.second, reason="Tiefer", tried="Neustart")
    tickets.hand_over(ticket, handover, by=desk.as_agent(), now=after(1))
    found = {
        row.level_id: (row.state, row.consumed_seconds, row.due_at)
        for row in TicketClock.objects.filter(ticket=ticket)
    }
    assert found == {
        one.pk: (ClockState.MET, HOUR, None),
        two.pk: (ClockState.RUNNING, 0, datetime(2026, 11, 19, 9, tzinfo=UTC)),
    }


def test_a_pause_ends_by_itself_and_says_so(desk: Desk) -> None:
    make(version=terms(longest_pause_seconds=2 * HOUR), organisation=desk.organisation)
    begin = WEDNESDAY + timedelta(weeks=52)
    ticket = desk.open(now=begin)
    wait = begin + timedelta(hours=1)
    tickets.wait_for(ticket, "waiting_requester", reason="Rückfrage", by=desk.as_agent(), now=wait)
    assert actions.ring_due_alarms(begin + timedelta(hours=2)) == 0
    assert actions.ring_due_alarms(begin + timedelta(hours=3, minutes=6)) == 1
    clock = TicketClock.objects.get(ticket=ticket)
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, begin + timedelta(hours=4))
    assert Event.objects.get(code="sla.pause_ended").data["metrics"] == ["resolution"]
    assert actions.ring_due_alarms(begin + timedelta(hours=3, minutes=6)) == 0


def test_open_tickets_follow_new_service_hours(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    assert due(ticket, Metric.RESPONSE) == after(4)
    longer = Calendar("Europe/Berlin", tuple((Frame(480, 660), Frame(720, 1200)) for _ in range(7)))
    calendars.publish_version(default_calendar(), longer, valid_from=after(0.5), by=SYSTEM, now=after(0.5))
    drain(after(0.5))
    assert due(ticket, Metric.RESPONSE) == after(5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4", Amount(4 * HOUR)),
        ("30 min", Amount(1800)),
        ("1,5 Std.", Amount(5400)),
        ("3 Tage", Amount(days=3)),
        ("1 d", Amount(days=1)),
        ("13:30 h", Amount(13 * HOUR + 1800)),
        ("0:45", Amount(2700)),
        ("", None),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, expected: Amount | None) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text", ["bald", "0", "-1 h", "1.5 days", "4 parsec", "99999999 h", "1:75 h", "1:30 min"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountProblem):
        parse(text)


@pytest.mark.parametrize("amount", [Amount(HOUR), Amount(5400), Amount(13 * HOUR + 1800), Amount(days=3)])
def test_the_form_reads_back_what_it_shows(amount: Amount) -> None:
    assert parse(spoken(amount)) == amount


def test_a_working_day_is_the_service_time_of_an_ordinary_day() -> None:
    short_friday = tuple(
        (Frame(480, 1020),) if day < 4 else (Frame(480, 780),) if day == 4 else () for day in range(7)
    )
    assert day_seconds(short_friday) == (4 * 9 + 5) * HOUR / 5
    assert day_seconds(((),) * 7) == 24 * HOUR


@pytest.fixture
def admin(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fields_of(page: str) -> dict[str, str]:
    return {"calendar": page, "warn_percent": "75", "crit_percent": "90"}


def test_an_agreement_is_made_tried_and_changed_on_its_pages(admin: Client, desk: Desk) -> None:
    values = {
        **fields_of(str(default_calendar().pk)),
        "name": "Gold",
        "organisation": str(desk.organisation.pk),
        "resolution-3": "2 h",
        "response-1": "1 day",
    }
    tried = admin.post(
        reverse("sla:agreement-new"), {**values, "do": "preview"}, headers={"HX-Request": "true"}
    )
    assert tried.status_code == 200
    assert b"<time" in tried.content
    assert not Agreement.objects.filter(name="Gold").exists()
    assert admin.post(reverse("sla:agreement-new"), values).status_code in (302, 303)
    gold = Agreement.objects.get(name="Gold")
    assert Target.objects.get(version__agreement=gold, metric="response").seconds == 9 * HOUR
    again = admin.post(reverse("sla:agreement-new"), {**values, "name": "Silber"})
    assert again.status_code == 422
    assert "Gold" in again.content.decode()
    edit = reverse("sla:agreement-edit", args=[gold.public_id])
    form = admin.get(edit)
    assert 'value="2 h"' in form.content.decode()
    changed = {**fields_of(str(default_calendar().pk)), "resolution-3": "30 min", "seen": "1"}
    assert admin.post(edit, changed).status_code in (302, 303)
    assert admin.post(edit, changed).status_code == 422
    detail = admin.get(reverse("sla:agreement", args=[gold.public_id])).content.decode()
    assert "30 min" in detail
    which = admin.get(
        reverse("sla:agreement-which"), {"organisation": str(desk.organisation.pk), "priority": "3"}
    )
    assert "Gold" in which.content.decode()
    bad = admin.post(edit, {**changed, "resolution-3": "bald", "seen": "2"})
    assert bad.status_code == 422


def test_the_list_shows_what_ended_too(admin: Client, desk: Desk) -> None:
    gold = make(organisation=desk.organisation, priority=Priority.objects.get(pk=1))
    admin.post(reverse("sla:agreement-standing", args=[gold.public_id]), {"to": "ended"})
    shown = admin.get(reverse("sla:agreements")).content.decode()
    assert shown.index("Standard") < shown.index("Gold")


def test_a_deadline_explains_itself_to_the_desk_and_to_the_requester(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    tickets.reply(ticket, "Welcher?", recipients=(), by=desk.as_agent(), now=after(1))
    tickets.wait_for(ticket, "waiting_requester", reason="Rückfrage", by=desk.as_agent(), now=after(1))
    tickets.reply(ticket, "Der da.", recipients=(), by=desk.as_requester(), now=after(3))
    reading = compute_clocks(ticket, after(4))
    told = {one.name: one for one in told_clocks(reading, {}, after(4))}
    resolution = told[str(METRIC[Metric.RESOLUTION])]
    assert any(desk.agent.display_name in line.text for line in resolution.lines)
    assert {bar.kind for bar in resolution.bars} == {"open", "run", "pause"}
    assert promise_sentence(reading, after(4))
    client = Client()
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    shown = client.get(reverse("sla:deadlines", args=[ticket.public_id])).content.decode()
    assert "Standard" in shown
    assert "<svg" in shown


def test_holidays_between_now_and_the_deadline_have_their_names(desk: Desk) -> None:
    holidays = HolidaySet("DE", "HH")
    hours = Calendar(
        "Europe/Berlin", tuple((Frame(480, 1020),) if day < 5 else () for day in range(7)), (), holidays
    )
    eve = datetime(2026, 12, 24, 9, tzinfo=UTC)
    calendars.publish_version(default_calendar(), hours, valid_from=eve, by=SYSTEM, now=eve)
    ticket = desk.open(now=eve)
    told = told_clocks(compute_clocks(ticket, eve), {}, eve)
    with translation.override("de"):
        text = " ".join(line.text for one in told for line in one.lines)
    assert "Weihnachtstag" in text or "Christmas" in text


def test_a_missed_target_says_why_and_can_be_corrected(desk: Desk) -> None:
    make(organisation=desk.organisation)
    ticket = desk.open(now=WEDNESDAY)
    tickets.take_ticket(ticket, by=desk.as_agent(), now=after(1.5))
    reading = compute_clocks(ticket, after(5))
    clock = reading.clock(Metric.RESOLUTION)
    assert clock is not None
    staffed = hours_of(default_calendar().pk)
    found = shares(clock, reading.events, staffed, after(5))
    assert found == {Cause.WORK: 3.5 * HOUR, Cause.QUEUE: 1.5 * HOUR}
    with pytest.raises(InvalidInput):
        actions.correct_cause(ticket, Metric.RESOLUTION, Cause.VENDOR, " ", by=desk.as_agent(), now=after(5))
    with pytest.raises(NotMissed):
        actions.correct_cause(ticket, Metric.RESPONSE, Cause.VENDOR, "So", by=desk.as_agent(), now=after(5))
    client = Client()
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"clock": "resolution", "cause": "vendor", "reason": "Ersatzteil fehlte"}
    assert client.post(reverse("sla:cause", args=[ticket.public_id]), sent).status_code in (302, 303)
    assert (
        "Ersatzteil fehlte" in client.get(reverse("sla:deadlines", args=[ticket.public_id])).content.decode()
    )
    assert Event.objects.get(code="sla.cause_corrected").data["cause"] == "vendor"


def test_time_is_counted_under_what_the_ticket_waited_for(desk: Desk) -> None:
    always = ServiceCalendar.objects.get(key="always")
    make(
        version=terms(actions.TargetInput(Metric.RESOLUTION, 3, Amount(HOUR), always)),
        organisation=desk.organisation,
    )
    ticket = desk.open(now=WEDNESDAY)
    offer = HandoverOffer(to_team=desk.second, reason="Tiefer", tried="Neustart")
    tickets.hand_over(ticket, offer, by=desk.as_agent(), now=after(1))
    tickets.wait_for(ticket, "waiting_vendor", reason="Teil", by=desk.as_expert(), now=after(3))
    reading = compute_clocks(ticket, after(8))
    clock = reading.clock(Metric.RESOLUTION)
    assert clock is not None
    # From 17:00 on the desk is closed; the clock counts around the clock.
    assert shares(clock, reading.events, hours_of(default_calendar().pk), after(8)) == {
        Cause.VENDOR: 4 * HOUR,
        Cause.HANDOVER: 2 * HOUR,
        Cause.QUEUE: HOUR,
        Cause.CLOSED: HOUR,
    }


def test_a_past_period_under_other_terms_changes_nothing(admin: Client, desk: Desk) -> None:
    kept, missed = desk.open(now=WEDNESDAY), desk.open(now=WEDNESDAY)
    tickets.resolve_ticket(kept, code="solved", by=desk.as_agent(), now=after(1))
    tickets.resolve_ticket(missed, code="solved", by=desk.as_agent(), now=after(6))
    strict = make("Streng", organisation=desk.elsewhere)
    before = list(TicketClock.objects.order_by("pk").values())
    alternative = Alternative(promise=promise_of(strict.versions.get()))
    *_others, (_ticket, tally) = retell(Ticket.objects.order_by("pk"), alternative, after(7))
    assert tally.before["resolution"] == {"kept": 2, "missed": 0, "open": 0}
    assert tally.after == {"resolution": {"kept": 1, "missed": 1, "open": 0}}
    found = [
        (one.ticket, one.before, one.after) for one in tally.differing if one.metric is Metric.RESOLUTION
    ]
    assert found == [(missed, "kept", "missed")]
    asked = {"begin": "2026-11-01", "end": "2026-11-30", "agreement": str(strict.pk)}
    shown = admin.post(reverse("sla:what-if"), asked)
    assert shown.status_code == 200
    assert f"#{missed.number}" in shown.content.decode()
    assert admin.post(reverse("sla:what-if"), {**asked, "progress": "made-up"}).status_code == 404
    assert admin.post(reverse("sla:what-if"), {**asked, "agreement": ""}).status_code == 422
    assert list(TicketClock.objects.order_by("pk").values()) == before


def test_a_chain_has_as_many_steps_as_it_needs(admin: Client, desk: Desk) -> None:
    values = {
        **fields_of(str(default_calendar().pk)),
        "name": "Lang",
        "resolution-3": "8 h",
        "organisation": str(desk.organisation.pk),
    }
    for number in range(1, 13):
        part = f"step{number}"
        values |= {
            f"{part}-metric": "resolution",
            f"{part}-percent": str(40 + 5 * number),
            f"{part}-action": "remind",
        }
    more = admin.post(reverse("sla:agreement-new"), {**values, "do": "more-steps"})
    assert more.status_code == 200
    assert "step15-metric" in more.content.decode()
    assert not Agreement.objects.filter(name="Lang").exists()
    assert admin.post(reverse("sla:agreement-new"), values).status_code == 303
    long = Agreement.objects.get(name="Lang")
    assert long.versions.get().steps.count() == 12
    form = admin.get(reverse("sla:agreement-edit", args=[long.public_id])).content.decode()
    assert "step15-metric" in form
    assert "step16-metric" not in form
