"""Chat: from the first words to the ticket, both sides, nothing lost or doubled, and everything that is refused."""

import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent
from leitstelle.calendars.queries import default_calendar
from leitstelle.intake.actions.chat import (
    Visitor,
    Words,
    end_as_agent,
    end_quiet_chats,
    open_chat,
    say_as_agent,
    take_chat,
    ticket_of,
)
from leitstelle.intake.actions.chat_doors import ChatDoorInput, change_chat_door, create_chat_door
from leitstelle.intake.actions.chat_passing import Passing, pass_chat
from leitstelle.intake.choices import ChatPresence, ChatState
from leitstelle.intake.errors import (
    ChatDoorNameTaken,
    ChatOver,
    ChatsFull,
    ChatTaken,
    NotAnOrigin,
    NotYourChat,
)
from leitstelle.intake.models import Chat, ChatDoor, ChatLine
from leitstelle.intake.policies import visible_chats
from leitstelle.intake.queries.chat import opens_at, presence_at
from leitstelle.intake.tests.chat import Guest, chat_door, there
from leitstelle.intake.tests.portal import portal_desk, signed_in
from leitstelle.kernel.errors import Conflict, NotAllowed
from leitstelle.kernel.mail import OutboxMail
from leitstelle.kernel.work import drain
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Audience, Channel, Direction, StatusType
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.queries import statuses
from leitstelle.tickets.tests.desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return portal_desk()


@pytest.fixture
def guest(desk: Desk) -> Guest:
    """A visitor of a door whose agent is there."""
    there(desk.agent)
    return Guest(chat_door(desk.first))


def words(text: str) -> Words:
    return Words(key=uuid4(), text=text)


class TestWhole:
    def test_a_chat_becomes_a_ticket_with_every_line(self, desk: Desk, guest: Guest) -> None:
        assert guest.start("Der Drucker druckt nicht.").status_code == 201
        found = guest.look().json()
        assert (found["state"], found["position"]) == ("waiting", 1)
        agent = desk.as_agent()
        chat = take_chat(guest.chat, by=agent, now=timezone.now())
        say_as_agent(chat, words("Welcher Drucker?"), by=agent, now=timezone.now())
        guest.say("Der im Flur.")
        assert guest.look().json()["agent"] == "Jonas Wendt"
        assert guest.texts == ["Der Drucker druckt nicht.", "Welcher Drucker?", "Der im Flur."]
        end_as_agent(chat, by=agent, now=timezone.now())
        assert guest.look().json()["state"] == "ended"
        assert [line["n"] for line in guest.lines] == [1, 2, 3, 4, 5]
        ticket = Ticket.objects.get()
        assert (ticket.channel, ticket.subject) == (Channel.CHAT, "Der Drucker druckt nicht.")
        assert (ticket.assignee, ticket.team, ticket.requester) == (desk.agent, desk.first, None)
        told = ticket.messages.order_by("pk").values_list("body__text", "direction", "channel", "from_name")
        assert list(told) == [
            ("Der Drucker druckt nicht.", Direction.INBOUND, Channel.CHAT, "Vera Besuch"),
            ("Welcher Drucker?", Direction.OUTBOUND, Channel.CHAT, "Jonas Wendt"),
            ("Der im Flur.", Direction.INBOUND, Channel.CHAT, "Vera Besuch"),
        ]
        assert ticket.first_response_at is not None

    def test_nothing_is_mailed_while_people_chat(self, desk: Desk, guest: Guest) -> None:
        guest.start("Hallo")
        agent = desk.as_agent()
        chat = take_chat(guest.chat, by=agent, now=timezone.now())
        say_as_agent(chat, words("Guten Tag"), by=agent, now=timezone.now())
        drain(timezone.now())
        assert not OutboxMail.objects.exists()

    def test_a_note_on_the_ticket_never_reaches_the_visitor(self, desk: Desk, guest: Guest) -> None:
        guest.start("Hallo")
        chat = take_chat(guest.chat, by=desk.as_agent(), now=timezone.now())
        tickets.write_note(ticket_of(chat), "Schwierig heute", by=desk.as_agent(), now=timezone.now())
        guest.look()
        assert guest.texts == ["Hallo"]
        Message.objects.filter(body__text="Hallo").update(audience=Audience.INTERNAL)
        again = Guest(guest.door, token=guest.token)
        again.look()
        assert again.texts == []

    def test_whoever_is_signed_in_to_the_portal_is_the_requester(self, desk: Desk) -> None:
        there(desk.agent)
        door = chat_door(desk.first, in_portal=True)
        client = signed_in(desk.requester)
        shown = client.get("/portal/chat/").content.decode()
        who = shown.partition('data-who="')[2].partition('"')[0]
        assert who
        guest = Guest(door)
        assert guest.start("Hallo", name="", email="", who=who).status_code == 201
        ticket = Ticket.objects.get()
        assert (ticket.requester, ticket.organisation) == (desk.requester, desk.organisation)
        assert ticket.messages.get().from_name == "Miriam Brandt"
        # Somebody else becomes the requester; the chat goes on.
        tickets.change_requester(ticket, desk.outsider, by=SYSTEM, now=timezone.now())
        assert guest.say("Noch etwas").status_code == 200
        assert guest.texts == ["Hallo", "Noch etwas"]

    def test_a_merged_ticket_takes_the_chat_with_it(self, desk: Desk, guest: Guest) -> None:
        guest.start("Hallo")
        other = desk.open()
        gone = next(status for status in statuses() if status.type == StatusType.MERGED)
        Ticket.objects.exclude(pk=other.pk).update(
            merged_into=other, status=gone, status_type=StatusType.MERGED
        )
        assert guest.say("Bin noch da").status_code == 200
        assert other.messages.filter(body__text="Bin noch da").exists()
        assert guest.texts == ["Hallo", "Bin noch da"]


