"""Every intent: the state it leaves, the event it records, and whom it refuses."""

from datetime import timedelta

import pytest

from leitstelle.accounts.tests.cast import NOW, as_requester
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import Event, Subject, events_for
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction, HandoverState, LinkKind, ParticipantRole
from leitstelle.tickets.errors import (
    EmptyText,
    HandoverNotOpen,
    NotInTeam,
    ReasonMissing,
    StepNotPossible,
    TicketChanged,
    TriedMissing,
)
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def codes(ticket: Ticket) -> list[str]:
    return [event.code for event in events_for(Subject("ticket", ticket.pk))]


def last_event(ticket: Ticket) -> Event:
    return events_for(Subject("ticket", ticket.pk)).reverse()[0]


def answer(desk: Desk, ticket: Ticket, text: str = "Bitte neu starten.") -> Message:
    return actions.reply(ticket, text, recipients=(), by=desk.as_agent(), now=NOW + timedelta(minutes=5))


def test_opening_numbers_classifies_and_records(desk: Desk) -> None:
    ticket, other = desk.open(), desk.open()
    assert other.number == ticket.number + 1
    assert (ticket.status_id, ticket.priority_id, ticket.team, ticket.level) == (
        "new",
        3,
        desk.first,
        desk.first.level,
    )
    assert ticket.organisation == desk.organisation
    assert codes(ticket) == ["ticket.opened"]
    assert last_event(ticket).state["status"] == "new"


def test_a_guest_opens_nothing(desk: Desk) -> None:
    new = actions.NewTicket(subject="x", channel=Channel.PORTAL, requester_id=None)
    first = NewMessage(
        text="x", direction=Direction.INBOUND, channel=Channel.PORTAL, audience=Audience.PUBLIC
    )
    with pytest.raises(NotAllowed):
        actions.open_ticket(new, first, by=Viewer.guest(), now=NOW)
    assert not Ticket.objects.exists()


def test_an_empty_report_is_refused_whole(desk: Desk) -> None:
    with pytest.raises(InvalidInput):
        desk.open("", text=" ")
    assert not Ticket.objects.exists()


def test_a_reply_is_a_response_and_a_note_is_none(desk: Desk) -> None:
    ticket = desk.open()
    actions.write_note(ticket, "Toner?", by=desk.as_agent(), now=NOW)
    assert ticket.first_response_at is None
    message = answer(desk, ticket)
    ticket.refresh_from_db()
    assert ticket.first_response_at == message.at
    assert ticket.message_count == 3
    assert last_event(ticket).data["is_response"] is True


def test_an_empty_reply_is_refused(desk: Desk) -> None:
    ticket = desk.open()
    with pytest.raises(EmptyText):
        answer(desk, ticket, "  \n")


def test_a_requester_cannot_write_internally_nor_on_others_tickets(desk: Desk) -> None:
    ticket = desk.open()
    with pytest.raises(NotAllowed):
        actions.write_note(ticket, "x", by=desk.as_requester(), now=NOW)
    with pytest.raises(NotAllowed):
        actions.reply(ticket, "x", recipients=(), by=as_requester(desk.outsider), now=NOW)


def test_waiting_needs_a_reason_and_ends_with_the_requesters_answer(desk: Desk) -> None:
    ticket = desk.open()
    with pytest.raises(ReasonMissing):
        actions.wait_for(ticket, "waiting_requester", reason=" ", by=desk.as_agent(), now=NOW)
    actions.wait_for(ticket, "waiting_requester", reason="Welcher Drucker?", by=desk.as_agent(), now=NOW)
    assert Message.objects.get(ticket=ticket, audience="internal").body.text == "Welcher Drucker?"
    actions.reply(ticket, "Der im Flur.", recipients=(), by=desk.as_requester(), now=NOW + timedelta(hours=1))
    ticket.refresh_from_db()
    assert ticket.status_id == "in_progress"
    assert codes(ticket)[-2:] == ["ticket.message_added", "ticket.status_changed"]


def test_an_automatic_mail_changes_no_state(desk: Desk) -> None:
    ticket = desk.open()
    actions.wait_for(ticket, "waiting_requester", reason="?", by=desk.as_agent(), now=NOW)
    away = NewMessage(
        text="Ich bin nicht da.",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        author_id=desk.requester.pk,
        automatic_kind="out_of_office",
    )
    actions.add_message(ticket, away, by=Viewer.system(), now=NOW)
    ticket.refresh_from_db()
    assert (ticket.status_id, ticket.last_requester_message_at) == ("waiting_requester", NOW)


def test_resolve_confirm_reopen(desk: Desk) -> None:
    ticket = desk.open()
    with pytest.raises(InvalidInput):
        actions.resolve_ticket(ticket, code="magic", by=desk.as_agent(), now=NOW)
    actions.resolve_ticket(ticket, code="solved", by=desk.as_agent(), now=NOW)
    assert (ticket.status_id, ticket.resolution_code_id) == ("resolved", "solved")
    actions.confirm_solution(ticket, by=desk.as_requester(), now=NOW)
    assert ticket.status_id == "closed"
    actions.reopen_ticket(ticket, by=desk.as_requester(), now=NOW)
    assert (ticket.status_id, ticket.reopen_count, ticket.resolved_at) == ("in_progress", 1, None)
    with pytest.raises(StepNotPossible):
        actions.confirm_solution(ticket, by=desk.as_requester(), now=NOW)


def test_an_agent_gives_a_reason_for_reopening(desk: Desk) -> None:
    ticket = desk.open()
    actions.resolve_ticket(ticket, code="solved", by=desk.as_agent(), now=NOW)
    with pytest.raises(ReasonMissing):
        actions.reopen_ticket(ticket, by=desk.as_agent(), now=NOW)


