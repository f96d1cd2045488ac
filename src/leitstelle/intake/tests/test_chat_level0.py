"""Guides inside the chat: before there is one and while one waits; nothing lost, nothing doubled."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.catalog.models import Category
from leitstelle.intake.actions.chat import end_quiet_chats, take_chat, ticket_of
from leitstelle.intake.actions.chat_doors import ChatDoorInput, change_chat_door
from leitstelle.intake.models import Chat
from leitstelle.intake.queries.level0 import Level0, provider_of, register_level0
from leitstelle.intake.tests.chat import Guest, chat_door, there
from leitstelle.intake.tests.portal import portal_desk, signed_in
from leitstelle.knowledge import actions as knowledge
from leitstelle.knowledge.models import Guide
from leitstelle.knowledge.rules.guides import Question
from leitstelle.knowledge.rules.reading import read_guide
from leitstelle.knowledge.rules.typed import understood
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import StatusType
from leitstelle.tickets.models import GuideRun, Ticket
from leitstelle.tickets.tests.desk import Desk

pytestmark = pytest.mark.django_db

GUIDE = """
key: kaffee
title: {de: Kaffee fehlt, en: No coffee}
words: kaffee espresso
category: printing.printer
questions:
  - key: what
    ask: {de: Was ist los?, en: What is wrong?}
    answers:
      - {key: empty, de: Leer, en: Empty, next: refill, urgency: can_wait}
      - {key: broken, de: Kaputt, en: Broken, next: where, impact: group}
  - key: refill
    kind: hint
    ask: {de: Füllen Sie Bohnen nach., en: Refill the beans.}
  - key: counter
    ask: {de: Zählerstand geprüft?, en: Counter checked?}
    kind: yes_no
    desk: true
  - key: where
    kind: text
    required: true
    field: device
    ask: {de: Welche Maschine?, en: Which machine?}
  - key: since
    kind: text
    ask: {de: Seit wann?, en: Since when?}
checklist:
  - {key: power, de: Strom da, en: Power is there}
