"""Two people at one ticket at once: nobody overwrites, nothing that somebody wrote goes unheard."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from leitstelle.accounts.choices import TokenScope
from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, make_agent, make_team
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.choices import HandoverState, StatusType
from leitstelle.tickets.errors import HandoverNotOpen
from leitstelle.tickets.models import Draft, Ticket
from leitstelle.tickets.rules.inputs import NewRecipient
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def sign_in(client: Client, person: Person) -> None:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")


def url(name: str, ticket: Ticket, *more: str) -> str:
    return reverse(f"tickets:{name}", args=[ticket.public_id, *more])


def offer(desk: Desk, ticket: Ticket) -> actions.HandoverOffer:
    return actions.HandoverOffer(to_team=desk.second, reason="Netz", tried="Neu gestartet")


def test_words_written_while_an_agent_resolves_reopen_the_ticket(desk: Desk) -> None:
    seen = desk.open()
    actions.resolve_ticket(
        Ticket.objects.get(pk=seen.pk), code="solved", by=desk.as_agent(), now=NOW + timedelta(minutes=1)
    )
    actions.reply(seen, "Geht immer noch nicht.", recipients=(), by=desk.as_requester(), now=LATER)
    assert Ticket.objects.get(pk=seen.pk).status_type == StatusType.OPEN


def test_the_first_of_two_answers_counts_as_the_response(desk: Desk) -> None:
    seen = desk.open()
    actions.reply(
        Ticket.objects.get(pk=seen.pk),
        "Eins",
        recipients=(),
        by=desk.as_agent(),
        now=NOW + timedelta(minutes=1),
    )
    actions.reply(seen, "Zwei", recipients=(), by=desk.as_expert(), now=LATER)
    assert Ticket.objects.get(pk=seen.pk).first_response_at == NOW + timedelta(minutes=1)


def test_an_offer_that_an_assignment_overtook_cannot_be_accepted(desk: Desk) -> None:
    ticket = desk.open()
    handover = actions.hand_over(ticket, offer(desk, ticket), by=desk.as_agent(), now=NOW)
    third = make_team("Anwendungen", make_agent("Carla Drei"))
    actions.assign_ticket(ticket, team=third, to=None, by=desk.as_agent(), now=LATER)
    handover.refresh_from_db()
    assert handover.state == HandoverState.SUPERSEDED
    with pytest.raises(HandoverNotOpen):
        actions.accept_handover(handover, by=desk.as_expert(), now=LATER)
    assert Ticket.objects.get(pk=ticket.pk).team == third


def test_a_failed_delivery_is_marked_until_it_is_answered_again(desk: Desk) -> None:
    ticket, by = desk.open(), Viewer.system()
    to = (NewRecipient(email="miriam.brandt@werk-nord.example"),)
    first = actions.reply(ticket, "Eins", recipients=to, by=desk.as_agent(), now=NOW)
    actions.report_delivery(first, state="failed", by=by, now=LATER)
    assert Ticket.objects.get(pk=ticket.pk).delivery_failed
    second = actions.reply(ticket, "Zwei", recipients=to, by=desk.as_agent(), now=LATER)
    actions.report_delivery(second, state="sent", by=by, now=LATER)
    assert not Ticket.objects.get(pk=ticket.pk).delivery_failed
    actions.report_delivery(first, state="failed", by=by, now=LATER)
    assert Ticket.objects.get(pk=ticket.pk).delivery_failed


def test_a_token_that_only_reads_changes_nothing(desk: Desk) -> None:
    ticket = desk.open()
    reading = replace(desk.as_agent(), token_scopes=frozenset({str(TokenScope.READ)}), token_id="1")
    with pytest.raises(NotAllowed):
        actions.take_ticket(ticket, by=reading, now=LATER)
    with pytest.raises(NotAllowed):
        actions.write_note(ticket, "Notiz", by=reading, now=LATER)
    with pytest.raises(NotAllowed):
        actions.confirm_solution(ticket, by=reading, now=LATER)


def test_who_takes_what_somebody_took_a_moment_ago_is_told(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    seen = ticket.assignment_version
    actions.take_ticket(ticket, by=desk.as_agent(), now=LATER)
    sign_in(client, desk.expert)
    client.post(url("take", ticket), {"version": str(seen)})
    assert Ticket.objects.get(pk=ticket.pk).assignee == desk.agent


def test_a_form_in_conflict_can_be_sent_again(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    stale = ticket.classification_version
    actions.change_subject(ticket, "Anders", by=desk.as_expert(), now=LATER)
    sign_in(client, desk.agent)
    refused = client.post(url("subject", ticket), {"version": str(stale), "subject": "Mein Betreff"})
    assert refused.status_code == 422
    assert "Mein Betreff" in refused.content.decode()
    assert f'name="version" value="{stale + 1}"' in refused.content.decode()


def test_what_no_form_offers_is_refused_not_a_crash(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    sign_in(client, desk.agent)
    scales = {"kind": "incident", "matrix": "nope:nope"}
    assert client.post(url("classify", ticket), scales).status_code == 422
    new = scales | {"channel": "phone", "requester": "Miriam", "subject": "x", "text": "y"}
    assert client.post(reverse("tickets:new"), new).status_code == 422
    past = {"status": "waiting_requester", "reason": "x", "until": "0001-01-01T00:00"}
    assert client.post(url("step", ticket, "wait"), past).status_code == 422
    assert client.get("/tickets/?status=%00").status_code == 400
    assert client.get(f"/live/poll/?since=1&topics=ticket:{'9' * 25}").status_code == 200
    assert client.post(url("draft", ticket), {"mode": "reply", "body": "a\x00b"}).status_code == 204
    assert Draft.objects.get(ticket=ticket).text == "ab"


def test_an_odd_number_is_refused_not_a_crash(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    sign_in(client, desk.agent)
    for number in ("²", "9" * 30):
        assert client.post(url("requester", ticket), {"person": number}).status_code in (404, 422)
