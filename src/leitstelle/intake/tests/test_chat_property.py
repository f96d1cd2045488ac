"""Chat under any order of things: sends whose request or answer gets lost, reconnects, duplicates, guides, taking,
passing and ending on both sides. Nothing is lost, doubled or put in another order; every place in the queue is right.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, as_agent
from leitstelle.intake.actions.chat import Words, end_as_agent, say_as_agent, take_chat, ticket_of
from leitstelle.intake.actions.chat_passing import Passing, pass_chat
from leitstelle.intake.choices import ChatState
from leitstelle.intake.models import Chat, ChatDoor, ChatLine
from leitstelle.intake.queries.chat import places_in_queues, position_of
from leitstelle.intake.tests.chat import Guest, chat_door, there
from leitstelle.intake.tests.portal import portal_desk
from leitstelle.kernel.errors import DomainError
from leitstelle.knowledge import actions as knowledge
from leitstelle.tickets.choices import Audience
from leitstelle.tickets.models import Message
from leitstelle.tickets.tests.desk import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

VISITORS, AGENTS, PER_AGENT = 3, 2, 2
FATES = ("arrives", "arrives", "arrives", "request lost", "answer lost")
OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "say", "say", "say", "look", "retry", "guide", "answer guide", "to person", "solved", "leave",
                "take", "take", "reply", "reply", "twice", "pass", "pass to", "end",
            )
        ),
        st.integers(0, VISITORS - 1),
        st.integers(0, AGENTS - 1),
        st.sampled_from(FATES),
    ),
    min_size=5,
    max_size=40,
)  # fmt: skip


@dataclass
class Browser:
    """A visitor as the script of the widget is one: what is not confirmed waits, in order, under its key."""

    guest: Guest
    pending: list[tuple[UUID, str]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    count: int = 0

    def write(self, name: str) -> None:
        self.count += 1
        text = f"{name} sagt {self.count}"
        self.pending.append((uuid4(), text))
        self.written.append(text)

    def flush(self, fate: str) -> None:
        while self.pending:
            if fate == "request lost":
                return
            key, text = self.pending[0]
            seen, token = list(self.guest.lines), self.guest.token
            response = self.guest.say(text, key=key) if token else self.guest.start(text, key=key)
            if fate == "answer lost":
                # The server did it; the browser never heard.
                self.guest.lines, self.guest.token = seen, token
                return
            if response.status_code not in (200, 201):
                self.refused += [waiting for _key, waiting in self.pending]
                self.pending.clear()
                return
            self.pending.pop(0)


@dataclass
class Play:
    """Visitors and agents of one example."""

    desk: Desk
    door: ChatDoor
    agents: list[Person]
    browsers: list[Browser]
    replies: dict[int, list[str]] = field(default_factory=dict)

    def chat(self, visitor: int) -> Chat | None:
        guest = self.browsers[visitor].guest
        return guest.chat if guest.token else None

    def run(self, operation: str, visitor: int, agent: int, fate: str) -> None:
        browser, by = self.browsers[visitor], as_agent(self.agents[agent])
        guest = browser.guest
        if operation == "say":
            browser.write(f"V{visitor}")
        if operation in ("say", "retry"):
            browser.flush(fate)
            return
        chat = self.chat(visitor)
        if chat is None:
            return
        if operation == "look":
            again = Guest(self.door, token=guest.token, lines=list(guest.lines))
            again.look()
            guest.lines = again.lines
        elif operation in ("guide", "answer guide", "to person", "solved", "leave"):
            self.guided(operation, guest)
        else:
            with suppress(DomainError):
                self.desk_does(operation, chat, agent, by)

    def guided(self, operation: str, guest: Guest) -> None:
        if operation == "guide":
            guest.step("begin", key="guides:printer")
        elif operation == "answer guide":
            question = (guest.look().json()["aid"] or {}).get("question")
            if question is not None:
                guest.step("answer", question=question["key"], typed="1")
        elif operation == "to person":
            guest.step("person")
        elif operation == "solved":
            guest.step("solved")
        else:
            guest.client.post("/chat/end/", {"after": 0}, headers=guest.headers)

    def desk_does(self, operation: str, chat: Chat, agent: int, by: Any) -> None:
        now = timezone.now()
        if operation == "take":
            take_chat(chat, by=by, now=now)
        elif operation in ("reply", "twice"):
            said = self.replies.get(chat.pk, [])
            words = Words(key=uuid4(), text=f"A{agent} antwortet {len(said) + 1}")
            say_as_agent(chat, words, by=by, now=now)
            self.replies[chat.pk] = [*said, words.text]
            if operation == "twice":
                say_as_agent(chat, words, by=by, now=now)
        elif operation == "pass":
            pass_chat(chat, Passing(team=self.desk.first, reason="weiter"), by=by, now=now)
        elif operation == "pass to":
            to = self.agents[1 - agent]
            pass_chat(chat, Passing(team=self.desk.first, person=to, reason="weiter"), by=by, now=now)
        else:
            end_as_agent(chat, by=by, now=now)

    def check(self) -> None:
        """What must hold after every step."""
        for person in self.agents:
            assert Chat.objects.filter(agent=person, state=ChatState.ACTIVE).count() <= PER_AGENT
        waiting = Chat.objects.filter(state=ChatState.WAITING).order_by("waits_since", "pk")
        assert [position_of(chat) for chat in waiting] == list(range(1, len(waiting) + 1))
        assert places_in_queues() == {chat.pk: place for place, chat in enumerate(waiting, 1)}
        for number, browser in enumerate(self.browsers):
            chat = self.chat(number)
            if chat is not None:
                self.check_chat(browser, chat)

    def check_chat(self, browser: Browser, chat: Chat) -> None:
        lines = list(ChatLine.objects.filter(chat=chat).select_related("message__body"))
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
        said = [line.message for line in lines if line.message is not None]
        texts = [message.body.text for message in said]
        # Every public message of the ticket is one line, in the same order.
        public = Message.objects.filter(ticket=ticket_of(chat), audience=Audience.PUBLIC).order_by("pk")
        assert [message.pk for message in public] == [message.pk for message in said]
        # What the visitor wrote is there once and in order, but for what still waits or was refused.
        own = [text for text in texts if " sagt " in text]
        unsure = {text for _key, text in browser.pending} | set(browser.refused)
        assert own == [text for text in browser.written if text in own]
        assert set(browser.written) - unsure <= set(own)
        assert [text for text in texts if " antwortet " in text] == self.replies.get(chat.pk, [])
        # What the browser has is a part of it without gaps, and all of it after it asked.
        known = [line["n"] for line in browser.guest.lines]
        assert known == list(range(1, len(known) + 1))
        fresh = Guest(browser.guest.door, token=browser.guest.token, lines=list(browser.guest.lines))
        frame = fresh.look().json()
        assert [line["n"] for line in fresh.lines] == [line.number for line in lines]
        assert fresh.texts == texts
        assert frame["position"] == (position_of(chat) if chat.state == ChatState.WAITING else 0)


@pytest.fixture
def start() -> Callable[[], Play]:
    desk = portal_desk()
    knowledge.ensure_defaults(NOW)
    agents = [desk.agent, desk.lead]
    for person in agents:
        there(person)
    door = chat_door(desk.first, per_agent=PER_AGENT)
    return lambda: Play(desk, door, agents, [Browser(Guest(door)) for _number in range(VISITORS)])


@given(operations=OPERATIONS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_is_lost_doubled_or_out_of_order(
    start: Callable[[], Play], operations: list[tuple[str, int, int, str]]
) -> None:
    with transaction.atomic():
        play = start()
        for operation in operations:
            play.run(*operation)
            play.check()
        # Whatever waits at the end arrives as soon as there is a connection, once.
        for browser in play.browsers:
            browser.flush("arrives")
            assert not browser.pending
        play.check()
        transaction.set_rollback(True)


def test_a_whole_play(start: Callable[[], Play]) -> None:
    """One long example that is always played."""
    play = start()
    for operation in (
        ("say", 0, 0, "answer lost"), ("say", 0, 0, "arrives"), ("guide", 0, 0, "arrives"),
        ("answer guide", 0, 0, "arrives"), ("say", 1, 0, "request lost"), ("take", 0, 0, "arrives"),
        ("retry", 1, 0, "arrives"), ("twice", 0, 0, "arrives"), ("pass to", 0, 0, "arrives"),
        ("reply", 0, 1, "arrives"), ("say", 0, 0, "answer lost"), ("retry", 0, 0, "arrives"),
        ("pass", 0, 1, "arrives"), ("take", 1, 1, "arrives"), ("look", 0, 0, "arrives"),
        ("end", 1, 1, "arrives"), ("say", 1, 0, "arrives"), ("leave", 0, 0, "arrives"),
    ):  # fmt: skip
        play.run(*operation)
        play.check()
    assert Chat.objects.filter(state=ChatState.ENDED).count() == 2
    assert [len(said) for said in play.replies.values()] == [2]
    assert play.browsers[1].refused == ["V1 sagt 2"]