def test_taking_starts_the_work(desk: Desk) -> None:
    ticket = desk.open()
    actions.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    assert (ticket.assignee_id, ticket.status_id) == (desk.agent.pk, "in_progress")
    assert codes(ticket) == ["ticket.opened", "ticket.assigned", "ticket.status_changed"]


def test_assigning_outside_the_team_is_refused(desk: Desk) -> None:
    with pytest.raises(NotInTeam):
        actions.assign_ticket(desk.open(), team=desk.first, to=desk.expert, by=desk.as_agent(), now=NOW)


def test_two_people_changing_the_same_fields_are_told(desk: Desk) -> None:
    ticket = desk.open()
    stale = Ticket.objects.get(pk=ticket.pk)
    actions.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    with pytest.raises(TicketChanged) as refused:
        actions.assign_ticket(
            stale, team=desk.second, to=None, by=desk.as_lead(), now=NOW, expected=stale.assignment_version
        )
    assert refused.value.params["theirs"]["assignee_id"] == desk.agent.pk
    assert codes(ticket).count("ticket.assigned") == 1


def test_a_handover_asks_what_was_tried(desk: Desk) -> None:
    ticket = desk.open()
    for offer, error in (
        (actions.HandoverOffer(to_team=desk.second, reason="", tried="x"), ReasonMissing),
        (actions.HandoverOffer(to_team=desk.second, reason="x", tried=" "), TriedMissing),
    ):
        with pytest.raises(error):
            actions.hand_over(ticket, offer, by=desk.as_agent(), now=NOW)
    assert ticket.handover_count == 0


def test_a_handover_is_accepted_once(desk: Desk) -> None:
    ticket = desk.open()
    offer = actions.HandoverOffer(to_team=desk.second, reason="Netz", tried="Neustart, Kabel")
    handover = actions.hand_over(ticket, offer, by=desk.as_agent(), now=NOW)
    assert (ticket.team_id, ticket.level_id, ticket.assignee_id) == (
        desk.second.pk,
        desk.second.level_id,
        None,
    )
    with pytest.raises(NotAllowed):
        actions.accept_handover(handover, by=desk.as_agent(), now=NOW)
    actions.accept_handover(handover, by=desk.as_expert(), now=NOW)
    ticket.refresh_from_db()
    assert (ticket.team, ticket.assignee, ticket.status_id) == (desk.second, desk.expert, "in_progress")
    with pytest.raises(HandoverNotOpen):
        actions.accept_handover(handover, by=desk.as_expert(), now=NOW)


def test_a_returned_handover_goes_back_to_whoever_gave_it(desk: Desk) -> None:
    ticket = desk.open()
    actions.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    offer = actions.HandoverOffer(to_team=desk.second, reason="Netz", tried="Neustart")
    handover = actions.hand_over(ticket, offer, by=desk.as_agent(), now=NOW)
    with pytest.raises(ReasonMissing):
        actions.return_handover(handover, reason="", by=desk.as_expert(), now=NOW)
    actions.return_handover(handover, reason="Es fehlt die Gerätenummer.", by=desk.as_expert(), now=NOW)
    ticket.refresh_from_db()
    assert (ticket.team, ticket.assignee) == (desk.first, desk.agent)
    assert handover.state == HandoverState.RETURNED


def test_classifying_sets_the_priority_and_records_the_difference(desk: Desk) -> None:
    ticket = desk.open()
    wanted = actions.Classification(kind="incident", category_id=None, impact="business", urgency="stopped")
    actions.classify(ticket, wanted, by=desk.as_agent(), now=NOW)
    assert ticket.priority_id == 1
    assert ["priority", "3", "1"] in [list(change) for change in last_event(ticket).data["changes"]]
    actions.classify(ticket, wanted, by=desk.as_agent(), now=NOW)
    assert codes(ticket).count("ticket.classified") == 1


def test_a_priority_by_hand_overrides_the_matrix(desk: Desk) -> None:
    ticket = desk.open()
    wanted = actions.Classification(
        kind="incident", category_id=None, impact="person", urgency="can_wait", priority=1
    )
    actions.classify(ticket, wanted, by=desk.as_agent(), now=NOW)
    assert (ticket.priority_id, ticket.priority_is_manual) == (1, True)


def test_links_and_participants(desk: Desk) -> None:
    ticket, other = desk.open(), desk.open()
    actions.link_tickets(ticket, other, LinkKind.RELATED, by=desk.as_agent(), now=NOW)
    actions.link_tickets(ticket, other, LinkKind.RELATED, by=desk.as_agent(), now=NOW)
    assert codes(ticket).count("ticket.linked") == 1
    actions.add_participant(ticket, desk.colleague, ParticipantRole.WATCHER, by=desk.as_agent(), now=NOW)
    with pytest.raises(NotAllowed):
        actions.add_participant(
            ticket, desk.outsider, ParticipantRole.WATCHER, by=desk.as_requester(), now=NOW
        )


def test_texts_never_reach_the_journal(desk: Desk) -> None:
    ticket = desk.open("Geheimwort im Betreff", text="Geheimwort im Text")
    actions.wait_for(ticket, "waiting_third", reason="Geheimwort im Grund", by=desk.as_agent(), now=NOW)
    actions.change_subject(ticket, "Geheimwort neu", by=desk.as_agent(), now=NOW)
    assert not any("Geheimwort" in str(event.data) + str(event.state) for event in Event.objects.all())
