"""The first steps of a new desk: who sees them, what counts as done, what each of them changes."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import Role
from leitstelle.accounts.models import House, LevelScheme, Person, Team
from leitstelle.accounts.tests.cast import (
    NOW,
    PASSWORD,
    SYSTEM,
    as_agent,
    email,
    make_administrator,
    make_agent,
)
from leitstelle.calendars.actions import retire_calendar, set_default
from leitstelle.calendars.errors import CalendarInUse
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.queries import default_calendar, version_at, version_value
from leitstelle.config.first_steps.setting_up import SetUp, set_up
from leitstelle.config.first_steps.steps import STEPS, progress
from leitstelle.config.shipped import ensure_shipped
from leitstelle.intake.models import Mailbox
from leitstelle.kernel.errors import NotAllowed
from leitstelle.sla.actions import publish_targets
from leitstelle.sla.choices import Metric
from leitstelle.sla.models import AgreementVersion
from leitstelle.sla.queries import house_agreement
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Person:
    ensure_shipped(NOW)
    admin = make_administrator("Anja Chefin", email("anja@hafen.example", primary=True), password=PASSWORD)
    accounts.grant_role(admin, Role.AGENT, by=SYSTEM, now=NOW)
    return admin


@pytest.fixture
def browser(admin: Person) -> Client:
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def states() -> dict[str, str]:
    return {row.step.code: row.state for row in progress()}


def send(browser: Client, code: str, **data: object) -> int:
    return browser.post(reverse("first-steps:step", args=[code]), data).status_code


def test_the_first_sign_in_of_an_empty_desk_leads_there(admin: Person) -> None:
    client = Client()
    done = client.post(reverse("account_login"), {"login": "anja@hafen.example", "password": PASSWORD})
    assert done.headers["Location"] == reverse("first-steps:overview")
    client.post(reverse("first-steps:later"))
    assert client.get("/").headers["Location"] == reverse("tickets:inbox")


def test_nobody_else_and_no_desk_with_tickets_is_led_there(admin: Person) -> None:
    client = Client()
    agent = make_agent("Nele", email("nele@hafen.example"))
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").headers["Location"] == reverse("tickets:inbox")
    make_desk()
    other = Client()
    other.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    expected = "tickets:inbox" if Ticket.objects.exists() else "first-steps:overview"
    assert other.get("/").headers["Location"] == reverse(expected)


def test_every_step_has_a_page(browser: Client) -> None:
    for step in STEPS:
        assert browser.get(reverse("first-steps:step", args=[step.code])).status_code == 200, step.code
    assert browser.get(reverse("first-steps:step", args=["nichts"])).status_code == 404


def test_steps_are_skipped_and_done(browser: Client) -> None:
    assert set(states().values()) == {""}
    browser.post(reverse("first-steps:skip", args=["hours"]))
    assert states()["hours"] == "skipped"
    data = {"place": "DE|HH", "weekdays": "07:30–17:00", "saturday": "09:00–12:00"}
    assert send(browser, "hours", **data) == 303
    assert states()["hours"] == "done"
    hours = version_value(version_at(default_calendar(), timezone.now()))
    assert hours.holidays is not None
    assert len(hours.week[5]) == 1
    assert send(browser, "hours", place="", weekdays="von acht bis fünf") == 422


def test_levels_and_teams(browser: Client, admin: Person) -> None:
    assert send(browser, "levels", scheme="two-tier") == 303
    assert LevelScheme.objects.get(is_default=True).key == "two-tier"
    page = browser.get(reverse("first-steps:step", args=["teams"])).content.decode()
    assert 'value="Frontdesk"' in page
    levels = list(LevelScheme.objects.get(key="two-tier").levels.order_by("order"))
    rows = {f"team-{n}-name": name for n, name in enumerate(("Empfang", "Technik", "", ""))}
    rows |= {f"team-{n}-level": str(levels[min(n, 1)].pk) for n in range(4)}
    assert send(browser, "teams", **rows) == 303
    first = Team.objects.get(is_default=True)
    assert (first.name, first.memberships.get().person) == ("Empfang", admin)
    assert send(browser, "teams", **rows) == 422  # the names are taken now
    assert Team.objects.count() == 2


def test_targets_hold_for_what_opens_later(browser: Client) -> None:
    agreement = house_agreement()
    assert agreement is not None
    data = {f"{metric}-{rank}": "2" if rank > 1 else "0.5" for metric in Metric for rank in (1, 2, 3, 4)}
    assert send(browser, "targets", **data) == 303
    newest = AgreementVersion.objects.get(agreement=agreement, number=2)
    assert newest.targets.get(metric=Metric.RESPONSE, priority_id=1).seconds == 1800
    assert send(browser, "targets", **data) == 303
    assert AgreementVersion.objects.filter(agreement=agreement).count() == 2
    with pytest.raises(NotAllowed):
        publish_targets(agreement, {}, by=as_agent(make_agent("Ole", email("ole@x.example"))), now=NOW)


def test_hours_that_something_counts_by_are_not_retired(admin: Person) -> None:
    shipped, other = default_calendar(), ServiceCalendar.objects.get(key="always")
    with pytest.raises(CalendarInUse) as refused:
        retire_calendar(shipped, by=SYSTEM, now=NOW)
    assert "Standard" in str(refused.value.message)
    set_default(other, by=SYSTEM, now=NOW)
    with pytest.raises(CalendarInUse):
        retire_calendar(shipped, by=SYSTEM, now=NOW)  # the agreement still counts by them
    set_default(shipped, by=SYSTEM, now=NOW)
    retire_calendar(other, by=SYSTEM, now=NOW)
    assert not ServiceCalendar.objects.get(key="always").is_active


def test_setting_up_twice_doubles_nothing() -> None:
    wanted = SetUp(
        company="Hafen IT",
        name="Anja Chefin",
        email="anja@hafen.example",
        password=PASSWORD,
        domains=("hafen.example",),
        hours="Mo-Fr 07:30-17:00",
        levels="two-tier",
        teams=(("Empfang", "frontdesk"), ("Technik", "backdesk")),
    )
    first = set_up(wanted, now=NOW)
    counted = [model.objects.count() for model in (Person, Team, House, ServiceCalendar, Mailbox)]
    second = set_up(wanted, now=NOW)
    assert first.created == ["company", "administrator", "team Empfang", "team Technik"]
    assert second.created == []
    assert [model.objects.count() for model in (Person, Team, House, ServiceCalendar, Mailbox)] == counted
    assert states() | {"check": ""} == {
        **dict.fromkeys(("company", "hours", "levels", "teams"), "done"),
        **dict.fromkeys(("outgoing", "people", "mailbox", "targets", "check"), ""),
    }
