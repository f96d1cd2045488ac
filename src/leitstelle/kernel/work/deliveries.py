"""Deliveries: written with their events, claimed in order per subject, finished or tried again.

A claim is one conditional UPDATE from a fixed expected state; a lock is never the proof. The
handler's writes and the finish are one transaction, so that an effect in the database happens
exactly once even when a worker dies or is overtaken.
"""

import logging
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from leitstelle.kernel.db import retry_transient
from leitstelle.kernel.events.models import Event, PayloadGone
from leitstelle.kernel.events.subscriptions import Subscription, handling, subscribers_of, subscription
from leitstelle.kernel.events.units import unit
from leitstelle.kernel.work import beats
from leitstelle.kernel.work.errors import GiveUp, LostClaim, RetryLater
from leitstelle.kernel.work.models import UNFINISHED, Delivery, DeliveryState
from leitstelle.kernel.work.rules import back_off

logger = logging.getLogger("leitstelle.work")

CLAIM_FOR = timedelta(seconds=60)
# A network subscriber may wait for slow peers; it is freed late rather than run twice.
CLAIM_FOR_NETWORK = timedelta(minutes=10)
# So often a delivery whose worker died is tried again without a pause.
FREED_AT_ONCE = 2
KEEP_DONE = timedelta(days=7)
AUTOMATION_DEPTH = 3
ERROR_LENGTH = 2000


def write(events: Sequence[Event]) -> None:
    """Write the deliveries of sealed events; called at the end of their transaction."""
    now = timezone.now()
    rows = [
        Delivery(
            event=event,
            subscriber=subscriber.name,
            subject_kind=event.subject_kind,
            subject_id=event.subject_id,
            seq=event.seq or 0,
            next_try=now,
        )
        for event in events
        for subscriber in subscribers_of(event.code, inline=False)
        if _may_react(subscriber, event)
    ]
    Delivery.objects.bulk_create(rows, batch_size=500)


def _may_react(subscriber: Subscription, event: Event) -> bool:
    if subscriber.automation and event.depth >= AUTOMATION_DEPTH:
        logger.error("%s stops at %s: automation caused itself %d times", subscriber.name, event, event.depth)
        return False
    return True


@retry_transient
def claim(name: str, now: datetime, limit: int) -> list[Delivery]:
    """Claim up to `limit` due deliveries for the worker `name`, oldest first.

    A delivery waits while an earlier one of the same subscriber and subject is unfinished.
    """
    earlier = Delivery.objects.filter(
        subscriber=OuterRef("subscriber"),
        subject_kind=OuterRef("subject_kind"),
        subject_id=OuterRef("subject_id"),
        seq__lt=OuterRef("seq"),
        state__in=UNFINISHED,
    )
    due = Delivery.objects.filter(state=DeliveryState.READY, next_try__lte=now).exclude(Exists(earlier))
    ids = list(due.order_by("next_try", "id").values_list("id", flat=True)[:limit])
    if not ids:
        return []
    # The state is asked again by the UPDATE itself: of two workers one changes the row.
    Delivery.objects.filter(id__in=ids, state=DeliveryState.READY).update(
        state=DeliveryState.RUNNING, claimed_by=name, claimed_until=now + CLAIM_FOR
    )
    claimed = Delivery.objects.filter(id__in=ids, state=DeliveryState.RUNNING, claimed_by=name)
    return list(claimed.select_related("event").order_by("next_try", "id"))


def run(delivery: Delivery, now: datetime, *, strict: bool = False) -> bool:
    """Run one claimed delivery to its end; returns whether it is done.

    `now` starts its lease and its next pause. With `strict` an unexpected error is raised after
    it was noted (tests). Nothing else escapes.
    """
    subscriber = subscription(delivery.subscriber)
    if subscriber is None:
        _fail(delivery, "no subscriber of this name is installed", now)
        return False
    if not _begin(delivery, subscriber, now):
        return False
    try:
        _handle(delivery, subscriber)
    except LostClaim:
        logger.warning("%s: taken over by another worker, rolled back", delivery)
        return False
    except RetryLater as later:
        _again(delivery, now + later.pause, str(later), attempts=delivery.attempts - 1)
        return False
    except (GiveUp, PayloadGone) as reason:
        _fail(delivery, f"{type(reason).__name__}: {reason}", now)
        return False
    except Exception as error:
        _failed_once(delivery, subscriber, error, now)
        if strict:
            raise
        return False
    return True


@retry_transient
def _begin(delivery: Delivery, subscriber: Subscription, now: datetime) -> bool:
    """Renew the claim and count the attempt before it starts: a crash counts as well."""
    until = now + (CLAIM_FOR_NETWORK if subscriber.network else CLAIM_FOR)
    mine = _mine(delivery).update(claimed_until=until, attempts=F("attempts") + 1)
    delivery.attempts += 1
    return mine == 1


