"""Who is told what: each event, once per person, never who did it, never what somebody may not see."""

from datetime import timedelta

import pytest

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.tests.cast import SYSTEM, as_agent, email, make_agent
from leitstelle.intake.actions import accept_raw
from leitstelle.intake.events import MailQuarantined
from leitstelle.intake.models import InboundMail, Mailbox
from leitstelle.intake.tests.factories import mail as raw_mail
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Event, Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.notifications.actions import follow_ticket, tell, telling, unfollow_ticket
from leitstelle.notifications.models import Follow, MailItem, Notification
from leitstelle.notifications.tests.house import NOW, make_house, told, work
from leitstelle.sla.events import ThresholdReached
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def desk(db: None) -> Desk:
    return make_house()


def test_a_new_ticket_is_told_to_its_team_and_an_assigned_one_to_the_assignee(desk: Desk) -> None:
    ticket = desk.open()
    work()
    assert told(desk.agent) == [("team_queue", "team")]
    assert told(desk.lead) == [("team_queue", "team")]
    assert told(desk.expert) == []
    actions.assign_ticket(ticket, team=desk.first, to=desk.agent, by=desk.as_lead(), now=LATER)
    work()
    assert told(desk.agent)[1:] == [("assigned", "assignee")]
    # Who assigned it did it themselves, and the step "in progress" is no news of its own.
    assert len(told(desk.lead)) == 1


def test_taking_a_ticket_tells_nobody(desk: Desk) -> None:
    ticket = desk.open()
    work()
    actions.take_ticket(ticket, by=desk.as_agent(), now=LATER)
    work()
    assert len(told(desk.agent)) == 1
    assert len(told(desk.lead)) == 1


def test_a_handover_is_told_to_the_receiving_team_and_its_return_to_who_handed_over(desk: Desk) -> None:
    ticket = desk.open()
    actions.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    work()
    Notification.objects.all().delete()
    offer = actions.HandoverOffer(to_team=desk.second, reason="r", tried="t")
    handover = actions.hand_over(ticket, offer, by=desk.as_agent(), now=LATER)
    work()
    assert told(desk.expert) == [("handed_over", "team")]
    assert told(desk.agent) == []
    actions.return_handover(handover, reason="zu frueh", by=desk.as_expert(), now=LATER)
    work()
    # Both assignee before and author of the handover: once, with the stronger reason.
    assert told(desk.agent) == [("returned", "assignee")]
    assert told(desk.expert) == [("handed_over", "team")]


def test_a_requesters_words_reach_assignee_and_followers_once_though_they_reopen(desk: Desk) -> None:
    ticket = desk.open()
    actions.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    follow_ticket(ticket, by=desk.as_agent(), now=NOW)
    follow_ticket(ticket, by=desk.as_expert(), now=NOW)
    actions.resolve_ticket(ticket, code="solved", by=desk.as_agent(), now=NOW)
    work()
    Notification.objects.all().delete()
    actions.reply(ticket, "Geht doch nicht", recipients=(), by=desk.as_requester(), now=LATER)
    work()
    assert Event.objects.filter(code="ticket.status_changed", data__verb="reopen").exists()
    assert told(desk.agent) == [("requester_wrote", "assignee")]
    assert told(desk.expert) == [("requester_wrote", "follower")]


def test_an_out_of_office_note_tells_nobody(desk: Desk) -> None:
    ticket = desk.open()
    work()
    Notification.objects.all().delete()
    note = NewMessage(
        text="Ich bin im Urlaub",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        automatic_kind="out_of_office",
    )
    actions.add_message(ticket, note, by=SYSTEM, now=LATER)
    work()
    assert not Notification.objects.exists()


def test_a_mention_goes_before_the_note_and_reaches_only_who_may_see_the_ticket(desk: Desk) -> None:
    narrow = make_agent(
        "Nele Nah", email("nele@desk.example"), scope=accounts.Scope(organisation=desk.elsewhere)
    )
    ticket = desk.open()
    actions.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    work()
    Notification.objects.all().delete()
    text = "@Mareike Thomsen und @Nele Nah und @Miriam Brandt: @Jonas Wendt weiß es"
    actions.write_note(ticket, text, by=desk.as_lead(), now=LATER)
    work()
    assert told(desk.expert) == [("mentioned", "mentioned")]
    assert told(desk.agent) == [("mentioned", "mentioned")]
    assert told(narrow) == []
    assert told(desk.requester) == []
    assert told(desk.lead) == []


def test_a_restricted_note_is_told_to_leads_only(desk: Desk) -> None:
    ticket = desk.open()
    actions.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    work()
    Notification.objects.all().delete()
    note = NewMessage(
        text="@Lena Vogt @Mareike Thomsen streng geheim",
        direction=Direction.INTERNAL,
        channel=Channel.WORKSPACE,
        audience=Audience.RESTRICTED,
        author_id=desk.admin.pk,
        author_is_agent=True,
    )
    actions.add_message(ticket, note, by=as_agent(desk.admin), now=LATER)
    work()
    assert told(desk.lead) == [("mentioned", "mentioned")]
    assert told(desk.agent) == []
    assert told(desk.expert) == []