class TestExactlyOnce:
    def test_the_same_first_words_open_one_chat(self, guest: Guest) -> None:
        key = uuid4()
        first = guest.start("Hallo", key=key).json()["token"]
        again = Guest(guest.door)
        assert again.start("Hallo", key=key).status_code == 201
        assert again.chat == guest.chat
        assert first
        assert Ticket.objects.count() == 1

    @pytest.mark.parametrize("seed", range(6))
    def test_whatever_gets_lost_every_line_arrives_once_and_in_order(
        self, desk: Desk, guest: Guest, seed: int
    ) -> None:
        """Each request may get lost before the server has it, or its answer after; the script sends it again."""
        chance = random.Random(seed)
        guest.start("0")
        agent = desk.as_agent()
        chat = take_chat(guest.chat, by=agent, now=timezone.now())
        for number in range(1, 13):
            line = words(str(number))
            while True:
                fate = chance.choice(["arrives", "lost before", "lost after"])
                if number % 3 == 0 and fate != "lost before":
                    say_as_agent(chat, line, by=agent, now=timezone.now())
                elif fate == "lost after":
                    sent = {"key": line.key, "text": line.text, "after": guest.last}
                    guest.client.post("/chat/lines/", sent, headers=guest.headers)
                elif fate == "arrives":
                    guest.say(line.text, key=line.key)
                if fate == "arrives":
                    break
        guest.look()
        assert guest.texts == [str(number) for number in range(13)]
        fresh = Guest(guest.door, token=guest.token)
        fresh.look()
        assert fresh.lines == guest.lines
        told = Ticket.objects.get().messages.order_by("pk").values_list("body__text", flat=True)
        assert list(told) == guest.texts

    def test_a_line_sent_again_after_the_end_is_the_line_that_is_there(
        self, desk: Desk, guest: Guest
    ) -> None:
        guest.start("Hallo")
        key = uuid4()
        guest.say("Tschüss", key=key)
        end_as_agent(guest.chat, by=desk.as_agent(), now=timezone.now())
        assert guest.say("Tschüss", key=key).status_code == 200
        refused = guest.say("Noch etwas")
        assert (refused.status_code, refused.json()["code"]) == (409, "chat_over")
        assert guest.texts == ["Hallo", "Tschüss"]


