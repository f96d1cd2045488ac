"""The doors: bell, list, following, preferences and defaults, and that they show nobody what is not theirs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leitstelle.accounts.models import Person, RoleGrant
from leitstelle.kernel.events import Event
from leitstelle.kernel.web.live.hub import heard
from leitstelle.kernel.web.live.topics import notice_of
from leitstelle.notifications.choices import Kind
from leitstelle.notifications.models import Follow, HouseDefault, Notification, Preference, Rhythm
from leitstelle.notifications.queries.bell import bell_of
from leitstelle.notifications.tests.house import NOW, make_house, work
from leitstelle.tickets import actions
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk

pytestmark = pytest.mark.django_db
SECRET = "Kranichnotiz"


@pytest.fixture
def desk(db: None) -> Desk:
    return make_house()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def noted(desk: Desk) -> Ticket:
    ticket = desk.open()
    actions.assign_ticket(ticket, team=desk.first, to=desk.agent, by=desk.as_lead(), now=NOW)
    actions.write_note(ticket, SECRET, by=desk.as_lead(), now=NOW + timedelta(minutes=1))
    work()
    return ticket


def test_the_list_groups_by_ticket_and_says_why(desk: Desk) -> None:
    ticket = noted(desk)
    text = signed_in(desk.agent).get(reverse("notifications:list")).text
    assert text.count(f"#{ticket.number} {ticket.subject}</a>") == 1
    assert "Lena Vogt wrote an internal note." in text
    assert "because it is assigned to you" in text
    assert SECRET in text


def test_what_is_out_of_sight_is_shown_as_that_only(desk: Desk) -> None:
    ticket = noted(desk)
    RoleGrant.objects.filter(person=desk.agent).update(team=desk.second)
    text = signed_in(desk.agent).get(reverse("notifications:list")).text
    assert "You can no longer see what this was about." in text
    assert SECRET not in text
    assert ticket.subject not in text
    assert "Lena Vogt" not in text


def test_everybody_reads_their_own_only(desk: Desk) -> None:
    noted(desk)
    row = Notification.objects.filter(person=desk.agent).latest("pk")
    client = signed_in(desk.expert)
    assert SECRET not in client.get(reverse("notifications:list")).text
    client.post(reverse("notifications:mark"), {"id": str(row.public_id)})
    row.refresh_from_db()
    assert row.read_at is None


def test_reading_marks_and_unmarks(desk: Desk) -> None:
    ticket = noted(desk)
    client, viewer = signed_in(desk.agent), desk.as_agent()
    before = bell_of(viewer, afresh=True).unread
    row = Notification.objects.filter(person=desk.agent).latest("pk")
    client.post(reverse("notifications:mark"), {"id": [str(row.public_id), "nonsense"]})
    assert bell_of(viewer).unread == before - 1
    client.post(reverse("notifications:mark"), {"id": str(row.public_id), "unread": "1"})
    assert bell_of(viewer).unread == before
    answer = client.post(
        reverse("notifications:seen", args=[ticket.public_id]), headers={"HX-Request": "true"}
    )
    assert "not read" not in answer.text
    assert bell_of(viewer).unread == 0
    away = client.post(reverse("notifications:mark-all"), {"next": "https://elsewhere.example/"})
    assert away.headers["Location"] == reverse("notifications:list")


def test_the_ticket_page_notes_that_its_news_are_seen_and_offers_to_follow(desk: Desk) -> None:
    ticket = noted(desk)
    client, page = signed_in(desk.agent), reverse("tickets:ticket", args=[ticket.public_id])
    assert reverse("notifications:seen", args=[ticket.public_id]) in client.get(page).text
    client.post(reverse("notifications:seen", args=[ticket.public_id]))
    text = client.get(page).text
    assert reverse("notifications:seen", args=[ticket.public_id]) not in text
    follow = reverse("notifications:follow", args=[ticket.public_id])
    assert client.post(follow).status_code == 303
    assert Follow.objects.get().person == desk.agent
    assert 'aria-pressed="true"' in client.get(page).text
    client.post(follow, {"stop": "1"})
    assert not Follow.objects.exists()


def test_the_bell_costs_one_statement_and_none_while_it_is_fresh(desk: Desk) -> None:
    noted(desk)
    viewer = desk.as_agent()
    with CaptureQueriesContext(connection) as queries:
        bell_of(viewer, afresh=True)
        bell_of(viewer)
    assert len(queries) == 1


def test_the_bell_says_what_is_new_as_a_notice(desk: Desk) -> None:
    noted(desk)
    client = signed_in(desk.agent)
    newest = Notification.objects.filter(person=desk.agent).latest("pk")
    address = reverse("notifications:bell")
    one = client.get(address, {"after": newest.pk - 1}, headers={"HX-Request": "true"}).text
    assert "wrote an internal note" in one
    assert 'hx-swap-oob="beforeend"' in one
    assert "3 new notifications" in client.get(address, {"after": 0}).text
    assert "toast" not in client.get(address, {"after": newest.pk}).text
    assert client.get(address, {"after": "x" * 30}).status_code == 200


def test_only_who_was_told_hears_it_live(desk: Desk) -> None:
    noted(desk)
    notices = [notice_of(event) for event in Event.objects.filter(code="notifications.people_notified")]
    known = [notice for notice in notices if notice is not None]
    topics = frozenset({"notifications"})
    assert heard(desk.as_agent(), topics, known)
    assert heard(desk.as_expert(), topics, known) == []


def test_the_preferences_page_keeps_what_was_chosen_and_what_was_typed(desk: Desk) -> None:
    client, address = signed_in(desk.agent), reverse("notifications:preferences")
    assert "A mail waits in quarantine" in client.get(address).text
    data = {
        **{f"mail_{kind}": "off" for kind in _kinds()},
        "in_note": "on",
        "mail_note": "daily",
        "quiet_begin": "18:00",
        "quiet_end": "07:30",
        "quiet_days": ["5", "6"],
        "batch_minutes": "30",
        "digest_at": "09:15",
    }
    assert client.post(address, {**data, "quiet_end": ""}).status_code == 422
    assert client.post(address, {**data, "quiet_days": list("0123456")}).status_code == 422
    assert client.post(address, data).status_code == 303
    assert Preference.objects.get(person=desk.agent, kind="note").mail == "daily"
    row = Rhythm.objects.get(person=desk.agent)
    assert (row.quiet_begin, row.quiet_end, row.batch_minutes, row.digest_at) == (1080, 450, 30, 555)
    assert 'value="07:30"' in client.get(address).text


def _kinds() -> list[str]:
    return [str(kind) for kind in Kind]


def test_requesters_choose_among_what_the_portal_shows(desk: Desk) -> None:
    text = signed_in(desk.requester).get(reverse("notifications:preferences")).text
    assert "My report is answered" in text
    assert "icket" not in text.partition("<main")[2].partition("</main>")[0].replace("notices", "")
    assert "internal note" not in text


def test_the_defaults_of_a_role(desk: Desk) -> None:
    client, address = signed_in(desk.admin), f"{reverse('notifications:defaults')}?role=agent"
    assert client.get(address).status_code == 200
    data = {f"mail_{kind}": "off" for kind in _kinds()}
    assert client.post(address, data).status_code == 303
    assert set(HouseDefault.objects.values_list("role", flat=True)) == {"agent"}
    assert signed_in(desk.lead).post(address, data).status_code == 403


def test_a_guest_has_no_bell() -> None:
    assert 'id="bell"' not in Client().get("/portal/").text