def test_an_answer_is_told_to_the_requester_in_the_portal_and_never_mailed_twice(desk: Desk) -> None:
    ticket = desk.open()
    work()
    actions.reply(
        ticket, "Bitte neu starten", recipients=reply_recipients(ticket), by=desk.as_agent(), now=LATER
    )
    work()
    assert told(desk.requester) == [("answered", "requester")]
    assert Notification.objects.get(person=desk.requester).in_portal
    assert not MailItem.objects.filter(person=desk.requester).exists()


def test_steps_are_told_to_followers_and_the_important_ones_to_the_requester(desk: Desk) -> None:
    ticket = desk.open()
    actions.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    follow_ticket(ticket, by=desk.as_expert(), now=NOW)
    work()
    Notification.objects.all().delete()
    actions.wait_for(ticket, "waiting_vendor", reason="Teil bestellt", by=desk.as_agent(), now=LATER)
    work()
    assert told(desk.expert) == [("status", "follower")]
    assert told(desk.requester) == []
    actions.resolve_ticket(ticket, code="solved", by=desk.as_agent(), now=LATER)
    work()
    assert told(desk.requester) == [("status", "requester")]
    assert told(desk.agent) == []


@unit()
def _ring(desk: Desk, ticket_id: int, percent: int) -> None:
    record(
        ThresholdReached(metric="response", percent=percent, agreement_version=1),
        subject=Subject("ticket", ticket_id),
        actor=Viewer.system().actor,
        at=LATER,
    )


def test_deadlines_are_told_to_whoever_works_and_a_breach_to_the_lead(desk: Desk) -> None:
    ticket = desk.open()
    actions.assign_ticket(ticket, team=desk.first, to=desk.agent, by=desk.as_lead(), now=NOW)
    work()
    Notification.objects.all().delete()
    _ring(desk, ticket.pk, 75)
    _ring(desk, ticket.pk, 100)
    work()
    assert told(desk.agent) == [("warning", "assignee"), ("breach", "assignee")]
    assert told(desk.lead) == [("breach", "lead")]
    urgent = Notification.objects.filter(person=desk.agent).order_by("pk").values_list("urgent", flat=True)
    assert list(urgent) == [False, True]


def test_a_mail_that_came_back_is_told_to_its_author(desk: Desk) -> None:
    ticket = desk.open()
    message = actions.reply(ticket, "Hallo", recipients=reply_recipients(ticket), by=desk.as_agent(), now=NOW)
    work()
    Notification.objects.all().delete()
    actions.report_delivery(message, state="failed", detail="550", by=SYSTEM, now=LATER)
    work()
    assert told(desk.agent) == [("undelivered", "author")]
    assert told(desk.lead) == [("undelivered", "team")]


def test_quarantine_is_told_to_leads_and_administrators(desk: Desk) -> None:
    box = Mailbox.objects.get()
    held = accept_raw(box, raw_mail(7), received_at=NOW, source="test", now=NOW)
    InboundMail.objects.filter(pk=held.pk).update(state="quarantined", reason_code="failed")
    with unit():
        record(
            MailQuarantined(reason="failed"),
            subject=Subject("inbound_mail", held.pk),
            actor=Viewer.system().actor,
            at=NOW,
        )
    work()
    assert ("quarantine", "lead") in told(desk.lead)
    assert ("quarantine", "lead") in told(desk.admin)
    assert told(desk.agent) == []


def test_telling_again_tells_nobody_twice(desk: Desk) -> None:
    desk.open()
    work()
    event = Event.objects.get(code="ticket.opened")
    before = Notification.objects.count(), MailItem.objects.count()
    assert tell(event, now=LATER) == 0
    assert (Notification.objects.count(), MailItem.objects.count()) == before


def test_a_big_team_is_told_in_several_transactions_in_order(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "BATCH", 2)
    more = [make_agent(f"Person {number}", email(f"p{number}@desk.example")) for number in range(5)]
    accounts.set_team_members(desk.first, (desk.agent, *more), by=SYSTEM, now=NOW)
    desk.open()
    work()
    rows = list(
        Notification.objects.filter(kind="team_queue").order_by("pk").values_list("person_id", flat=True)
    )
    assert rows == sorted(rows)
    assert set(rows) >= {person.pk for person in (desk.agent, *more)}
    assert Event.objects.filter(code="notifications.people_remain").count() >= 2


def test_nobody_who_is_inactive_is_told(desk: Desk) -> None:
    accounts.deactivate_person(desk.agent, by=SYSTEM, now=NOW)
    desk.open()
    work()
    assert told(desk.agent) == []


def test_only_agents_who_see_a_ticket_follow_it_and_once(desk: Desk) -> None:
    ticket = desk.open()
    for viewer in (desk.as_requester(), Viewer.guest()):
        with pytest.raises(NotAllowed):
            follow_ticket(ticket, by=viewer, now=NOW)
    follow_ticket(ticket, by=desk.as_agent(), now=NOW)
    follow_ticket(ticket, by=desk.as_agent(), now=NOW)
    assert Follow.objects.count() == 1
    assert Event.objects.filter(code="notifications.ticket_followed").count() == 1
    unfollow_ticket(ticket, by=desk.as_agent(), now=NOW)
    unfollow_ticket(ticket, by=desk.as_agent(), now=NOW)
    assert not Follow.objects.exists()
    assert Event.objects.filter(code="notifications.ticket_unfollowed").count() == 1