"""


@pytest.fixture
def desk() -> Desk:
    desk = portal_desk()
    knowledge.ensure_defaults(NOW)
    guide = knowledge.create_guide(GUIDE, by=SYSTEM, now=NOW)
    knowledge.publish_guide(guide, by=SYSTEM, now=NOW)
    there(desk.agent)
    return desk


@pytest.fixture
def guest(desk: Desk) -> Guest:
    return Guest(chat_door(desk.first, asks_who=False))


def at(guest: Guest) -> Any:
    return guest.look().json()["aid"]


def begun(guest: Guest) -> Guest:
    guest.start("Kein Kaffee da")
    assert guest.step("begin", key="guides:kaffee").status_code == 200
    return guest


class TestBefore:
    def test_words_find_a_guide_and_without_words_there_is_a_short_list(self, guest: Guest) -> None:
        found = guest.before(q="der Kaffee ist aus").json()["offers"]
        assert found == [{"key": "guides:kaffee", "title": "Kaffee fehlt"}]
        assert len(guest.before(q="").json()["offers"]) == 4

    def test_the_door_chooses_what_comes_first_or_that_nothing_does(self, desk: Desk, guest: Guest) -> None:
        new = ChatDoorInput(name="Website", team=desk.first, guides="vpn kaffee gone")
        door = change_chat_door(guest.door, new, version=1, by=SYSTEM, now=NOW)
        assert [one["key"] for one in guest.before(q="").json()["offers"]] == ["guides:vpn", "guides:kaffee"]
        printing = Category.objects.get(key="printing")
        door = change_chat_door(
            door, replace(new, guides="", category=printing), version=2, by=SYSTEM, now=NOW
        )
        assert "guides:printer" in [one["key"] for one in guest.before(q="").json()["offers"]]
        change_chat_door(door, replace(new, offers_guides=False), version=3, by=SYSTEM, now=NOW)
        assert guest.before(q="Kaffee").json()["offers"] == []

    def test_a_hint_that_helped_needs_no_ticket(self, guest: Guest) -> None:
        found = guest.before(step="begin", key="guides:kaffee").json()
        assert found["aid"]["question"]["ask"] == "Was ist los?"
        found = guest.before(step="answer", state=found["state"], question="what", typed="leer").json()
        assert found["aid"]["question"]["kind"] == "hint"
        found = guest.before(step="answer", state=found["state"], question="refill", given="helped").json()
        assert found["aid"]["solved"]
        assert Guide.objects.get(key="kaffee").helped == 1
        assert not Ticket.objects.exists()

    def test_solved_at_any_step(self, guest: Guest) -> None:
        found = guest.before(step="begin", key="guides:kaffee").json()
        assert guest.before(step="solved", state=found["state"]).json()["aid"]["solved"]
        assert Guide.objects.get(key="kaffee").helped == 1

    def test_what_was_answered_goes_along_to_a_person(self, desk: Desk, guest: Guest) -> None:
        state = guest.before(step="begin", key="guides:kaffee").json()["state"]
        state = guest.before(step="answer", state=state, question="what", given="broken").json()["state"]
        state = guest.before(step="answer", state=state, question="where", typed="K-7").json()["state"]
        assert guest.start("", aid=state).status_code == 201
        ticket = Ticket.objects.get()
        assert ticket.category
        found = (ticket.subject, ticket.category.key, ticket.impact_id, ticket.device_label)
        assert found == ("Kaffee fehlt", "printing.printer", "group", "K-7")
        assert guest.texts == ["Kaffee fehlt\n\nWas ist los? Kaputt\nWelche Maschine? K-7"]
        run = GuideRun.objects.get()
        assert (run.ticket, run.answers) == (ticket, {"what": "broken", "where": "K-7"})
        assert guest.chat.was_aided

    def test_typed_nonsense_is_no_answer_and_nonsense_of_a_browser_is_nothing(self, guest: Guest) -> None:
        state = guest.before(step="begin", key="guides:kaffee").json()["state"]
        refused = guest.before(step="answer", state=state, question="what", typed="weiß nicht")
        assert (refused.status_code, refused.json()["code"]) == (422, "not_an_answer")
        for nonsense in ("x", "guides:", "guides:{}", 'guides:{"version": 99999, "answers": {}}', "other:1"):
            assert (
                guest.before(step="answer", state=nonsense, question="what", given="empty").json()["aid"]
                is None
            )
        assert guest.before(step="begin", key="guides:gone").json()["aid"] is None
        assert guest.start("", aid="nonsense").status_code == 422

    def test_a_guide_published_anew_breaks_nothing(self, guest: Guest) -> None:
        state = guest.before(step="begin", key="guides:kaffee").json()["state"]
        publish_other()
        found = guest.before(step="answer", state=state, question="what", given="broken").json()
        assert found["aid"]["steps"] == [{"ask": "Was ist los?", "told": "Kaputt"}]
        fresh = guest.before(step="begin", key="guides:kaffee").json()
        assert fresh["aid"]["question"]["ask"] == "Was fehlt?"


def publish_other() -> None:
    guide = Guide.objects.get(key="kaffee")
    text = guide.draft.replace("Was ist los?", "Was fehlt?")
    knowledge.publish_guide(knowledge.change_guide(guide, text, by=SYSTEM, now=NOW), by=SYSTEM, now=NOW)


class TestWhileWaiting:
    def test_question_by_question_and_on_to_a_person(self, desk: Desk, guest: Guest) -> None:
        begun(guest)
        assert at(guest)["question"]["answers"][0] == {"key": "empty", "words": "Leer"}
        guest.step("answer", question="what", given="broken")
        for _twice in range(2):  # the answer got lost: sent again it changes nothing
            guest.step("answer", question="where", typed="K-7")
        assert at(guest)["question"]["key"] == "since"
        run = GuideRun.objects.get()
        assert run.answers == {"what": "broken", "where": "K-7"}  # the desk sees it already
        guest.step("answer", question="since", typed="heute")
        found = guest.look().json()
        assert (found["aid"], found["aided"], found["state"], found["position"]) == (None, True, "waiting", 1)
        assert guest.texts[-1].endswith("Seit wann? heute")
        ticket = ticket_of(guest.chat)
        assert ticket.category
        assert (ticket.category.key, ticket.impact_id, ticket.device_label) == (
            "printing.printer",
            "group",
            "K-7",
        )
        assert [line["n"] for line in guest.lines] == [1, 2]
        run.refresh_from_db()
        assert run.is_complete

    def test_a_break_in_the_middle_loses_nothing(self, guest: Guest) -> None:
        begun(guest).step("answer", question="what", given="broken")
        publish_other()
        again = Guest(guest.door, token=guest.token)
        assert at(again)["steps"] == [{"ask": "Was ist los?", "told": "Kaputt"}]
        again.step("back")
        assert at(guest)["steps"] == []
        assert at(guest)["question"]["ask"] == "Was ist los?"
        again.step("back")
        found = guest.look().json()
        assert (found["aid"], found["aided"]) == (None, False)

    def test_a_hint_that_helped_solves_the_ticket_without_a_person(self, guest: Guest) -> None:
        begun(guest).step("answer", question="what", given="empty")
        for _twice in range(2):
            guest.step("answer", question="refill", typed="ja")
        assert guest.look().json()["state"] == "ended"
        ticket = Ticket.objects.get()
        found = (ticket.status_type, ticket.resolution_code_id, ticket.assignee)
        assert found == (StatusType.RESOLVED, "solved", None)
        assert Guide.objects.get(key="kaffee").helped == 1
        assert "Kaffee fehlt" in guest.lines[-1]["text"]

    def test_solved_at_any_step_once(self, guest: Guest) -> None:
        begun(guest)
        for _twice in range(2):
            guest.step("solved")
        assert (guest.look().json()["state"], Guide.objects.get(key="kaffee").helped) == ("ended", 1)

    def test_who_takes_the_chat_goes_on_in_the_guide(self, desk: Desk, guest: Guest) -> None:
        begun(guest).step("answer", question="what", given="broken")
        take_chat(guest.chat, by=desk.as_agent(), now=timezone.now())
        assert guest.look().json()["aid"] is None
        assert guest.texts == ["Kein Kaffee da", "Kaffee fehlt\n\nWas ist los? Kaputt"]
        assert guest.step("answer", question="where", given="K-7").status_code == 200  # too late: nothing
        run = GuideRun.objects.get()
        answers = {"what": "broken", "where": "K-9"}
        tickets.answer_guide(run, answers, ["power"], by=desk.as_agent(), now=timezone.now())
        run.refresh_from_db()
        assert (run.answers, run.done) == (answers, ["power"])

    def test_the_desk_went_on_meanwhile(self, desk: Desk, guest: Guest) -> None:
        begun(guest).step("answer", question="what", given="empty")
        run = GuideRun.objects.get()
        answers = {"what": "empty", "refill": "not_helped", "counter": "yes"}
        tickets.answer_guide(run, answers, ["power"], by=desk.as_agent(), now=timezone.now())
        guest.step("answer", question="where", typed="K-7")  # what is asked now
        run.refresh_from_db()
        assert run.answers == answers | {"where": "K-7"}
        assert run.done == ["power"]

    def test_the_ticket_goes_where_somebody_is_there(self, desk: Desk, guest: Guest) -> None:
        guide = Guide.objects.get(key="kaffee")
        text = guide.draft.replace("category:", f"team: {desk.second.name}\ncategory:", 1)
        knowledge.publish_guide(knowledge.change_guide(guide, text, by=SYSTEM, now=NOW), by=SYSTEM, now=NOW)
        begun(guest).step("answer", question="what", given="empty")
        guest.step("person")
        assert ticket_of(guest.chat).team == desk.first
        there(desk.expert)
        other = begun(Guest(guest.door))
        other.step("answer", question="what", given="empty")
        other.step("person")
        assert ticket_of(other.chat).team == desk.second

    def test_what_ends_the_chat_ends_the_guide(self, guest: Guest) -> None:
        begun(guest).step("answer", question="what", given="empty")
        guest.client.post("/chat/end/", {"after": 0}, headers=guest.headers)
        guest.look()
        assert guest.texts[-1].startswith("Kaffee fehlt")
        assert guest.step("begin", key="guides:kaffee").status_code == 409
        quiet = begun(Guest(guest.door))
        quiet.step("answer", question="what", given="empty")
        end_quiet_chats(timezone.now() + timedelta(minutes=61))
        assert Chat.objects.get(pk=quiet.chat.pk).aid == ""

    def test_the_agent_sees_the_path(self, desk: Desk, guest: Guest) -> None:
        begun(guest).step("answer", question="what", given="broken")
        shown = signed_in(desk.agent).get(f"/chats/{guest.chat.public_id}/").content.decode()
        assert "Kaffee fehlt" in shown or "No coffee" in shown
        assert f"/tickets/{ticket_of(guest.chat).public_id}/guides/" in shown


class TestRegistry:
    def test_a_name_is_taken_once(self) -> None:
        found = provider_of("guides:x")
        assert found is not None
        provider: Level0 = found[0]
        with pytest.raises(ValueError, match="guides"):
            register_level0(provider)

    def test_nothing_is_asked_of_a_stranger(self) -> None:
        assert provider_of("articles:1") is None
        assert provider_of("guides:") is None


QUESTIONS = {question.key: question for question in read_guide(GUIDE).questions}


@pytest.mark.parametrize(
    ("key", "typed", "meant"),
    [
        ("what", "Leer", "empty"),
        ("what", " kaputt! ", "broken"),
        ("what", "2", "broken"),
        ("what", "3", None),
        ("what", "broke", "broken"),
        ("what", "le", None),
        ("what", "", None),
        ("what", "ja", None),
        ("refill", "Ja", "helped"),
        ("refill", "nope", "not_helped"),
        ("refill", "das hat geholfen", "helped"),
        ("refill", "geholfen", None),
        ("counter", "n", "no"),
        ("where", "  K-7 ", "K-7"),
        ("where", " ", None),
        ("since", " ", ""),
    ],
)
def test_what_is_meant_by_what_is_typed(key: str, typed: str, meant: str | None) -> None:
    question: Question = QUESTIONS[key]
    assert understood(question, typed) == meant
