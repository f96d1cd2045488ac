"""The composer: whom an answer goes to, passing on, undoing, sending later. Numbers of traps: research, 4.1 to 4.3."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts.actions import revoke_role
from leitstelle.accounts.tests.cast import as_agent
from leitstelle.kernel.blobs import store
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import drain
from leitstelle.tickets import actions
from leitstelle.tickets.actions.answers import NewAnswer
from leitstelle.tickets.actions.planned import move_planned, plan_answer, send_planned, withdraw_planned
from leitstelle.tickets.choices import Audience, Channel, Direction, PlannedState, RecipientRole
from leitstelle.tickets.errors import AlreadySent, NotAnAddress
from leitstelle.tickets.models import Message, PlannedFile, PlannedReply, Ticket
from leitstelle.tickets.policies import visible_planned
from leitstelle.tickets.queries.composing import named_recipients, reply_to_all
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.rules.addresses import read_addresses, write_addresses
from leitstelle.tickets.rules.inputs import NewFile, NewMessage, NewRecipient
from leitstelle.tickets.tasks import prune_planned, send_planned_replies
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db
PUBLIC = Audience.PUBLIC


@pytest.fixture
def desk() -> Desk:
    return make_desk()


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desk.open()


@pytest.fixture
def agent(desk: Desk, client: Client) -> Client:
    client.force_login(desk.agent)
    return client


def write(client: Client, ticket: Ticket, **data: Any) -> Any:
    sent = {"mode": "reply", "body": "Bitte neu starten."} | data
    return client.post(reverse("tickets:write", args=[ticket.public_id]), sent)


def mail_of(ticket: Ticket, *, files: tuple[NewFile, ...] = ()) -> Message:
    """A mail of the requester that went to the desk, a colleague and somebody outside."""
    new = NewMessage(
        text="Anbei das Bild.",
        subject="Drucker",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=PUBLIC,
        from_name="Miriam Brandt",
        from_email="miriam.brandt@werk-nord.example",
        recipients=(
            NewRecipient(email="karl.ort@werk-nord.example", name="Karl Ort"),
            NewRecipient(email="extern@partner.example", role=RecipientRole.CC),
        ),
        files=files,
    )
    return actions.add_message(ticket, new, by=Viewer.system(), now=timezone.now())


def attachment(name: str = "bild.png") -> NewFile:
    blob = store(b"\x89PNG\r\n\x1a\n" + name.encode())
    return NewFile(blob_id=blob.pk, filename=name, content_type=blob.content_type, size=blob.size)


def who(message: Message) -> dict[str, list[str]]:
    rows = message.recipients.order_by("pk")
    return {role: [row.email for row in rows if row.role == role] for role in ("to", "cc", "bcc")}


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("a@b.example, c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        (
            '"Ort, Karl" <k@w.example>; Uwe <u@w.example>',
            [("Ort, Karl", "k@w.example"), ("Uwe", "u@w.example")],
        ),
        ("a@b.example;\n\nc@d.example;", [("", "a@b.example"), ("", "c@d.example")]),
        ("", []),
    ],
)
def test_lines_of_addresses(line: str, people: list[tuple[str, str]]) -> None:
    assert read_addresses(line) == people
    assert read_addresses(write_addresses(people)) == people


def test_an_address_counts_once_and_a_wrong_one_is_named(desk: Desk) -> None:
    found = named_recipients(
        to="Karl.Ort@werk-nord.example", cc="karl.ort@werk-nord.example", bcc="x@y.example"
    )
    assert [(one.role, one.name, one.person_id) for one in found] == [
        ("to", "Karl Ort", desk.colleague.pk),
        ("bcc", "", None),
    ]
    with pytest.raises(NotAnAddress) as refused:
        named_recipients(cc="kein-name")
    assert "kein-name" in refused.value.fields["cc"]


def test_reply_and_reply_to_all_choose_whom_people_expect(ticket: Ticket) -> None:
    """Research, theme 16: nobody moves from To to Cc, nobody is dropped, and a blind copy stays blind."""
    message = mail_of(ticket)
    standard = reply_recipients(ticket)
    assert [one.email for one in standard] == ["miriam.brandt@werk-nord.example"]
    answered = reply_to_all(message, standard)
    assert [(one.role, one.email) for one in answered] == [
        ("to", "miriam.brandt@werk-nord.example"),
        ("cc", "karl.ort@werk-nord.example"),
        ("cc", "extern@partner.example"),
    ]
    sent = actions.reply(
        ticket,
        "Gern.",
        recipients=(*answered, NewRecipient(email="chef@desk.example", role=RecipientRole.BCC)),
        by=Viewer.system(),
        now=timezone.now(),
    )
    again = reply_to_all(sent, standard)
    assert {one.email for one in again} == {one.email for one in answered}


def test_the_page_offers_to_all_and_fills_the_lines(agent: Client, ticket: Ticket) -> None:
    message = mail_of(ticket)
    page = agent.get(reverse("tickets:ticket", args=[ticket.public_id]), {"all": str(message.public_id)})
    text = page.content.decode()
    assert "Karl Ort &lt;karl.ort@werk-nord.example&gt;, extern@partner.example" in text
    write(
        agent,
        ticket,
        to="miriam.brandt@werk-nord.example",
        cc="extern@partner.example",
        bcc="chef@desk.example",
    )
    sent = ticket.messages.latest("pk")
    assert who(sent) == {
        "to": ["miriam.brandt@werk-nord.example"],
        "cc": ["extern@partner.example"],
        "bcc": ["chef@desk.example"],
    }


def test_nobody_to_write_to_is_refused_with_the_text_kept(agent: Client, ticket: Ticket) -> None:
    refused = write(agent, ticket, to="", body="Langer Text")
    assert refused.status_code == 422
    assert "Langer Text" in refused.content.decode()
    assert write(agent, ticket, to="falsch", body="Langer Text").status_code == 422
    assert ticket.messages.count() == 1


def test_forwarding_takes_chosen_files_and_tells_the_requester_nothing(
    agent: Client, desk: Desk, ticket: Ticket, client: Client
) -> None:
    message = mail_of(ticket, files=(attachment("bild.png"), attachment("geheim.png")))
    wanted = message.attachments.get(filename="bild.png")
    opened = agent.get(
        reverse("tickets:ticket", args=[ticket.public_id]), {"forward": str(message.public_id)}
    )
    assert "geheim.png" in opened.content.decode()
    write(
        agent, ticket, mode="forward", body="Könnt ihr das ansehen?", to="hilfe@partner.example",
        subject="Fwd: Drucker", forward=str(message.public_id), attached=[str(wanted.public_id)],
    )  # fmt: skip
    sent = ticket.messages.select_related("body").latest("pk")
    assert (sent.audience, sent.direction, sent.subject) == (
        Audience.INTERNAL,
        Direction.OUTBOUND,
        "Fwd: Drucker",
    )
    assert [file.filename for file in sent.attachments.all()] == ["bild.png"]
    assert "Anbei das Bild." in sent.body.quoted_text
    assert "Miriam Brandt" in sent.body.quoted_text
    ticket.refresh_from_db()
    assert ticket.first_response_at is None  # it is no answer to the requester


def test_notes_are_never_forwarded(agent: Client, desk: Desk, ticket: Ticket) -> None:
    note = actions.write_note(ticket, "Nur für uns", by=desk.as_agent(), now=timezone.now())
    refused = write(agent, ticket, mode="forward", to="a@b.example", forward=str(note.public_id))
    assert refused.status_code == 422
    assert ticket.messages.count() == 2


def test_files_of_other_tickets_do_not_travel(agent: Client, desk: Desk, ticket: Ticket) -> None:
    """Trap 51: a link carries no right by itself."""
    other = desk.open("Etwas anderes")
    file = mail_of(other, files=(attachment(),)).attachments.get()
    write(agent, ticket, attached=[str(file.public_id), str(uuid4()), "planned:1", "x"])
    assert not ticket.messages.latest("pk").attachments.exists()


def test_an_answer_can_be_undone_before_it_leaves(agent: Client, ticket: Ticket, settings: Any) -> None:
    settings.UNDO_SECONDS = 10
    write(agent, ticket, body="Versehen", cc="extern@partner.example", to="miriam.brandt@werk-nord.example")
    planned = PlannedReply.objects.get()
    drain()
    assert ticket.messages.count() == 1
    page = agent.get(reverse("tickets:ticket", args=[ticket.public_id])).content.decode()
    assert "Versehen" in page
    undone = agent.post(reverse("tickets:undo-answer", args=[planned.public_id]))
    composer = agent.get(undone["Location"].partition("#")[0]).content.decode()
    assert "Versehen" in composer
    assert "extern@partner.example" in composer
    send_planned_replies(timezone.now() + timedelta(minutes=1))
    assert ticket.messages.count() == 1
    agent.post(reverse("tickets:undo-answer", args=[planned.public_id]))  # twice changes nothing
    assert [event.code for event in events_for(Subject("ticket", ticket.pk))][-1] == "ticket.reply_withdrawn"


def test_after_the_time_to_undo_it_is_sent_once_with_what_follows(
    agent: Client, ticket: Ticket, settings: Any
) -> None:
    settings.UNDO_SECONDS = 10
    write(agent, ticket, body="Gelöst durch Neustart", after="resolved")
    planned = PlannedReply.objects.select_related("ticket").get()
    later = timezone.now() + timedelta(seconds=11)
    assert send_planned(planned, now=timezone.now()) is None
    assert send_planned(planned, now=later) is not None
    assert send_planned(planned, now=later) is None
    ticket.refresh_from_db()
    assert ticket.status_id == "resolved"
    planned.refresh_from_db()
    assert (planned.state, planned.text) == (PlannedState.SENT, "")
    with pytest.raises(AlreadySent):
        withdraw_planned(planned, by=Viewer.system(), now=later)


def test_requesters_see_nothing_of_what_is_not_sent(desk: Desk, ticket: Ticket) -> None:
    plan_answer(ticket, NewAnswer(text="x"), by=desk.as_agent(), now=timezone.now())
    assert not visible_planned(desk.as_requester()).exists()
    assert visible_planned(desk.as_expert()).exists()


def later(desk: Desk, ticket: Ticket, **more: Any) -> PlannedReply:
    now = timezone.now()
    new = NewAnswer(text="Erinnerung", recipients=reply_recipients(ticket), **more)
    planned = plan_answer(ticket, new, by=desk.as_agent(), now=now, send_at=now + timedelta(days=1))
    return PlannedReply.objects.select_related("ticket").get(pk=planned.pk)


def test_a_chosen_time_is_kept_moved_and_met(agent: Client, desk: Desk, ticket: Ticket) -> None:
    planned = later(desk, ticket, files=(attachment(),))
    send_planned_replies(timezone.now() + timedelta(hours=23))
    assert ticket.messages.count() == 1
    wall = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    agent.post(reverse("tickets:move-answer", args=[planned.public_id]), {"send_at": wall})
    send_planned_replies(timezone.now() + timedelta(hours=25))
    assert ticket.messages.count() == 1
    send_planned_replies(timezone.now() + timedelta(days=2, minutes=1))
    sent = ticket.messages.latest("pk")
    assert (sent.author_id, who(sent)["to"]) == (desk.agent.pk, ["miriam.brandt@werk-nord.example"])
    assert sent.attachments.count() == 1


@pytest.mark.parametrize("days", [-1, 400])
def test_times_that_have_passed_or_lie_too_far_ahead_are_refused(
    desk: Desk, ticket: Ticket, days: int
) -> None:
    now = timezone.now()
    with pytest.raises(InvalidInput) as refused:
        plan_answer(
            ticket, NewAnswer(text="x"), by=desk.as_agent(), now=now, send_at=now + timedelta(days=days)
        )
    assert "send_at" in refused.value.fields


def test_an_answer_of_the_requester_holds_what_was_planned(agent: Client, desk: Desk, ticket: Ticket) -> None:
    planned = later(desk, ticket)
    actions.reply(ticket, "Hat sich erledigt", recipients=(), by=desk.as_requester(), now=timezone.now())
    send_planned_replies(timezone.now() + timedelta(days=2))
    planned.refresh_from_db()
    assert (planned.state, planned.problem) == (PlannedState.HELD, "answered")
    page = agent.get(reverse("tickets:ticket", args=[ticket.public_id])).content.decode()
    assert "Erinnerung" in page
    moved = move_planned(planned, now := timezone.now(), by=desk.as_agent(), now=now)
    assert send_planned(moved, now=now) is not None


def test_rights_are_asked_again_when_the_time_comes(desk: Desk, ticket: Ticket) -> None:
    """Trap 50: who may see and do what is checked when something leaves, not when it was written."""
    planned = later(desk, ticket)
    revoke_role(desk.agent.grants.get(), by=Viewer.system(), now=timezone.now())
    send_planned_replies(timezone.now() + timedelta(days=2))
    planned.refresh_from_db()
    assert (planned.state, planned.problem) == (PlannedState.HELD, "no_right")
    with pytest.raises(NotAllowed):
        move_planned(planned, timezone.now(), by=as_agent(desk.requester), now=timezone.now())


def test_settled_plans_are_forgotten_after_a_day(desk: Desk, ticket: Ticket) -> None:
    planned = later(desk, ticket, files=(attachment(),))
    withdraw_planned(planned, by=desk.as_agent(), now=timezone.now())
    prune_planned(timezone.now())
    assert PlannedReply.objects.exists()
    prune_planned(timezone.now() + timedelta(days=2))
    assert not PlannedReply.objects.exists()
    assert not PlannedFile.objects.exists()
