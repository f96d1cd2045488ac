"""Telephone systems: the hook, calls in any order, who sees them, call-back tickets, entering a call."""

import itertools
import json
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from leitstelle.accounts.actions import Scope, change_contact_points
from leitstelle.accounts.tests.cast import (
    NOW,
    SYSTEM,
    as_agent,
    make_agent,
    make_organisation,
    make_person,
    phone,
)
from leitstelle.intake.actions.telephony import Request, keep_request
from leitstelle.intake.actions.telephony_sources import (
    TelephonySourceInput,
    change_source,
    create_source,
    set_line,
)
from leitstelle.intake.choices import PhoneOutcome, TelephonyEventState, TelephonyKind, TelephonyReason
from leitstelle.intake.errors import NobodysLine, SourceNameTaken
from leitstelle.intake.models import PhoneCall, TelephonyEvent, TelephonySource
from leitstelle.intake.policies import visible_phone_calls, visible_sources
from leitstelle.intake.queries.shown_calls import cards_at
from leitstelle.intake.queries.telephony import calls_of_person
from leitstelle.intake.rules.telephony.proof import signature_of
from leitstelle.intake.tasks import find_stranded_calls, forget_told
from leitstelle.intake.tests.portal import portal_desk, signed_in
from leitstelle.intake.tests.telephony import CALLER, Switchboard, switchboard
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Event
from leitstelle.kernel.web.live.hub import heard
from leitstelle.kernel.web.live.topics import notice_of
from leitstelle.kernel.work import drain
from leitstelle.tickets.actions import write_note
from leitstelle.tickets.choices import Channel, StatusType
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk


@pytest.fixture
def desk(db: None) -> Desk:
    desk = portal_desk()
    change_contact_points(desk.requester, [phone("+49 30 123456-17")], by=SYSTEM, now=NOW)
    return desk


@pytest.fixture
def board(desk: Desk) -> Switchboard:
    return switchboard(desk.agent, desk.first)


def last_event() -> TelephonyEvent:
    return TelephonyEvent.objects.latest("pk")


# --- the hook --------------------------------------------------------------------------------------------------


def test_a_call_from_ringing_to_its_end(board: Switchboard, desk: Desk) -> None:
    assert [board.send(step).status_code for step in ("newCall", "answer", "hangup")] == [200, 200, 200]
    call = board.call()
    assert (call.number, call.person, call.agent) == ("+4930123456" + "17", desk.requester, desk.agent)
    assert (call.outcome, call.team) == (PhoneOutcome.ANSWERED, desk.first)
    assert call.answered_at is not None
    assert call.ended_at is not None
    codes = list(
        Event.objects.filter(subject_kind="phone_call").order_by("pk").values_list("code", flat=True)
    )
    assert codes == ["intake.call_rang", "intake.call_answered", "intake.call_ended"]


@pytest.mark.parametrize("order", list(itertools.permutations(("newCall", "answer", "hangup"))))
def test_the_order_does_not_matter_and_repetition_neither(
    board: Switchboard, desk: Desk, order: tuple[str, ...]
) -> None:
    for step in (*order, *order):
        assert board.send(step).status_code == 200
    call = board.call()
    assert (call.outcome, call.agent, call.person) == (PhoneOutcome.ANSWERED, desk.agent, desk.requester)
    states = TelephonyEvent.objects.values_list("state", flat=True)
    assert sorted(states) == ["applied"] * 3 + ["repeated"] * 3
    assert PhoneCall.objects.count() == 1


def test_nothing_without_the_secret_and_strangers_fill_no_disk(board: Switchboard) -> None:
    for _number in range(30):
        assert Client().post(board.path, "event=newCall", "text/plain").status_code == 403
    assert TelephonyEvent.objects.filter(state=TelephonyEventState.REFUSED).count() == 20
    assert not PhoneCall.objects.exists()


def test_unknown_switched_off_and_secretless_systems(board: Switchboard) -> None:
    assert Client().post(f"/hooks/telephony/{uuid4()}/", "x", "text/plain").status_code == 404
    TelephonySource.objects.filter(pk=board.source.pk).update(secret="")
    board.secret = ""
    assert board.send("newCall").status_code == 403
    TelephonySource.objects.filter(pk=board.source.pk).update(is_active=False)
    assert board.send("newCall").status_code == 404


