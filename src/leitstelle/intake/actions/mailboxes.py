"""What fetching notes on a mailbox: position, success, trouble, and who fetches."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from leitstelle.intake.actions.accept import ACTOR
from leitstelle.intake.choices import MailboxState
from leitstelle.intake.events import MailboxStateChanged
from leitstelle.intake.models import Mailbox, PopMail
from leitstelle.kernel.db import insert_ignore
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.work import beats

LEASE = timedelta(seconds=90)


def claim_fetching(box: Mailbox, fetcher: str, *, now: datetime) -> bool:
    """Become (or stay) the only process that fetches this mailbox, for 90 seconds."""
    free = Q(fetcher="") | Q(fetcher=fetcher) | Q(fetcher_until__lt=now) | Q(fetcher_until__isnull=True)
    holder = Mailbox.objects.filter(pk=box.pk).values_list("fetcher", flat=True).first() or ""
    if holder and holder != fetcher and beats.is_dead(holder):
        free |= Q(fetcher=holder)  # its process is gone from this machine: no need to wait for the lease
    rows = Mailbox.objects.filter(free, pk=box.pk, is_active=True)
    return bool(rows.update(fetcher=fetcher, fetcher_until=now + LEASE))


def release_fetching(box: Mailbox, fetcher: str) -> None:
    """Let another process fetch."""
    Mailbox.objects.filter(pk=box.pk, fetcher=fetcher).update(fetcher="", fetcher_until=None)


def note_position(box: Mailbox, *, uid_validity: int, last_uid: int) -> None:
    """Everything up to this UID is durable here."""
    box.uid_validity, box.last_uid = uid_validity, last_uid
    Mailbox.objects.filter(pk=box.pk).update(uid_validity=uid_validity, last_uid=last_uid)


def known_pop(box: Mailbox) -> set[str]:
    """The unique ids of mail on the POP3 server that is durable here."""
    return set(PopMail.objects.filter(mailbox=box).values_list("uidl", flat=True))


def note_pop(box: Mailbox, uidl: str) -> None:
    """This mail of the POP3 server is durable here."""
    insert_ignore(PopMail, {"mailbox_id": box.pk, "uidl": uidl})


def forget_pop(box: Mailbox, there: Collection[str]) -> None:
    """Forget ids of mail that lies on the server no more."""
    gone = sorted(known_pop(box).difference(there))
    for start in range(0, len(gone), 500):
        PopMail.objects.filter(mailbox=box, uidl__in=gone[start : start + 500]).delete()


def note_fetched(box: Mailbox, *, now: datetime) -> None:
    """Fetching works. Records `MailboxStateChanged` where it did not before."""
    _note(box, MailboxState.OK, "", now)


def note_problem(box: Mailbox, problem: str, *, now: datetime) -> None:
    """Fetching failed, with the reason people read. Records `MailboxStateChanged` the first time."""
    _note(box, MailboxState.FAILING, problem[:500], now)


@unit()
def _note(box: Mailbox, state: MailboxState, problem: str, now: datetime) -> None:
    rows = Mailbox.objects.filter(pk=box.pk)
    changed = rows.exclude(state=state).update(state=state)
    rows.update(last_error=problem, checked_at=now)
    box.state, box.last_error, box.checked_at = state, problem, now
    if changed:
        data = MailboxStateChanged(state=state)
        record(data, subject=Subject("mailbox", box.pk), actor=ACTOR, at=now)
