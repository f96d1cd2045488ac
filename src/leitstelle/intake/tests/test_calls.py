"""Entering calls: true times, outcomes in one transaction, unknown callers, pressing twice, and who may not."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from leitstelle.accounts.actions import Scope, change_contact_points
from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent, email, make_agent, make_team, phone
from leitstelle.assets.models import Asset, AssetKind
from leitstelle.intake.actions.calls import Ending, Matter, NewCall, enter_call, introduce_caller
from leitstelle.intake.choices import Outcome
from leitstelle.intake.errors import AnswerMissing, CallEntered, NoFollowUp, WhoCalls
from leitstelle.intake.models import Call
from leitstelle.intake.rules.calls import ENTERED_WITHIN, Span, Stranger, noted, span_of
from leitstelle.kernel.errors import DomainError, NotAllowed
from leitstelle.kernel.events import Event
from leitstelle.kernel.mail import OutboxMail
from leitstelle.kernel.work import drain
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Channel, Direction, DraftMode
from leitstelle.tickets.errors import TriedMissing
from leitstelle.tickets.models import Draft, Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.tickets.tests.desk import Desk, make_desk, two_tier

BEGIN = NOW - timedelta(minutes=4)
TALK = Span(BEGIN, NOW, 240)


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


def a_call(desk: Desk, **changes: object) -> NewCall:
    new = NewCall(once=uuid4(), span=TALK, text="VPN bricht ab.\nSeit heute.", caller=desk.requester)
    return replace(new, **changes)  # type: ignore[arg-type]


def solved(**changes: str) -> Ending:
    return replace(Ending(outcome=Outcome.SOLVE, code="solved", answer="Router neu gestartet."), **changes)  # type: ignore[arg-type]


def codes(ticket: Ticket) -> list[str]:
    return list(
        Event.objects.filter(subject_kind="ticket", subject_id=ticket.pk)
        .order_by("pk")
        .values_list("code", flat=True)
    )


class TestRules:
    def test_what_was_typed_goes_where_it_belongs(self) -> None:
        assert noted("030/123456", Stranger()) == Stranger(number="030/123456")
        assert noted("Frau  Petersen", Stranger(number="1")) == Stranger(name="Frau Petersen", number="1")
        assert noted("p@fremd.example", Stranger()) == Stranger(email="p@fremd.example")
        assert noted("Petersen", Stranger(name="Ute Petersen")) == Stranger(name="Ute Petersen")
        assert noted("", Stranger()) == Stranger()
        assert not Stranger()

    def test_a_live_call_lasts_until_now(self) -> None:
        assert span_of(BEGIN, None, live=True, now=NOW) == Span(BEGIN, NOW, 240)
        assert span_of(BEGIN, 2, live=True, now=NOW) == Span(BEGIN, BEGIN + timedelta(minutes=2), 120)

    def test_a_call_entered_later_ends_when_it_is_said_to(self) -> None:
        yesterday = NOW - timedelta(days=1)
        assert span_of(yesterday, 5, live=False, now=NOW).end == yesterday + timedelta(minutes=5)
        assert span_of(yesterday, None, live=False, now=NOW) == Span(yesterday, yesterday, None)

    def test_an_open_form_of_yesterday_is_no_call_of_a_day(self) -> None:
        assert span_of(NOW - timedelta(days=1), None, live=True, now=NOW).seconds is None

    @pytest.mark.parametrize("begin", [NOW + timedelta(hours=1), NOW - ENTERED_WITHIN - timedelta(days=1)])
    def test_no_call_is_ahead_or_far_back(self, begin: object) -> None:
        with pytest.raises(ValueError, match="not a time"):
            span_of(begin, None, live=False, now=NOW)  # type: ignore[arg-type]

    def test_a_clock_that_runs_ahead_is_forgiven(self) -> None:
        assert span_of(NOW + timedelta(minutes=1), None, live=True, now=NOW).begin == NOW


class TestNewTicket:
    def test_left_open_it_counts_from_the_begin_of_the_call(self, desk: Desk) -> None:
        ticket = enter_call(a_call(desk), by=desk.as_agent(), now=NOW)
        message = ticket.messages.get()
        assert (ticket.subject, ticket.channel, ticket.requester) == (
            "VPN bricht ab.",
            Channel.PHONE,
            desk.requester,
        )
        assert (ticket.opened_at, ticket.team, ticket.assignee, ticket.status_id) == (
            BEGIN,
            desk.first,
            None,
            "new",
        )
        assert (message.at, message.recorded_at, message.talk_seconds) == (BEGIN, NOW, 240)
        assert (message.direction, message.author) == (Direction.INBOUND, desk.requester)
        event = Event.objects.get(code="ticket.opened")
        assert event.at == BEGIN
        assert event.recorded_at != event.at
        assert ticket.first_response_at == BEGIN

    def test_taken(self, desk: Desk) -> None:
        new = a_call(desk, ending=Ending(outcome=Outcome.TAKE), channel=Channel.WALK_IN)
        ticket = enter_call(new, by=desk.as_agent(), now=NOW)
        assert (ticket.assignee, ticket.status_id, ticket.channel) == (
            desk.agent,
            "in_progress",
            Channel.WALK_IN,
        )

    def test_solved_at_once_ends_with_the_call_and_sends_nothing(self, desk: Desk) -> None:
        earlier = NOW - timedelta(hours=3)
        span = Span(earlier, earlier + timedelta(minutes=5), 300)
        ticket = enter_call(a_call(desk, ending=solved(), span=span), by=desk.as_agent(), now=NOW)
        ticket.refresh_from_db()
        assert (ticket.status_id, ticket.assignee, ticket.resolved_at) == ("resolved", desk.agent, span.end)
        answer = ticket.messages.get(direction=Direction.OUTBOUND)
        assert (answer.channel, answer.at, answer.body.text) == (
            Channel.PHONE,
            span.end,
            "Router neu gestartet.",
        )
        assert codes(ticket) == ["ticket.opened", "ticket.message_added", "ticket.status_changed"]
        drain(NOW)
        assert not OutboxMail.objects.exists()

    def test_the_answer_goes_by_mail_where_that_is_wished(self, desk: Desk) -> None:
        ending = replace(solved(), by_mail=True)
        enter_call(a_call(desk, ending=ending), by=desk.as_agent(), now=NOW)
        drain(NOW)
        assert OutboxMail.objects.get().recipients.get().address == "miriam.brandt@werk-nord.example"

    def test_handed_over(self, desk: Desk) -> None:
        offer = tickets.HandoverOffer(to_team=desk.second, reason="Netz", tried="Router neu gestartet")
        new = a_call(desk, ending=Ending(outcome=Outcome.HAND_OVER, handover=offer))
        ticket = enter_call(new, by=desk.as_agent(), now=NOW)
        ticket.refresh_from_db()
        assert (ticket.team, ticket.handovers.get().tried) == (desk.second, "Router neu gestartet")

    def test_a_device_and_a_callback(self, desk: Desk) -> None:
        kind = AssetKind.objects.create(key="laptop", name_de="Notebook", name_en="Notebook", order=1)
        device = Asset.objects.create(
            name="NB-0412", sort_name="nb-0412", kind=kind, organisation=desk.organisation, created_at=NOW
        )
        new = a_call(desk, matter=Matter(subject="VPN", device=device), callback_number="0431 998")
        ticket = enter_call(new, by=desk.as_agent(), now=NOW)
        assert (ticket.subject, ticket.device_label) == ("VPN", "NB-0412")
        assert ticket.ticket_assets.get().asset == device
        assert Call.objects.get().callback_number == "0431 998"

    @pytest.mark.parametrize(
        ("ending", "error"),
        [
            (Ending(outcome=Outcome.SOLVE, code="solved"), AnswerMissing),
            (Ending(outcome=Outcome.SOLVE, code="no-such-code", answer="x"), DomainError),
        ],
    )
    def test_a_refusal_leaves_nothing_behind(
        self, desk: Desk, ending: Ending, error: type[DomainError]
    ) -> None:
        with pytest.raises(error):
            enter_call(a_call(desk, ending=ending), by=desk.as_agent(), now=NOW)
        assert not Ticket.objects.exists()
        assert not Call.objects.exists()

    def test_a_handover_without_what_was_tried_is_refused(self, desk: Desk) -> None:
        offer = tickets.HandoverOffer(to_team=desk.second, reason="Netz", tried=" ")
        with pytest.raises(TriedMissing):
            enter_call(
                a_call(desk, ending=Ending(outcome=Outcome.HAND_OVER, handover=offer)),
                by=desk.as_agent(),
                now=NOW,
            )
        assert not Ticket.objects.exists()

    def test_requesters_enter_no_calls(self, desk: Desk) -> None:
        with pytest.raises(NotAllowed):
            enter_call(a_call(desk), by=desk.as_requester(), now=NOW)

    def test_the_draft_is_forgotten(self, desk: Desk) -> None:
        new, by = a_call(desk), desk.as_agent()
        tickets.save_draft(None, DraftMode.CALL, "{}", by=by, now=NOW, key=new.once.hex)
        other = tickets.save_draft(None, DraftMode.CALL, "{}", by=by, now=NOW, key=uuid4().hex)
        enter_call(new, by=by, now=NOW)
        assert Draft.objects.get() == other, "a call begun beside it stays"


class TestTwice:
    def test_the_same_form_enters_one_call(self, desk: Desk) -> None:
        new = a_call(desk)
        first = enter_call(new, by=desk.as_agent(), now=NOW)
        assert enter_call(new, by=desk.as_agent(), now=NOW) == first
        assert Ticket.objects.count() == 1

    def test_other_words_are_not_dropped_silently(self, desk: Desk) -> None:
        new = a_call(desk)
        enter_call(new, by=desk.as_agent(), now=NOW)
        with pytest.raises(CallEntered):
            enter_call(replace(new, text="Etwas anderes"), by=desk.as_agent(), now=NOW)

    def test_two_agents_never_meet(self, desk: Desk) -> None:
        new = a_call(desk)
        enter_call(new, by=desk.as_agent(), now=NOW)
        enter_call(new, by=desk.as_expert(), now=NOW)
        assert Ticket.objects.count() == 2


class TestKnownTicket:
    def test_the_call_becomes_a_message_of_it(self, desk: Desk) -> None:
        ticket = desk.open(now=NOW - timedelta(days=1))
        new = a_call(desk, ticket=ticket, ending=solved())
        assert enter_call(new, by=desk.as_agent(), now=NOW) == ticket
        ticket.refresh_from_db()
        assert (Ticket.objects.count(), ticket.message_count, ticket.status_id) == (1, 3, "resolved")
        assert ticket.messages.get(channel=Channel.PHONE, direction=Direction.INBOUND).at == BEGIN

    def test_a_call_opens_a_solved_ticket_again(self, desk: Desk) -> None:
        ticket = desk.open(now=NOW - timedelta(days=1))
        tickets.resolve_ticket(ticket, code="solved", by=desk.as_agent(), now=NOW - timedelta(hours=2))
        enter_call(a_call(desk, ticket=ticket), by=desk.as_agent(), now=NOW)
        ticket.refresh_from_db()
        assert ticket.status_id == "in_progress"

    def test_not_to_one_that_ended_long_ago(self, desk: Desk) -> None:
        ticket = desk.open(now=NOW - timedelta(days=60))
        then = NOW - timedelta(days=50)
        tickets.resolve_ticket(ticket, code="solved", by=desk.as_agent(), now=then)
        tickets.close_ticket(ticket, by=desk.as_agent(), now=then)
        with pytest.raises(NoFollowUp):
            enter_call(a_call(desk, ticket=ticket), by=desk.as_agent(), now=NOW)


class TestUnknownCaller:
    PETERSEN = Stranger("Ute Petersen", "0431/99 88-77", "ute@fremd.example", "Fremd AG")

    def test_every_word_is_kept(self, desk: Desk) -> None:
        ticket = enter_call(a_call(desk, caller=None, stranger=self.PETERSEN), by=desk.as_agent(), now=NOW)
        message = ticket.messages.get()
        assert (ticket.requester, message.from_name) == (None, "Ute Petersen")
        assert all(part in message.body.text for part in ("VPN", "0431/99 88-77", "Fremd AG", "ute@"))
        call = Call.objects.get()
        assert (call.caller_name, call.caller_number) == ("Ute Petersen", "0431/99 88-77")

    def test_a_new_person_in_the_same_step(self, desk: Desk) -> None:
        new = a_call(
            desk, caller=None, stranger=replace(self.PETERSEN, organisation="werk nord"), create_person=True
        )
        ticket = enter_call(new, by=desk.as_agent(), now=NOW)
        person = ticket.requester
        assert person is not None
        assert (person.organisation, person.family_name) == (desk.organisation, "Petersen")
        assert sorted(point.normalised for point in person.contact_points.all()) == [
            "+49431998877",
            "ute@fremd.example",
        ]

    def test_a_number_nobody_can_dial_becomes_a_note(self, desk: Desk) -> None:
        new = a_call(desk, caller=None, stranger=Stranger("Ute Petersen", "Apparat 12"), create_person=True)
        person = enter_call(new, by=desk.as_agent(), now=NOW).requester
        assert person is not None
        assert "Apparat 12" in person.note

    def test_somebody_must_be_named(self, desk: Desk) -> None:
        with pytest.raises(WhoCalls):
            enter_call(a_call(desk, caller=None), by=desk.as_agent(), now=NOW)

    def test_named_later(self, desk: Desk) -> None:
        ticket = enter_call(a_call(desk, caller=None, stranger=self.PETERSEN), by=desk.as_agent(), now=NOW)
        person = introduce_caller(ticket, self.PETERSEN, by=desk.as_agent(), now=NOW)
        ticket.refresh_from_db()
        assert (ticket.requester, Call.objects.get().caller_name) == (person, "Ute Petersen")


class TestScopes:
    def scoped(self, desk: Desk, **scope: object) -> Person:
        return make_agent("Gerd Eng", email("gerd.eng@desk.example"), scope=Scope(**scope))  # type: ignore[arg-type]

    def test_an_agent_of_one_team_solves_in_their_own(self, desk: Desk) -> None:
        team = make_team("Schalter", agent := self.scoped(desk))
        only = make_agent("Ina Nur", email("ina.nur@desk.example"), scope=Scope(team=team))
        team.memberships.create(person=only)
        viewer = as_agent(only)
        ticket = enter_call(a_call(desk, ending=solved()), by=viewer, now=NOW)
        ticket.refresh_from_db()
        assert (ticket.team, ticket.status_id) == (team, "resolved")
        assert agent != only

    def test_an_agent_of_one_customer_notes_strangers_there(self, desk: Desk) -> None:
        viewer = as_agent(self.scoped(desk, organisation=desk.organisation))
        new = a_call(desk, caller=None, stranger=Stranger("Ute Petersen"), create_person=True)
        ticket = enter_call(new, by=viewer, now=NOW)
        assert ticket.organisation == desk.organisation
        assert visible_tickets(viewer).filter(pk=ticket.pk).exists()


def test_a_caller_of_several_numbers(desk: Desk) -> None:
    change_contact_points(
        desk.requester, [phone("030 123456-17"), email("m@werk-nord.example")], by=SYSTEM, now=NOW
    )
    assert enter_call(a_call(desk), by=desk.as_agent(), now=NOW).requester == desk.requester


def test_a_call_of_a_customer_with_another_scheme_begins_there(desk: Desk) -> None:
    front = two_tier(desk.organisation)
    ticket = enter_call(a_call(desk), by=desk.as_agent(), now=NOW)
    assert ticket.team == front