def test_large_bodies_and_queries_are_refused_unread(board: Switchboard) -> None:
    assert board.post(b"a" * (32 * 1024 + 1)).status_code == 413
    answer = board.client.post(f"{board.path}?x={'y' * 5000}", "event=newCall", "text/plain")
    assert answer.status_code == 413
    assert not TelephonyEvent.objects.exists()


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"\xff\x00\xfe", "unreadable"), (b"{", "unreadable"), (b"event=dance", "no_event"), (b"", "no_event")],
)
def test_what_is_not_understood_is_kept_with_its_reason(board: Switchboard, body: bytes, reason: str) -> None:
    answer = board.post(body)
    assert (answer.status_code, answer.json()) == (422, {"error": reason})
    kept = last_event()
    assert (bytes(kept.body), kept.state, kept.reason) == (body, TelephonyEventState.MALFORMED, reason)


def test_too_many_requests_wait(board: Switchboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leitstelle.intake.views.telephony_hook.PER_MINUTE", 2)
    assert [board.send("newCall", f"c{n}").status_code for n in range(3)] == [200, 200, 429]


def test_sipgate_is_asked_to_tell_the_rest_and_the_secret_is_not_kept(desk: Desk) -> None:
    board = switchboard(desk.agent, kind=TelephonyKind.SIPGATE)
    sent = urlencode({"event": "newCall", "callId": "1", "direction": "in", "from": CALLER, "to": "49"})
    path = f"{board.path}?token={board.secret}"
    answer = Client().post(path, sent, "application/x-www-form-urlencoded")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    assert f'onHangup="http://testserver{path}"' in answer.content.decode()
    assert board.secret not in last_event().query


def test_placetel_signs(desk: Desk) -> None:
    board = switchboard(desk.agent, kind=TelephonyKind.PLACETEL)
    set_line(board.source, "0221 29191999", person=None, team=desk.first, by=SYSTEM, now=NOW)
    body = urlencode(
        {"event": "IncomingCall", "from": "anonymous", "to": "022129191999", "call_id": "a" * 64}
    )
    content = "application/x-www-form-urlencoded"
    headers = {"X-PLACETEL-SIGNATURE": signature_of(board.secret, body.encode())}
    assert Client().post(board.path, body, content, headers=headers).status_code == 200
    assert Client().post(board.path, body + "&x=1", content, headers=headers).status_code == 403
    call = board.call("a" * 64)
    assert (call.number, call.team) == ("", desk.first)
    rang = set(call.rings.values_list("person_id", flat=True))
    assert rang == set(desk.first.memberships.values_list("person_id", flat=True))
    assert rang


def test_3cx_asks_while_it_rings_and_reports_when_it_is_over(desk: Desk) -> None:
    board = switchboard(desk.agent, kind=TelephonyKind.THREECX)
    path = f"{board.path}?token={board.secret}&number=030123456-17&agent=21"
    assert Client().get(path).status_code == 200
    begun = timezone.now()
    report = {"Number": "030123456-17", "CallType": "Inbound", "Agent": "21", "Duration": "5"}
    report |= {"CallStartTimeUTC": begun.isoformat(), "CallEndTimeUTC": begun.isoformat()}
    for _time in range(2):
        assert board.post(json.dumps(report), "application/json").status_code == 200
    call = PhoneCall.objects.get()
    assert (call.outcome, call.agent, call.person) == (PhoneOutcome.ANSWERED, desk.agent, desk.requester)


def test_internal_calls_are_passed_over(board: Switchboard) -> None:
    assert board.send("newCall", **{"from": "22"}).status_code == 200
    assert (last_event().state, last_event().reason) == (
        TelephonyEventState.IGNORED,
        TelephonyReason.INTERNAL,
    )
    assert not PhoneCall.objects.exists()


def test_a_line_nobody_entered_is_said(board: Switchboard, desk: Desk) -> None:
    board.send("newCall", **{"userId[]": ["99"]})
    assert last_event().reason == TelephonyReason.NO_LINE
    assert cards_at(desk.as_agent(), timezone.now()) == []


def test_what_a_dead_process_left_is_understood_later(board: Switchboard) -> None:
    now = timezone.now()
    body = urlencode({"event": "newCall", "callId": "c9", "direction": "in", "from": CALLER}).encode()
    request = Request(method="POST", content_type="application/x-www-form-urlencoded", query="", body=body)
    keep_request(board.source, request, state=TelephonyEventState.KEPT, now=now - timedelta(minutes=2))
    assert find_stranded_calls(now) == 1
    assert board.call("c9").number.endswith("17")
    assert find_stranded_calls(now) == 0
    assert forget_told(now + timedelta(days=31)) == 1


# --- who is calling, whose telephone ---------------------------------------------------------------------------


def test_several_people_of_a_line_are_offered_and_none_is_taken(board: Switchboard, desk: Desk) -> None:
    other = make_person("Ole Zweit", phone("+49 30 123456-17"), organisation=desk.organisation)
    board.send("newCall")
    call = board.call()
    assert call.person is None
    assert {one.person for one in call.candidates.all()} == {desk.requester, other}
    [card] = cards_at(desk.as_agent(), timezone.now())
    assert {person.pk for person in card.people} == {desk.requester.pk, other.pk}
    assert calls_of_person(desk.as_agent(), other, 5) == [call]


def test_the_card_knows_caller_and_open_tickets_and_goes_with_the_call(
    board: Switchboard, desk: Desk
) -> None:
    ticket = desk.open()
    board.send("newCall")
    [card] = cards_at(desk.as_agent(), timezone.now())
    assert ([one.pk for one in card.people], card.open_tickets) == ([desk.requester.pk], [ticket])
    assert cards_at(desk.as_expert(), timezone.now()) == []
    board.send("answer", userId="21")
    assert len(cards_at(desk.as_agent(), timezone.now())) == 1
    board.send("hangup")
    assert len(cards_at(desk.as_agent(), timezone.now())) == 1
    assert cards_at(desk.as_agent(), timezone.now() + timedelta(minutes=6)) == []


def test_a_group_call_leaves_the_others_when_one_answers(board: Switchboard, desk: Desk) -> None:
    set_line(board.source, "22", person=desk.expert, team=None, by=SYSTEM, now=NOW)
    board.send("newCall", **{"userId[]": ["21", "22"]})
    assert all(cards_at(viewer, timezone.now()) for viewer in (desk.as_agent(), desk.as_expert()))
    board.send("answer", **{"userId[]": ["22"]})
    assert cards_at(desk.as_agent(), timezone.now()) == []
    assert len(cards_at(desk.as_expert(), timezone.now())) == 1


def test_only_whose_telephone_rings_hears_of_it(board: Switchboard, desk: Desk) -> None:
    board.send("newCall")
    notice = notice_of(Event.objects.filter(code="intake.call_rang").get())
    assert notice is not None
    topic = frozenset({f"telephone:{desk.agent.pk}"})
    assert heard(desk.as_agent(), topic, [notice])
    assert heard(desk.as_requester(), topic, [notice]) == []
    elsewhere = make_agent("Elke Fremd", scope=Scope(organisation=make_organisation("Fremd")))
    assert heard(as_agent(elsewhere), topic, [notice]) == []
    assert not visible_phone_calls(as_agent(elsewhere)).exists()


# --- call-back tickets -----------------------------------------------------------------------------------------


def missed(board: Switchboard, call_id: str = "c1", /, **more: object) -> None:
    board.send("newCall", call_id, **more)
    board.send("hangup", call_id, cause="cancel", **more)
    drain()


def test_a_missed_call_becomes_a_ticket_with_a_clock_once(board: Switchboard, desk: Desk) -> None:
    missed(board)
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.team, ticket.channel) == (desk.requester, desk.first, Channel.PHONE)
    assert ticket.next_due_at is not None
    missed(board, "c2")
    assert Ticket.objects.count() == 1
    assert [board.call(one).message.ticket for one in ("c1", "c2")] == [ticket, ticket]  # type: ignore[union-attr]


