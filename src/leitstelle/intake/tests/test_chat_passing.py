"""Passing chats to people and teams with a reason, and the conversation by mail: who may, how often, what it says."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from leitstelle.accounts.models import TeamMembership
from leitstelle.intake.actions.chat import Words, end_as_agent, say_as_agent, take_chat, ticket_of
from leitstelle.intake.actions.chat_passing import Passing, pass_chat
from leitstelle.intake.choices import ChatState
from leitstelle.intake.errors import ChatOver, NotYourChat, ReceiverAway, ReceiverFull
from leitstelle.intake.models import Chat
from leitstelle.intake.queries.chat import chats_for, receivers_of
from leitstelle.intake.tests.chat import Guest, chat_door, there
from leitstelle.intake.tests.portal import portal_desk, signed_in, text_of
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.mail import OutboxMail
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.errors import ReasonMissing
from leitstelle.tickets.models import Handover
from leitstelle.tickets.tests.desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    desk = portal_desk()
    there(desk.agent)
    return desk


@pytest.fixture
def guest(desk: Desk) -> Guest:
    """A visitor whose chat the agent has taken."""
    guest = Guest(chat_door(desk.first, per_agent=1))
    guest.start("Das Netz ist weg.")
    take_chat(guest.chat, by=desk.as_agent(), now=timezone.now())
    return guest


def to_expert(desk: Desk, **more: object) -> Passing:
    values = {"team": desk.second, "person": desk.expert, "reason": "Das ist der Switch."} | more
    return Passing(**values)  # type: ignore[arg-type]


def say(guest: Guest, by: Viewer, text: str) -> None:
    say_as_agent(guest.chat, Words(key=uuid4(), text=text), by=by, now=timezone.now())


def whom(mail: OutboxMail) -> list[str]:
    return [one.address for one in mail.recipients.all()]


class TestToSomebody:
    def test_they_have_it_at_once_with_the_reason_and_the_visitor_is_told(
        self, desk: Desk, guest: Guest
    ) -> None:
        there(desk.expert)
        pass_chat(guest.chat, to_expert(desk, tried="Kabel geprüft"), by=desk.as_agent(), now=timezone.now())
        found = guest.look().json()
        assert (found["state"], found["agent"]) == ("active", desk.expert.display_name)
        assert desk.expert.display_name in guest.lines[-1]["text"]
        handover = Handover.objects.get()
        told = (handover.reason, handover.tried, handover.to_person, handover.to_team)
        assert told == ("Das ist der Switch.", "Kabel geprüft", desk.expert, desk.second)
        ticket = ticket_of(guest.chat)
        assert (ticket.team, ticket.assignee) == (desk.second, desk.expert)
        assert [chat.pk for chat in chats_for(desk.as_expert(), timezone.now())] == [guest.chat.pk]
        with pytest.raises(NotYourChat):
            say(guest, desk.as_agent(), "zu spät")
        say(guest, desk.as_expert(), "Ich sehe nach.")
        guest.say("Danke")
        assert guest.texts == ["Das Netz ist weg.", "Ich sehe nach.", "Danke"]

    def test_only_to_who_is_there(self, desk: Desk, guest: Guest) -> None:
        with pytest.raises(ReceiverAway):
            pass_chat(guest.chat, to_expert(desk), by=desk.as_agent(), now=timezone.now())
        assert guest.chat.agent == desk.agent
        assert not Handover.objects.exists()

    def test_their_limit_counts_and_who_leads_may_exceed_it(self, desk: Desk, guest: Guest) -> None:
        there(desk.expert)
        other = Guest(chat_door(desk.second, name="Netz", per_agent=1))
        other.start("Hallo")
        take_chat(other.chat, by=desk.as_expert(), now=timezone.now())
        with pytest.raises(ReceiverFull):
            pass_chat(guest.chat, to_expert(desk), by=desk.as_agent(), now=timezone.now())
        with pytest.raises(NotAllowed):
            pass_chat(guest.chat, to_expert(desk, over_limit=True), by=desk.as_agent(), now=timezone.now())
        with pytest.raises(ReceiverFull):
            pass_chat(guest.chat, to_expert(desk), by=desk.as_lead(), now=timezone.now())
        pass_chat(guest.chat, to_expert(desk, over_limit=True), by=desk.as_lead(), now=timezone.now())
        assert Chat.objects.filter(agent=desk.expert, state=ChatState.ACTIVE).count() == 2

    def test_a_reason_is_needed_and_a_chat_that_ended_stays_where_it_is(
        self, desk: Desk, guest: Guest
    ) -> None:
        there(desk.expert)
        with pytest.raises(ReasonMissing):
            pass_chat(guest.chat, to_expert(desk, reason=" "), by=desk.as_agent(), now=timezone.now())
        assert guest.chat.agent == desk.agent
        end_as_agent(guest.chat, by=desk.as_agent(), now=timezone.now())
        with pytest.raises(ChatOver):
            pass_chat(guest.chat, to_expert(desk), by=desk.as_agent(), now=timezone.now())

    def test_who_can_get_it(self, desk: Desk, guest: Guest) -> None:
        there(desk.expert)
        TeamMembership.objects.create(team=desk.first, person=desk.expert)
        [found] = receivers_of(guest.chat, timezone.now())
        assert (found.person, found.team, found.count, found.most) == (desk.expert, desk.first, 0, 1)
        assert receivers_of(guest.chat, timezone.now() + timedelta(hours=11)) == []

    def test_through_the_page(self, desk: Desk, guest: Guest) -> None:
        there(desk.expert)
        client = signed_in(desk.agent)
        here = f"/chats/{guest.chat.public_id}/"
        shown = client.get(here).content.decode()
        assert f"{desk.expert.display_name} (0 of 1 chats)" in shown
        assert 'name="over_limit"' not in shown
        assert 'name="over_limit"' in signed_in(desk.lead).get(here).content.decode()
        sent = {"step": "pass", "to": f"person:{desk.expert.pk}", "reason": ""}
        assert client.post(f"{here}step/", sent).status_code == 422
        assert client.post(f"{here}step/", sent | {"reason": "Netz"}).status_code == 303
        assert guest.chat.agent == desk.expert


class TestTranscript:
    def finished(self, desk: Desk, guest: Guest) -> Guest:
        say(guest, desk.as_agent(), "Wir haben es behoben.")
        end_as_agent(guest.chat, by=desk.as_agent(), now=timezone.now())
        guest.look()
        return guest

    def test_a_guest_gets_what_was_said_at_the_address_they_gave(self, desk: Desk, guest: Guest) -> None:
        self.finished(desk, guest)
        assert guest.look().json()["mail"] == {"to": "vera@besuch.example"}
        assert guest.transcript(email="somebody@else.example").status_code == 200
        mail = OutboxMail.objects.get()
        assert whom(mail) == ["vera@besuch.example"]
        text = text_of(mail)
        assert "Das Netz ist weg." in text
        assert "Wir haben es behoben." in text
        assert "#" in text
        assert "vera@besuch.example" in guest.lines[-1]["text"]

    def test_notes_stay_out_and_each_language_has_its_words(self, desk: Desk) -> None:
        guest = Guest(chat_door(desk.first))
        guest.client.defaults["HTTP_X_LANGUAGE"] = "en"
        guest.start("Network is down")
        take_chat(guest.chat, by=desk.as_agent(), now=timezone.now())
        self.finished(desk, guest)
        guest.transcript()
        text = text_of(OutboxMail.objects.get())
        assert "you asked for your chat" in text
        assert "is here now" not in text

    def test_nobody_is_mailed_with_words_of_ones_own(self, desk: Desk) -> None:
        guest = Guest(chat_door(desk.first))
        guest.start("Buy this")
        guest.client.post("/chat/end/", {"after": 0}, headers=guest.headers)
        assert guest.look().json()["mail"] is None
        assert guest.transcript(email="victim@else.example").status_code == 422
        assert not OutboxMail.objects.exists()

    def test_an_address_can_be_given_at_the_end(self, desk: Desk) -> None:
        guest = Guest(chat_door(desk.first, asks_who=False))
        guest.start("Hallo", name="", email="")
        take_chat(guest.chat, by=desk.as_agent(), now=timezone.now())
        self.finished(desk, guest)
        assert guest.look().json()["mail"] == {"to": ""}
        for wrong in ("", "nonsense", "desk@", "mailer-daemon@x.example"):
            assert guest.transcript(email=wrong).status_code == 422
        assert guest.transcript(email="Vera@Besuch.example").status_code == 200
        assert whom(OutboxMail.objects.get()) == ["vera@besuch.example"]

    def test_twice_is_enough(self, desk: Desk, guest: Guest) -> None:
        self.finished(desk, guest)
        assert [guest.transcript().status_code for _time in range(3)] == [200, 200, 429]

    def test_who_is_signed_in_gets_it_at_their_own_address(self, desk: Desk) -> None:
        door = chat_door(desk.first, in_portal=True)
        shown = signed_in(desk.requester).get("/portal/chat/").content.decode()
        guest = Guest(door)
        guest.start("Hallo", name="", email="", who=shown.partition('data-who="')[2].partition('"')[0])
        guest.client.post("/chat/end/", {"after": 0}, headers=guest.headers)
        own = guest.look().json()["mail"]["to"]
        assert own
        assert guest.transcript(email="victim@else.example").status_code == 200
        assert whom(OutboxMail.objects.get()) == [own]

    def test_nobody_without_the_token(self, desk: Desk, guest: Guest) -> None:
        self.finished(desk, guest)
        assert Guest(guest.door, token="nonsense").transcript().status_code == 401
