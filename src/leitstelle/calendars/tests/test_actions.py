"""Writing service hours: state, events, refusals, and which version holds when."""

from datetime import timedelta

import pytest

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import Role
from leitstelle.accounts.tests.cast import (
    NOW,
    SYSTEM,
    as_agent,
    as_requester,
    make_administrator,
    make_agent,
    make_organisation,
    make_person,
)
from leitstelle.calendars import actions
from leitstelle.calendars.errors import KeyTaken, NeverOpen, NoCalendar, ValidInThePast
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.policies import can_edit_calendar, visible_calendars
from leitstelle.calendars.queries import calendar_at, default_calendar, hours_of
from leitstelle.calendars.rules import Calendar, Frame, HolidaySet, SpecialDay, parse_week
from leitstelle.kernel.errors import Conflict, NotAllowed
from leitstelle.kernel.events import Subject, events_for

pytestmark = pytest.mark.django_db

HOURS = Calendar(
    "Europe/Berlin",
    parse_week("Mo-Fr 08:00-12:00, 13:00-17:00; Sa 22:00-30:00"),
    (SpecialDay(12, 24, name="Heiligabend", frames=(Frame(480, 720),)), SpecialDay(5, 15, 2026, "Ausflug")),
    HolidaySet("DE", "BY", "Augsburg"),
)
ALWAYS = Calendar("Europe/Vienna", parse_week("24/7"))


def create(key: str = "office", hours: Calendar = HOURS) -> ServiceCalendar:
    return actions.create_calendar(actions.NewCalendar(key, "Büro", hours), by=SYSTEM, now=NOW)


def codes(calendar: ServiceCalendar) -> list[str]:
    return [event.code for event in events_for(Subject("calendar", calendar.pk))]


def test_what_is_stored_comes_back_as_the_same_value() -> None:
    calendar = create()
    assert calendar_at(calendar, NOW) == HOURS
    assert calendar_at(calendar, NOW - timedelta(days=9000)) == HOURS
    assert codes(calendar) == ["calendar.created", "calendar.version_published"]


def test_a_version_holds_from_its_moment_on() -> None:
    calendar = create()
    change = NOW + timedelta(days=7)
    version = actions.publish_version(calendar, ALWAYS, valid_from=change, by=SYSTEM, now=NOW)
    assert version.number == 2
    assert calendar_at(calendar, change - timedelta(seconds=1)) == HOURS
    assert calendar_at(calendar, change) == ALWAYS
    hours = hours_of(calendar.pk)
    assert hours.worked(change - timedelta(days=7), change + timedelta(days=1)) == (
        HOURS.worked(change - timedelta(days=7), change) + 86_400
    )
    assert codes(calendar)[-1] == "calendar.version_published"


def test_a_planned_version_is_replaced_by_a_newer_one_of_the_same_moment() -> None:
    calendar = create()
    change = NOW + timedelta(days=7)
    for hours in (ALWAYS, HOURS):
        actions.publish_version(calendar, hours, valid_from=change, by=SYSTEM, now=NOW)
    assert calendar_at(calendar, change) == HOURS
    assert len(hours_of(calendar.pk).versions) == 2


def test_the_past_is_not_changed_and_nobody_overwrites_unseen() -> None:
    calendar = create()
    with pytest.raises(ValidInThePast):
        actions.publish_version(calendar, ALWAYS, valid_from=NOW - timedelta(1), by=SYSTEM, now=NOW)
    actions.publish_version(calendar, ALWAYS, valid_from=NOW, seen=1, by=SYSTEM, now=NOW)
    with pytest.raises(Conflict):
        actions.publish_version(calendar, HOURS, valid_from=NOW, seen=1, by=SYSTEM, now=NOW)
    assert calendar.versions.count() == 2