def test_calling_back_solves_it_and_the_next_missed_call_is_a_new_one(board: Switchboard, desk: Desk) -> None:
    missed(board)
    out = {"direction": "out", "from": "4940555000", "to": CALLER}
    for step in ("newCall", "answer", "hangup"):
        board.send(step, "c2", **out)
    drain()
    ticket = Ticket.objects.get()
    assert ticket.status_type == StatusType.RESOLVED
    assert ticket.messages.latest("pk").author == desk.agent
    missed(board, "c3")
    assert Ticket.objects.count() == 2


def test_a_call_back_ticket_somebody_worked_on_stays_open(board: Switchboard, desk: Desk) -> None:
    missed(board)
    ticket = Ticket.objects.get()
    page = signed_in(desk.agent).get(f"/tickets/{ticket.public_id}/")
    assert "Telephone calls" in page.content.decode()
    write_note(ticket, "Ruft wegen VPN an.", by=desk.as_agent(), now=timezone.now())
    for step in ("newCall", "answer", "hangup"):
        board.send(step, "c2")
    drain()
    ticket.refresh_from_db()
    assert ticket.is_ongoing
    assert board.call("c2").message is not None


@pytest.mark.parametrize("more", [{"from": "anonymous"}, {"cause": "forwarded"}])
def test_no_ticket_where_nobody_can_be_called_back(board: Switchboard, more: dict[str, object]) -> None:
    board.send("newCall", **{"from": more.get("from", CALLER)})
    board.send("hangup", **{"cause": "cancel", **more})
    drain()
    assert not Ticket.objects.exists()