class TestQueue:
    def test_visitors_see_their_place(self, desk: Desk, guest: Guest) -> None:
        guest.start("eins")
        second, third = Guest(guest.door), Guest(guest.door)
        second.start("zwei")
        third.start("drei")
        assert [one.look().json()["position"] for one in (guest, second, third)] == [1, 2, 3]
        take_chat(guest.chat, by=desk.as_agent(), now=timezone.now())
        assert [one.look().json()["position"] for one in (second, third)] == [1, 2]

    def test_an_agent_has_no_more_than_the_door_allows(self, desk: Desk) -> None:
        there(desk.agent)
        door = chat_door(desk.first, per_agent=1)
        first, second = Guest(door), Guest(door)
        first.start("eins")
        second.start("zwei")
        take_chat(first.chat, by=desk.as_agent(), now=timezone.now())
        with pytest.raises(ChatsFull):
            take_chat(second.chat, by=desk.as_agent(), now=timezone.now())
        end_as_agent(first.chat, by=desk.as_agent(), now=timezone.now())
        take_chat(second.chat, by=desk.as_agent(), now=timezone.now())

    def test_one_takes_it_the_other_is_told(self, desk: Desk, guest: Guest) -> None:
        guest.start("Hallo")
        take_chat(guest.chat, by=desk.as_agent(), now=timezone.now())
        with pytest.raises(ChatTaken):
            take_chat(guest.chat, by=desk.as_lead(), now=timezone.now())
        with pytest.raises(NotYourChat):
            say_as_agent(guest.chat, words("ich auch"), by=desk.as_lead(), now=timezone.now())

    def test_passed_on_the_visitor_keeps_the_turn(self, desk: Desk, guest: Guest) -> None:
        guest.start("Hallo")
        agent = desk.as_agent()
        chat = take_chat(guest.chat, by=agent, now=timezone.now())
        Guest(guest.door).start("danach")
        pass_chat(chat, Passing(team=desk.second, reason="Netz"), by=agent, now=timezone.now())
        found = guest.look().json()
        assert (found["state"], found["position"], found["agent"]) == ("waiting", 1, "")
        assert "Netz und Server" in guest.lines[-1]["text"]
        ticket = ticket_of(guest.chat)
        assert (ticket.team, ticket.assignee) == (desk.second, None)
        taken = take_chat(guest.chat, by=desk.as_expert(), now=timezone.now())
        assert taken.agent == desk.expert
        with pytest.raises(NotYourChat):
            say_as_agent(taken, words("zu spät"), by=agent, now=timezone.now())

    def test_who_is_there_decides_between_chat_and_message(self, desk: Desk) -> None:
        door = chat_door(desk.first)
        now = timezone.now()
        assert presence_at(door, now) == ChatPresence.NOBODY
        there(desk.expert)
        assert presence_at(door, now) == ChatPresence.NOBODY  # of another team
        there(desk.agent)
        assert presence_at(door, now) == ChatPresence.OPEN
        assert presence_at(door, now + timedelta(hours=11)) == ChatPresence.NOBODY

    def test_outside_service_hours_it_is_closed(self, desk: Desk) -> None:
        there(desk.agent)
        door = chat_door(desk.first, calendar=default_calendar())
        night = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
        assert presence_at(door, night) == ChatPresence.CLOSED
        opens = opens_at(door, night)
        assert opens is not None
        assert opens > night
        assert opens_at(door, opens) is None

    def test_a_message_left_is_a_ticket_and_no_chat(self, desk: Desk) -> None:
        guest = Guest(chat_door(desk.first, asks_who=False))
        refused = guest.start("Bitte um Rückruf", name="", email="")
        assert refused.status_code == 422
        assert set(refused.json()["fields"]) == {"name", "email"}
        assert guest.start("Bitte um Rückruf").json()["state"] == "left"
        ticket = Ticket.objects.get()
        assert ticket.messages.get().from_email == "vera@besuch.example"
        drain(timezone.now())
        assert not OutboxMail.objects.exists()  # nobody has confirmed the address
        assert guest.say("Noch etwas").status_code == 409

    def test_quiet_chats_end_by_themselves(self, desk: Desk, guest: Guest) -> None:
        guest.start("Hallo")
        now = timezone.now()
        assert end_quiet_chats(now + timedelta(minutes=50)) == 0
        assert end_quiet_chats(now + timedelta(minutes=70)) == 1
        assert guest.look().json()["state"] == "ended"
        assert end_quiet_chats(now + timedelta(minutes=80)) == 0

    def test_the_visitor_ends_it(self, desk: Desk, guest: Guest) -> None:
        guest.start("Hallo")
        for _twice in range(2):
            answer = guest.client.post("/chat/end/", {"after": guest.last}, headers=guest.headers)
            assert answer.json()["state"] == "ended"
        assert ChatLine.objects.filter(note="visitor_end").count() == 1
        with pytest.raises(ChatTaken):
            take_chat(guest.chat, by=desk.as_agent(), now=timezone.now())