def test_hours_that_never_open_are_refused() -> None:
    calendar = create()
    once = SpecialDay(5, 15, 2026, "Inventur", frames=(Frame(480, 720),))
    for never in (Calendar("Europe/Berlin", ((),) * 7), Calendar("Europe/Berlin", ((),) * 7, (once,))):
        with pytest.raises(NeverOpen):
            create("never", never)
        with pytest.raises(NeverOpen):
            actions.publish_version(calendar, never, valid_from=NOW, by=SYSTEM, now=NOW)
    assert calendar_at(calendar, NOW) == HOURS
    yearly = SpecialDay(5, 15, name="Inventur", frames=(Frame(480, 720),))
    create("yearly", Calendar("Europe/Berlin", ((),) * 7, (yearly,)))


def test_keys_are_unique_per_owner() -> None:
    create()
    with pytest.raises(KeyTaken):
        create()
    customer = make_organisation("Nordwerk", "nordwerk.example")
    own = actions.NewCalendar("office", "Nordwerk", HOURS, customer)
    actions.create_calendar(own, by=SYSTEM, now=NOW)
    with pytest.raises(KeyTaken):
        actions.create_calendar(own, by=SYSTEM, now=NOW)


def test_one_default_per_owner() -> None:
    customer = make_organisation("Nordwerk", "nordwerk.example")
    with pytest.raises(NoCalendar):
        default_calendar()
    first, second = create("first"), create("second")
    own = actions.create_calendar(actions.NewCalendar("own", "Own", ALWAYS, customer), by=SYSTEM, now=NOW)
    for calendar in (first, second, second):
        actions.set_default(calendar, by=SYSTEM, now=NOW)
    assert default_calendar() == default_calendar(customer.pk) == second
    actions.set_default(own, by=SYSTEM, now=NOW)
    assert default_calendar(customer.pk) == own
    assert default_calendar() == second
    assert codes(second).count("calendar.made_default") == 1


def test_another_name_is_recorded_once() -> None:
    calendar = create()
    for _ in range(2):
        actions.rename_calendar(calendar, "Hotline", by=SYSTEM, now=NOW)
    calendar.refresh_from_db()
    assert (calendar.name, calendar.key) == ("Hotline", "office")
    assert codes(calendar).count("calendar.renamed") == 1


def test_shipped_defaults_come_once() -> None:
    for _ in range(2):
        actions.ensure_defaults(NOW)
    assert set(ServiceCalendar.objects.values_list("key", flat=True)) == {"business-hours", "always"}
    assert default_calendar().key == "business-hours"
    actions.set_default(ServiceCalendar.objects.get(key="always"), by=SYSTEM, now=NOW)
    actions.ensure_defaults(NOW)
    assert default_calendar().key == "always"


def test_administrators_change_agents_see_requesters_do_not() -> None:
    customer, other = make_organisation("Nordwerk", "a.example"), make_organisation("Hafenbau", "b.example")
    house = create()
    theirs = actions.create_calendar(actions.NewCalendar("x", "X", HOURS, other), by=SYSTEM, now=NOW)
    admin = as_agent(make_administrator())
    agent = as_agent(make_agent("Jan Otte"))
    scoped_person = make_person("Ute Kern")
    accounts.grant_role(scoped_person, Role.AGENT, accounts.Scope(organisation=customer), by=SYSTEM, now=NOW)
    scoped, requester = as_agent(scoped_person), as_requester(make_person("Kim Voss"))
    assert set(visible_calendars(admin)) == set(visible_calendars(agent)) == {house, theirs}
    assert set(visible_calendars(scoped)) == {house}
    assert not visible_calendars(requester).exists()
    assert can_edit_calendar(admin, theirs)
    for viewer in (agent, scoped, requester):
        assert not can_edit_calendar(viewer, house)
        with pytest.raises(NotAllowed):
            actions.create_calendar(actions.NewCalendar("y", "Y", HOURS), by=viewer, now=NOW)
        with pytest.raises(NotAllowed):
            actions.publish_version(house, ALWAYS, valid_from=NOW, by=viewer, now=NOW)
        with pytest.raises(NotAllowed):
            actions.set_default(house, by=viewer, now=NOW)
        with pytest.raises(NotAllowed):
            actions.rename_calendar(house, "Z", by=viewer, now=NOW)
    assert codes(house) == ["calendar.created", "calendar.version_published"]
