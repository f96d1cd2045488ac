"""The administration of service hours in the browser's terms: who gets what, and what comes of a form."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

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
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.queries import calendar_at
from leitstelle.calendars.rules import Calendar, Frame, HolidaySet, SpecialDay, VersionedCalendar, parse_week
from leitstelle.calendars.views.presenting import coming_days
from leitstelle.kernel import viewer as viewers
from leitstelle.kernel.events import Subject
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import link

pytestmark = pytest.mark.django_db

HOURS = Calendar(
    "Europe/Berlin",
    parse_week("Mo-Fr 08:00-12:00, 13:00-17:00; Sa 22:00-30:00"),
    (SpecialDay(12, 24, name="Heiligabend", frames=(Frame(480, 720),)),),
    HolidaySet("DE", "BY", categories=("catholic",)),
)
SignIn = Callable[[Viewer], Client]


@pytest.fixture
def sign_in(client: Client, monkeypatch: pytest.MonkeyPatch) -> SignIn:
    """A client whose requests come from that viewer."""

    def become(viewer: Viewer) -> Client:
        def resolve(request: HttpRequest) -> Viewer:
            return replace(viewer, language="en")

        monkeypatch.setitem(viewers._resolvers, "session", resolve)
        return client

    return become


@pytest.fixture
def calendar() -> ServiceCalendar:
    return actions.create_calendar(actions.NewCalendar("office", "Büro München", HOURS), by=SYSTEM, now=NOW)


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(as_agent(make_administrator()))


def address(name: str, calendar: ServiceCalendar) -> str:
    return reverse(f"calendars:{name}", args=[calendar.public_id])


def test_the_list_shows_hours_and_place(admin: Client, calendar: ServiceCalendar) -> None:
    text = admin.get(reverse("calendars:list")).content.decode()
    assert "Büro München" in text
    assert "08:00–12:00, 13:00–17:00" in text
    assert "Bayern: Catholic municipality" in text


def test_an_empty_list_says_what_to_do(admin: Client) -> None:
    assert reverse("calendars:new") in admin.get(reverse("calendars:list")).content.decode()


def test_a_calendar_that_does_not_hold_yet_is_in_the_list(admin: Client, calendar: ServiceCalendar) -> None:
    calendar.versions.update(valid_from=timezone.now() + timedelta(days=3))
    assert "Büro München" in admin.get(reverse("calendars:list")).content.decode()


def test_the_page_shows_week_holidays_and_versions(admin: Client, calendar: ServiceCalendar) -> None:
    text = admin.get(address("detail", calendar)).content.decode()
    assert "Erster Weihnachtstag" in text
    assert "Heiligabend" in text
    assert "08:00–12:00" in text
    picture = re.search(r"<svg viewBox=\"0 0 1560.*?</svg>", text, re.DOTALL)
    assert picture
    bars = [node.attrib for node in ET.fromstring(picture[0]).iter() if node.get("class") == "week-bar"]
    assert len(bars) == 5 * 2 + 2
    assert [int(bar["width"]) for bar in bars[-2:]] == [120, 360]


def test_trying_a_deadline_explains_it(admin: Client, calendar: ServiceCalendar) -> None:
    form = {"start": "2026-12-23T16:30", "duration": "4:30"}
    whole = admin.get(address("detail", calendar), form).content.decode()
    assert "24 Dec 2026, 12:00" in whole
    late = admin.get(address("detail", calendar), {**form, "duration": "6"}, headers={"HX-Request": "true"})
    text = late.content.decode()
    assert "<html" not in text
    assert "Closed: Erster Weihnachtstag" in text
    assert "Heiligabend: open 08:00–12:00 only" in text
    wrong = admin.get(address("detail", calendar), {**form, "duration": "lange"}).content.decode()
    assert "Please write hours" in wrong
    assert "lange" in wrong


def test_create_and_change(admin: Client) -> None:
    form = {"name": "Büro Köln", "tz": "Europe/Berlin", "mon": "8-12, 13-17", "place": "DE|NW"}
    answer = admin.post(reverse("calendars:new"), form)
    assert answer.status_code == 303
    calendar = ServiceCalendar.objects.get()
    assert (calendar.key, calendar.organisation) == ("buero-koeln", None)
    assert calendar_at(calendar, NOW).week[0] == (Frame(480, 720), Frame(780, 1020))
    page = admin.get(address("edit", calendar)).content.decode()
    assert "08:00–12:00, 13:00–17:00" in page
    change = {**form, "mon": "9-12", "days": "24.12. Heiligabend", "seen": "1"}
    assert admin.post(address("edit", calendar), change).status_code == 303
    assert calendar_at(calendar, timezone.now()).special == (SpecialDay(12, 24, name="Heiligabend"),)
    stale = admin.post(address("edit", calendar), {**change, "mon": "10-12"})
    assert stale.status_code == 422
    assert "Somebody else changed" in stale.content.decode()
    assert "10-12" in stale.content.decode()


def test_a_slip_keeps_the_typed_text(admin: Client, calendar: ServiceCalendar) -> None:
    form = {"tz": "Europe/Berlin", "tue": "17:00 bis 08:00", "days": "Heiligabend frei"}
    answer = admin.post(address("edit", calendar), form)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "17:00 bis 08:00" in text
    assert "Heiligabend frei" in text
    assert "ends before it begins" in text
    assert calendar.versions.count() == 1


def test_the_form_shows_when_a_ticket_would_be_due_before_anything_is_saved(
    admin: Client, calendar: ServiceCalendar
) -> None:
    new, edit = reverse("calendars:new"), address("edit", calendar)
    for where in (new, edit):
        assert "A ticket opened now would be due" in admin.get(where).content.decode()
    always = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "00:00-24:00")
    tried = {"tz": "Europe/Berlin", "do": "preview", "seen": "1"}
    shown = admin.post(new, {**tried, **always}, headers={"HX-Request": "true"})
    assert shown.status_code == 200
    assert shown.content.decode().count("<time") == 4
    never = admin.post(edit, tried, headers={"HX-Request": "true"}).content.decode()
    assert (never.count("never"), never.count("<time")) == (4, 0)
    unread = admin.post(edit, {**tried, "mon": "morgens"}, headers={"HX-Request": "true"})
    assert "as soon as the hours can be read" in unread.content.decode()
    whole = admin.post(edit, {**tried, **always})
    assert (whole.status_code, whole.content.decode().count("<h1")) == (200, 1)
    assert calendar.versions.count() == ServiceCalendar.objects.count() == 1


def test_hours_that_never_open_are_refused_with_a_sentence(admin: Client, calendar: ServiceCalendar) -> None:
    empty = {"tz": "Europe/Berlin", "seen": "1"}
    for answer in (
        admin.post(reverse("calendars:new"), {**empty, "name": "Nie"}),
        admin.post(address("edit", calendar), empty),
    ):
        assert answer.status_code == 422
        assert "would never be open" in answer.content.decode()
    assert calendar.versions.count() == ServiceCalendar.objects.count() == 1


def test_the_same_name_twice_is_refused(admin: Client, calendar: ServiceCalendar) -> None:
    form = {"name": "office", "tz": "Europe/Berlin", "mon": "8-12"}
    answer = admin.post(reverse("calendars:new"), form)
    assert answer.status_code == 422
    assert "already service hours" in answer.content.decode()


def test_rename(admin: Client, calendar: ServiceCalendar) -> None:
    assert "Büro München" in admin.get(address("name", calendar)).content.decode()
    assert admin.post(address("name", calendar), {"name": ""}).status_code == 422
    assert admin.post(address("name", calendar), {"name": "Hotline"}).status_code == 303
    calendar.refresh_from_db()
    assert calendar.name == "Hotline"


def test_the_default_is_chosen_by_a_button(admin: Client, calendar: ServiceCalendar) -> None:
    assert admin.post(address("default", calendar)).status_code == 303
    calendar.refresh_from_db()
    assert calendar.is_default


def test_agents_read_requesters_get_nothing(sign_in: SignIn, calendar: ServiceCalendar) -> None:
    agent = sign_in(as_agent(make_agent("Jan Otte")))
    assert agent.get(reverse("calendars:list")).status_code == 200
    page = agent.get(address("detail", calendar))
    assert page.status_code == 200
    assert address("edit", calendar) not in page.content.decode()
    assert agent.get(address("edit", calendar)).status_code == 403
    assert agent.get(address("name", calendar)).status_code == 403
    assert agent.get(reverse("calendars:new")).status_code == 403
    assert agent.post(address("default", calendar)).status_code == 403
    requester = sign_in(as_requester(make_person("Kim Voss")))
    assert requester.get(reverse("calendars:list")).status_code == 403
    for name in ("detail", "edit", "name"):
        assert requester.get(address(name, calendar)).status_code == 404
    assert requester.post(address("default", calendar)).status_code == 404


def test_no_customers_calendar_outside_the_scope(sign_in: SignIn) -> None:
    other = make_organisation("Hafenbau", "hafenbau.example")
    theirs = actions.create_calendar(
        actions.NewCalendar("x", "Geheime Zeiten", HOURS, other), by=SYSTEM, now=NOW
    )
    nobody = sign_in(Viewer(person_id=1, hat=viewers.Hat.AGENT))
    assert "Geheime Zeiten" not in nobody.get(reverse("calendars:list")).content.decode()
    assert nobody.get(address("detail", theirs)).status_code == 404


def test_extra_openings_and_half_days_are_told_apart() -> None:
    special = (
        SpecialDay(12, 5, 2026, "Inventur", (Frame(540, 780),)),
        SpecialDay(12, 24, 2026, "Heiligabend", (Frame(480, 720),)),
        SpecialDay(12, 23, 2026, "Jahresabschluss", (Frame(420, 1200),)),
    )
    hours = Calendar("Europe/Berlin", parse_week("Mo-Fr 08:00-17:00"), special)
    days = coming_days(VersionedCalendar(((NOW, hours),)), NOW)
    assert [(day.name, day.kind) for day in days] == [
        ("Inventur", "Extra opening"),
        ("Jahresabschluss", "Other hours"),
        ("Heiligabend", "Half day"),
    ]


def test_the_journal_links_to_what_the_viewer_sees(calendar: ServiceCalendar) -> None:
    subject = Subject("calendar", calendar.pk)
    seen = link(subject, as_agent(make_administrator()))
    assert seen is not None
    assert (seen.url, seen.label) == (address("detail", calendar), "Büro München")
    assert link(subject, as_requester(make_person("Kim Voss"))) is None


def test_nothing_inline(admin: Client, calendar: ServiceCalendar) -> None:
    for url in (reverse("calendars:list"), reverse("calendars:new"), address("detail", calendar)):
        text = admin.get(url).content.decode()
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", text)