class TestRefused:
    def test_what_nobody_signed_opens_nothing(self, guest: Guest) -> None:
        guest.start("Hallo")
        for token in ("", "nonsense", guest.token[:-2] + "xx", guest.chat.public_id.hex):
            stranger = Guest(guest.door, token=token)
            assert stranger.look().status_code == 401
            assert stranger.say("Ich").status_code == 401
        assert Client().post("/chat/end/").status_code == 401
        assert guest.chat.state == ChatState.WAITING

    def test_a_token_opens_its_own_chat_only(self, guest: Guest) -> None:
        guest.start("meins")
        other = Guest(guest.door)
        other.start("deins")
        assert [line["text"] for line in other.lines] == ["deins"]

    @pytest.mark.parametrize(
        ("sent", "code"),
        [
            ({"text": "x" * 4001}, "chat_line_too_long"),
            ({"text": " \n "}, "empty_text"),
            ({"key": "no key"}, "invalid_input"),
        ],
    )
    def test_bad_lines(self, guest: Guest, sent: dict[str, str], code: str) -> None:
        guest.start("Hallo")
        refused = guest.send({"text": "x"} | sent)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert guest.chat.last_number == 1

    def test_names_that_work_as_links_are_refused(self, guest: Guest) -> None:
        assert guest.start("x", name="www.spam.example").json()["fields"].keys() == {"name"}
        assert guest.start("x", email="no address").json()["fields"].keys() == {"email"}

    def test_too_many_lines_are_held_up(self, guest: Guest) -> None:
        guest.start("Hallo")
        codes = {guest.say(str(number)).status_code for number in range(95)}
        assert 429 in codes

    def test_a_door_out_of_use_and_none_at_all(self, desk: Desk, guest: Guest) -> None:
        change_chat_door(
            guest.door, ChatDoorInput(name="Website", is_active=False), version=1, by=SYSTEM, now=NOW
        )
        assert guest.start("Hallo").status_code == 404
        shown = Client().get(f"/chat/{guest.door.public_id}/?lang=en")
        assert shown.status_code == 404
        assert "not in use" in shown.content.decode()
        assert Client().get(f"/chat/{uuid4()}/widget.js").status_code == 404
        assert Client().get("/portal/chat/").status_code == 404

    def test_the_language_is_the_visitors(self, desk: Desk, guest: Guest) -> None:
        answer = guest.client.post(
            f"/chat/{guest.door.public_id}/start/", {"text": "", "key": uuid4()}, headers={"X-Language": "de"}
        )
        assert answer.json()["fields"]["name"] == "Bitte füllen Sie dieses Feld aus."


class TestFiles:
    def test_a_file_hangs_on_the_message_and_comes_back(self, guest: Guest) -> None:
        guest.start("", files=SimpleUploadedFile("foto.txt", b"Fehler 13", content_type="text/plain"))
        (file,) = guest.lines[0]["files"]
        assert file["name"] == "foto.txt"
        answer = Client().get(file["url"])
        assert b"".join(answer) == b"Fehler 13"
        assert "attachment" in answer["Content-Disposition"]
        assert Client().get("/chat/files/abc/").status_code == 404
        assert Ticket.objects.get().subject == "foto.txt"

    def test_too_big_is_said_and_nothing_stored(self, guest: Guest, settings: object) -> None:
        settings.MAX_UPLOAD = 10  # type: ignore[attr-defined]
        refused = guest.start("Anbei", files=SimpleUploadedFile("gross.txt", b"x" * 11))
        assert refused.status_code == 422
        assert "gross.txt" in refused.json()["error"]
        assert not Chat.objects.exists()

    def test_a_page_is_never_served_as_one(self, guest: Guest) -> None:
        evil = SimpleUploadedFile("x.html", b"<script>alert(1)</script>", content_type="text/html")
        guest.start("", files=evil)
        answer = Client().get(guest.lines[0]["files"][0]["url"])
        assert answer["Content-Disposition"].startswith("attachment")
        assert "text/html" not in answer["Content-Type"]


