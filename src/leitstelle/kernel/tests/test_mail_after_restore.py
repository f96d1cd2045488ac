"""Mail that waited when a backup was made is held after a restore, and so is what older events still bring about."""

from datetime import UTC, datetime

import pytest

from leitstelle.kernel.events import Actor, Event
from leitstelle.kernel.events.subscriptions import handling
from leitstelle.kernel.mail import OutboxMail, Outgoing, queue_mail
from leitstelle.kernel.mail.actions import drop_restored, hold_after_restore, release_restored
from leitstelle.kernel.mail.queries import held_after_restore

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ACTOR = Actor.system("test")


def queued(number: int) -> OutboxMail:
    mail = Outgoing(
        from_email="support@hafen.example",
        to=(f"jana{number}@kunde.example",),
        subject="Antwort",
        text="Guten Tag",
        message_id=f"<m{number}@hafen.example>",
    )
    return queue_mail(mail, actor=ACTOR, now=NOW)


def states() -> list[tuple[str, str]]:
    return list(OutboxMail.objects.order_by("pk").values_list("state", "hold_reason"))


def test_waiting_mail_is_held_and_a_person_decides() -> None:
    queued(1)
    assert hold_after_restore(actor=ACTOR, now=NOW) == 1
    assert states() == [("held", "restored")]
    assert held_after_restore() == 1
    assert release_restored(actor=ACTOR, now=NOW) == 1
    assert states() == [("queued", "")]


def test_dropped_mail_does_not_leave() -> None:
    queued(1)
    hold_after_restore(actor=ACTOR, now=NOW)
    assert drop_restored(actor=ACTOR, now=NOW) == 1
    assert states()[0][0] == "skipped"
    assert Event.objects.filter(code="mail.dropped").count() == 1


def test_sent_mail_is_left_alone() -> None:
    mail = queued(1)
    OutboxMail.objects.filter(pk=mail.pk).update(state="sent")
    assert hold_after_restore(actor=ACTOR, now=NOW) == 0


def test_what_older_events_still_bring_is_held_too() -> None:
    queued(1)
    before = Event.objects.latest("pk")
    hold_after_restore(actor=ACTOR, now=NOW)
    with handling(before):
        assert queued(2).hold_reason == "restored"
    queued(3)
    after = Event.objects.latest("pk")
    with handling(after):
        assert queued(4).state == "queued"
    Event.objects.filter(pk=after.pk).update(cause=before)
    with handling(after):
        assert queued(5).hold_reason == "restored"
