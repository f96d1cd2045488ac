"""Mail of tickets that were merged: where it lands, who reads it, and where it goes once that is undone (trap 16)."""

import pytest
from django.utils import timezone

from leitstelle.accounts.tests.cast import SYSTEM, as_requester
from leitstelle.intake.actions import accept_raw
from leitstelle.intake.models import InboundMail, Mailbox
from leitstelle.intake.tests.factories import desk, mail
from leitstelle.intake.tests.test_traps import answered, opened, take
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.mail import OutboxMail
from leitstelle.kernel.work import drain
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.actions.merging import MergePlan, merge_tickets, undo_merge
from leitstelle.tickets.models import Message, Ticket, TicketMerge
from leitstelle.tickets.policies import visible_messages
from leitstelle.tickets.queries.people import reply_recipients

pytestmark = pytest.mark.django_db
OTHER = "Olga Fremd <olga@anderswo.example>"


@pytest.fixture
def box(db: None) -> Mailbox:
    return desk()


def merge(source: Ticket, target: Ticket, *, apart: bool | None = None) -> TicketMerge:
    plan, now = MergePlan(apart=apart), timezone.now()
    pair = [Ticket.objects.get(pk=one.pk) for one in (source, target)]
    return merge_tickets(pair[0], pair[1], plan, by=SYSTEM, now=now)


def undo(record: TicketMerge) -> None:
    undo_merge(TicketMerge.objects.get(pk=record.pk), by=SYSTEM, now=timezone.now())


def entry(arrived: InboundMail) -> Message:
    assert arrived.entry is not None
    return Message.objects.get(pk=arrived.entry.pk)


def test_answers_to_a_merged_ticket_go_on_with_the_living_one_and_come_back(box: Mailbox) -> None:
    source, target, further = opened(box, 1), opened(box, 2, sender=OTHER), opened(box, 3)
    sent = answered(source)
    first, second = merge(source, target), merge(target, further)
    assert first.is_apart
    raws = (
        mail(4, headers=f"In-Reply-To: <{sent.rfc_message_id}>"),
        mail(5, headers="In-Reply-To: <mail-1@kunde.example>"),
        mail(6, subject=f"Nachtrag [#{source.number}]"),
        mail(7, headers="In-Reply-To: <mail-5@kunde.example>"),
        mail(8, sender="privat@zuhause.example", headers=f"In-Reply-To: <{sent.rfc_message_id}>"),
    )
    arrived = [take(box, raw) for raw in raws]
    assert {one.ticket_id for one in arrived} == {further.pk}
    assert {entry(one).written_to_id for one in arrived} == {source.pk}
    assert {entry(one).apart_of_id for one in arrived} == {source.pk}
    own = entry(take(box, mail(9, headers="In-Reply-To: <mail-3@kunde.example>")))
    assert (own.ticket_id, own.written_to_id, own.apart_of_id) == (further.pk, None, None)
    assert further.requester is not None
    assert target.requester is not None
    read = set(visible_messages(as_requester(target.requester)).values_list("pk", flat=True))
    assert not read & {entry(one).pk for one in arrived}
    undo(second)
    assert {entry(one).ticket_id for one in arrived} == {target.pk}
    undo(first)
    assert {entry(one).ticket_id for one in arrived} == {source.pk}
    assert {entry(one).apart_of_id for one in arrived} == {None}
    assert take(box, mail(10, headers="In-Reply-To: <mail-8@kunde.example>")).ticket == source
    assert take(box, mail(11, subject=f"Nachtrag [#{source.number}]")).ticket == source
    assert take(box, mail(12, headers="In-Reply-To: <mail-3@kunde.example>")).ticket == further


def test_a_merge_mails_nobody_and_the_answer_reaches_only_who_reads_it(box: Mailbox) -> None:
    source, target = opened(box, 1), opened(box, 2, sender=OTHER)
    before = OutboxMail.objects.count()
    merge(source, target)
    assert OutboxMail.objects.count() == before
    take(box, mail(3, headers="In-Reply-To: <mail-1@kunde.example>", text="Zauberwort"))
    living = Ticket.objects.select_related("requester", "status").get(pk=target.pk)
    tickets.reply(
        living, "Bitte neu starten.", recipients=reply_recipients(living), by=SYSTEM, now=timezone.now()
    )
    drain()
    (sent,) = OutboxMail.objects.order_by("pk")[before:]
    raw = read_blob(sent.raw).decode()
    assert "olga@anderswo.example" in raw
    for word in ("jm@kunde.example", "mail-1@kunde.example", "mail-3@kunde.example", "Zauberwort"):
        assert word not in raw


def test_what_arrives_while_others_merge_is_kept(box: Mailbox) -> None:
    source, target = opened(box, 1), opened(box, 2)
    raw = mail(3, headers="In-Reply-To: <mail-1@kunde.example>")
    accepted = accept_raw(box, raw, received_at=timezone.now(), source="test", now=timezone.now())
    record = merge(source, target)
    kept = take(box, raw)
    assert (kept.pk, kept.ticket_id) == (accepted.pk, target.pk)
    undo(record)
    assert entry(kept).ticket_id == source.pk