class TestDoors:
    def test_only_its_sites_may_show_it(self, desk: Desk) -> None:
        door = chat_door(desk.first, origins="https://www.example.org\nhttp://localhost:8000/\n")
        shown = Client().get(f"/chat/{door.public_id}/?lang=de")
        policy = shown["Content-Security-Policy"]
        assert "frame-ancestors 'self' https://www.example.org http://localhost:8000" in policy
        assert "script-src 'self'" in policy
        assert "X-Frame-Options" not in shown
        assert 'lang="de"' in shown.content.decode()
        script = Client().get(f"/chat/{door.public_id}/widget.js")
        assert script["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "javascript" in script["Content-Type"]

    def test_what_is_no_site_is_refused(self) -> None:
        for wrong in ("example.org", "https://", "https://example.org/path", "*", "https://a b.example"):
            with pytest.raises(NotAnOrigin):
                create_chat_door(ChatDoorInput(name="x", origins=wrong), by=SYSTEM, now=NOW)

    def test_names_are_given_once_and_versions_count(self, desk: Desk) -> None:
        door = chat_door(None)
        with pytest.raises(ChatDoorNameTaken):
            chat_door(None)
        change_chat_door(door, ChatDoorInput(name="Netz"), version=1, by=SYSTEM, now=NOW)
        with pytest.raises(Conflict):
            change_chat_door(door, ChatDoorInput(name="Anders"), version=1, by=SYSTEM, now=NOW)
        with pytest.raises(NotAllowed):
            create_chat_door(ChatDoorInput(name="Agent"), by=desk.as_agent(), now=NOW)

    def test_administration_pages(self, desk: Desk) -> None:
        client = signed_in(desk.admin)
        sent = {"name": "Netz", "per_agent": 2, "origins": "https://www.example.org", "is_active": "on"}
        assert client.post("/administration/chats/new/", sent).status_code == 303
        assert client.post("/administration/chats/new/", sent | {"origins": "nix"}).status_code == 422
        shown = client.get("/administration/chats/").content.decode()
        assert "Netz" in shown
        door = ChatDoor.objects.get()
        page = client.get(f"/administration/chats/{door.public_id}/embed/").content.decode()
        assert "widget.js" in page
        assert "frame-src" in page


class TestDeskPages:
    def test_an_agent_takes_answers_and_ends(self, desk: Desk, guest: Guest) -> None:
        guest.start("Hallo <b>Welt</b>")
        client = signed_in(desk.agent)
        here = f"/chats/{guest.chat.public_id}/"
        assert "Vera Besuch" in client.get("/chats/").content.decode()
        assert "Vera Besuch" in client.get("/calls/ringing/").content.decode()
        assert client.post(f"{here}step/", {"step": "take"}).status_code == 303
        key = str(uuid4())
        for _twice in range(2):
            assert client.post(f"{here}say/", {"key": key, "text": "Guten Tag"}).status_code == 303
        shown = client.get(here).content.decode()
        assert "Guten Tag" in shown
        assert "&lt;b&gt;Welt" in shown
        ticket = ticket_of(guest.chat)
        assert "To the chat with" in client.get(f"/tickets/{ticket.public_id}/").content.decode()
        refused = client.post(f"{here}say/", {"key": str(uuid4()), "text": "y" * 5000})
        assert refused.status_code == 422
        assert "y" * 5000 in refused.content.decode()
        passed = client.post(f"{here}step/", {"step": "pass", "to": ""})
        assert passed.status_code == 422
        client.post(f"{here}step/", {"step": "end"})
        guest.look()
        assert guest.texts == ["Hallo <b>Welt</b>", "Guten Tag"]
        assert client.post(f"{here}say/", {"key": str(uuid4()), "text": "zu spät"}).status_code == 422

    def test_being_there(self, desk: Desk) -> None:
        client = signed_in(desk.agent)
        door = chat_door(desk.first)
        client.post("/chats/there/", {"there": "1"})
        assert presence_at(door, timezone.now()) == ChatPresence.OPEN
        client.post("/chats/there/", {"there": "0"})
        assert presence_at(door, timezone.now()) == ChatPresence.NOBODY

    def test_who_sees_no_ticket_sees_no_chat(self, desk: Desk, guest: Guest) -> None:
        guest.start("Hallo")
        assert not visible_chats(desk.as_requester()).exists()
        client = signed_in(desk.requester)
        assert client.get("/chats/").status_code == 403
        assert client.get(f"/chats/{guest.chat.public_id}/").status_code == 403
        assert visible_chats(as_agent(desk.agent)).count() == 1

    def test_an_ended_chat_takes_no_answer(self, desk: Desk) -> None:
        door = chat_door(None, asks_who=False)
        chat = open_chat(door, Visitor(language="en"), words("Hi"), left=False, now=timezone.now())
        take_chat(chat, by=desk.as_agent(), now=timezone.now())
        end_as_agent(chat, by=desk.as_agent(), now=timezone.now())
        with pytest.raises(ChatOver):
            say_as_agent(chat, words("late"), by=desk.as_agent(), now=timezone.now())