def _mine(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        pk=delivery.pk,
        state=DeliveryState.RUNNING,
        claimed_by=delivery.claimed_by,
        attempts=delivery.attempts,
    )


def _handle(delivery: Delivery, subscriber: Subscription) -> None:
    with handling(delivery.event, automation=subscriber.automation):
        if subscriber.network:
            # No transaction is open around a socket; what the handler writes are units of its own.
            subscriber.handler(delivery.event)
            retry_transient(_finish)(delivery)
        else:
            retry_transient(_handle_in_unit)(delivery, subscriber)


def _handle_in_unit(delivery: Delivery, subscriber: Subscription) -> None:
    with unit():
        subscriber.handler(delivery.event)
        _finish(delivery)


def _finish(delivery: Delivery) -> None:
    done = _mine(delivery).update(state=DeliveryState.DONE, finished_at=timezone.now(), claimed_until=None)
    if done != 1:
        raise LostClaim(str(delivery))


def _failed_once(delivery: Delivery, subscriber: Subscription, error: Exception, now: datetime) -> None:
    text = f"{type(error).__name__}: {error}"
    if delivery.attempts >= subscriber.attempts:
        logger.exception("%s failed for good after %d attempts", delivery, delivery.attempts)
        _fail(delivery, text, now)
    else:
        logger.warning("%s failed (attempt %d): %s", delivery, delivery.attempts, text, exc_info=True)
        _again(delivery, now + back_off(delivery.attempts, random.random()), text, attempts=delivery.attempts)


@retry_transient
def _again(delivery: Delivery, at: datetime, reason: str, *, attempts: int) -> None:
    _mine(delivery).update(
        state=DeliveryState.READY,
        next_try=at,
        last_error=reason[:ERROR_LENGTH],
        attempts=attempts,
        claimed_by="",
        claimed_until=None,
    )


@retry_transient
def _fail(delivery: Delivery, reason: str, now: datetime) -> None:
    _mine(delivery).update(
        state=DeliveryState.FAILED, last_error=reason[:ERROR_LENGTH], finished_at=now, claimed_until=None
    )


@retry_transient
def free_abandoned(now: datetime) -> int:
    """Give back what dead workers hold: claims run out, or of a process that is gone from here.

    A delivery that has used up its attempts by killing its workers fails for good. Returns how
    many rows were freed or failed.
    """
    running = Delivery.objects.filter(state=DeliveryState.RUNNING)
    names = running.values_list("claimed_by", flat=True).distinct()
    gone = [name for name in names if beats.is_dead(name)]
    abandoned = list(running.filter(Q(claimed_until__lt=now) | Q(claimed_by__in=gone)))
    for row in abandoned:
        _free(row, "the worker died or was too slow", now)
    return len(abandoned)


@retry_transient
def take_back(name: str, now: datetime) -> int:
    """Free what the worker `name` holds and does not handle, because the database left it between two steps.

    Only that worker calls it, between its rounds: its claims would else hold these rows for as long as it lives well.
    """
    held = list(Delivery.objects.filter(state=DeliveryState.RUNNING, claimed_by=name))
    for row in held:
        _free(row, "the database did not answer", now)
    return len(held)


def _free(row: Delivery, reason: str, now: datetime) -> None:
    subscriber = subscription(row.subscriber)
    if row.attempts >= (subscriber.attempts if subscriber else 1):
        _fail(row, f"{reason}, {row.attempts} times", now)
    else:
        # Whoever was at work each time when a worker died that cannot stay alive need not be the reason: from the
        # third time on it waits for better times, and the others go on.
        deaths = row.attempts - FREED_AT_ONCE
        pause = back_off(deaths, random.random()) if deaths > 0 else timedelta(0)
        _again(row, now + pause, reason, attempts=row.attempts)


@retry_transient
def give_back(rows: Sequence[Delivery]) -> None:
    """Make claimed deliveries that were not begun ready again, at a stop."""
    for row in rows:
        _mine(row).update(state=DeliveryState.READY, claimed_by="", claimed_until=None)


def retry_failed(now: datetime, *, subscriber: str | None = None, ids: Sequence[int] | None = None) -> int:
    """Make failed deliveries ready again (all, of one subscriber, or these); returns how many."""
    rows = Delivery.objects.filter(state=DeliveryState.FAILED)
    if subscriber is not None:
        rows = rows.filter(subscriber=subscriber)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(state=DeliveryState.READY, attempts=0, next_try=now, claimed_by="", finished_at=None)


def prune(now: datetime, *, batch: int = 5000) -> int:
    """Delete deliveries done more than 7 days ago, in batches; failed ones stay. Returns how many."""
    total = 0
    before = now - KEEP_DONE
    # What is finished before was due before, and for being due there is an index.
    old = Delivery.objects.filter(state=DeliveryState.DONE, next_try__lt=before, finished_at__lt=before)
    while ids := list(old.values_list("pk", flat=True)[:batch]):
        total += Delivery.objects.filter(pk__in=ids).delete()[0]
    return total