def test_no_ticket_where_it_is_switched_off_or_the_answer_came_late(board: Switchboard) -> None:
    board.send("newCall")
    board.send("hangup", cause="cancel")
    board.send("answer")  # told after the end: it was no missed call
    drain()
    assert not Ticket.objects.exists()
    TelephonySource.objects.update(missed_tickets=False)
    missed(board, "c2")
    assert not Ticket.objects.exists()


# --- entering a call from its card, pages, administration ------------------------------------------------------


def test_the_form_begins_with_the_call_and_joins_it(board: Switchboard, desk: Desk) -> None:
    board.send("newCall")
    board.send("answer")
    call, client = board.call(), signed_in(desk.agent)
    shown = client.get("/tickets/call/", {"phone_call": str(call.public_id)})
    text = shown.content.decode()
    assert f'value="{desk.requester.pk}"' in text
    assert str(call.public_id) in text
    values = {
        "once": str(uuid4()), "opened": (call.answered_at or NOW).isoformat(), "channel": "phone",
        "phone_call": str(call.public_id), "person": str(desk.requester.pk), "who": "", "body": "VPN bricht ab.",
        "matrix": "hindered:person", "kind": "incident", "outcome": "take", "code": "solved",
        "started": timezone.localtime(call.answered_at).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    answer = client.post("/tickets/call/", values)
    assert answer.status_code == 303, answer.content.decode()[:2000]
    call.refresh_from_db()
    assert call.message is not None
    assert call.message.ticket.assignee == desk.agent
    assert cards_at(desk.as_agent(), timezone.now()) == []


def test_pages_of_the_log_the_person_and_the_card(board: Switchboard, desk: Desk) -> None:
    board.send("newCall")
    client = signed_in(desk.agent)
    for path in ("/calls/", "/calls/ringing/", f"/people/{desk.requester.public_id}/"):
        text = client.get(path, follow=True).content.decode()
        assert desk.requester.display_name in text, path
    assert signed_in(desk.requester).get("/calls/").status_code == 403
    assert signed_in(desk.requester).get("/calls/ringing/").status_code == 403


def test_administration(desk: Desk) -> None:
    client = signed_in(desk.admin)
    made = client.post(
        "/administration/telephony/new/", {"name": "Haus", "kind": "sipgate", "is_active": "on"}
    )
    assert made.status_code == 303
    source = TelephonySource.objects.get()
    path = f"/administration/telephony/{source.public_id}/lines/"
    secret = client.post(path, {"step": "secret"})
    source.refresh_from_db()
    assert str(source.secret) in secret.content.decode()
    assert f"?token={source.secret}" in secret.content.decode()
    assert str(source.secret) not in client.get(path).content.decode()
    assert client.post(path, {"step": "line", "key": " W0 ", "person": desk.agent.pk}).status_code == 303
    assert client.post(path, {"step": "line", "key": "w1"}).status_code == 422
    line = source.lines.get()
    assert (line.key, line.person) == ("w0", desk.agent)
    assert "w0" in client.get(path).content.decode()
    assert client.post(path, {"step": "remove", "line": line.pk}).status_code == 303
    assert not source.lines.exists()
    assert signed_in(desk.agent).get(path).status_code == 403
    assert not visible_sources(desk.as_agent()).exists()


def test_refusals_of_the_administration(board: Switchboard, desk: Desk) -> None:
    new = TelephonySourceInput(name="Zentrale")
    with pytest.raises(SourceNameTaken):
        create_source(new, by=SYSTEM, now=NOW)
    with pytest.raises(NotAllowed):
        change_source(board.source, new, version=1, by=desk.as_agent(), now=NOW)
    with pytest.raises(NobodysLine):
        set_line(board.source, "21", person=None, team=None, by=SYSTEM, now=NOW)


def test_calls_over_the_api(board: Switchboard, desk: Desk) -> None:
    missed(board)
    board.send("newCall", "c2")
    found = signed_in(desk.agent).get("/api/v1/phone-calls", {"outcome": "missed"}).json()
    [call] = found["items"]
    assert (call["number"], call["outcome"], call["agent"]) == ("+493012345617", "missed", None)
    assert call["ticket_number"] == Ticket.objects.get().number
    assert [one["name"] for one in call["people"]] == [desk.requester.display_name]
    assert len(signed_in(desk.agent).get("/api/v1/phone-calls").json()["items"]) == 2
    assert signed_in(desk.requester).get("/api/v1/phone-calls").json()["items"] == []
