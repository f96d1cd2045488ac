"""Telling people of an event: one row per event and person, and its mail where they want one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from leitstelle.accounts.choices import PersonKind
from leitstelle.accounts.models import Person
from leitstelle.accounts.queries.viewers import agent_viewers
from leitstelle.kernel.db import insert_ignore_many
from leitstelle.kernel.events import Event, Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.notifications.choices import PORTAL_KINDS, MailChoice
from leitstelle.notifications.events import PeopleNotified, PeopleRemain
from leitstelle.notifications.models import MailItem, Notification
from leitstelle.notifications.policies import may_be_told
from leitstelle.notifications.queries.gathering import News
from leitstelle.notifications.queries.news import news_of
from leitstelle.notifications.queries.wishes import choices_of, rhythms_of
from leitstelle.notifications.rules.claims import Choice, Claim, strongest
from leitstelle.notifications.rules.times import Times, due_at

# So many people are told in one transaction; the rest follows in the next.
BATCH = 200
# What the journal calls the telling of one event.
TOLD_KIND = "told"


@unit()
def tell(event: Event, *, now: datetime, after: int = 0) -> int:
    """Tell everybody whom the event concerns, people with ids beyond `after`; returns how many are new.

    For the worker. Told again, nothing happens to those who know. Records `PeopleNotified` where somebody was
    told, and `PeopleRemain` where more people wait than one transaction takes.
    """
    news = news_of(event)
    if news is None:
        return 0
    claims = strongest(news.claims, besides=news.silent)
    waiting = [claim for pk, claim in claims.items() if pk > after]
    batch, more = waiting[:BATCH], len(waiting) > BATCH
    told = _tell(event, news, _allowed(news, batch), now)
    subject, actor = Subject(TOLD_KIND, event.pk), Viewer.system().actor
    if told:
        record(PeopleNotified(people=tuple(told)), subject=subject, actor=actor, at=now)
    if more:
        record(PeopleRemain(after=batch[-1].person_id), subject=subject, actor=actor, at=now)
    return len(told)


def go_on_telling(remain: Event, *, now: datetime) -> None:
    """Tell those who remained when `remain` (a `PeopleRemain`) was recorded. For the worker."""
    event = Event.objects.filter(pk=remain.subject_id).first()
    if event is not None and not event.is_erased:
        tell(event, now=now, after=remain.load(PeopleRemain).after)


def _allowed(news: News, claims: Iterable[Claim]) -> dict[Person, Claim]:
    """Those of the claims whose people exist, are people, and may see what it is about."""
    by_id = {claim.person_id: claim for claim in claims}
    people = Person.objects.filter(pk__in=by_id, is_active=True).exclude(kind=PersonKind.SERVICE)
    viewers = agent_viewers(people)
    allowed = {}
    for person in people.order_by("pk"):
        claim = by_id[person.pk]
        if claim.in_portal:
            fits = claim.kind in PORTAL_KINDS
        else:
            viewer = viewers.get(person.pk)
            fits = viewer is not None and may_be_told(
                viewer, claim.kind, news.ticket, news.message, news.inbound_id
            )
        if fits:
            allowed[person] = claim
    return allowed


def _tell(event: Event, news: News, allowed: dict[Person, Claim], now: datetime) -> list[int]:
    wishes = choices_of({person.pk: (claim.kind, claim.in_portal) for person, claim in allowed.items()})
    wanted = {
        person: claim
        for person, claim in allowed.items()
        if wishes[person.pk].in_product or wishes[person.pk].mail != MailChoice.OFF
    }
    known = Notification.objects.filter(event_id=event.pk, person_id__in=[person.pk for person in wanted])
    before = set(known.values_list("person_id", flat=True))
    rows = [_row(event, news, claim, wishes[person.pk], now) for person, claim in wanted.items()]
    insert_ignore_many(Notification, rows)
    fresh = {row.person_id: row for row in known.all() if row.person_id not in before}
    _plan_mails(news, {person: fresh[person.pk] for person in wanted if person.pk in fresh}, wishes, now)
    return sorted(fresh)


def _row(event: Event, news: News, claim: Claim, wish: Choice, now: datetime) -> dict[str, Any]:
    return {
        "person_id": claim.person_id,
        "event_id": event.pk,
        "kind": claim.kind,
        "reason": claim.reason,
        "in_portal": claim.in_portal,
        "in_product": wish.in_product,
        "urgent": news.urgent,
        "ticket_id": news.ticket.pk if news.ticket else None,
        "message_id": news.message.pk if news.message else None,
        "inbound_id": news.inbound_id,
        "actor_id": news.actor_id,
        "data": news.data,
        "created_at": now,
        "read_at": None if wish.in_product else now,
    }


def _plan_mails(
    news: News, fresh: dict[Person, Notification], wishes: dict[int, Choice], now: datetime
) -> None:
    """Write down when each mail is due. Who gets the message itself as mail of the ticket gets no second one."""
    mailed = {
        person: row
        for person, row in fresh.items()
        if wishes[person.pk].mail != MailChoice.OFF and person.pk not in news.mailed
    }
    rhythms: dict[int, Times] = rhythms_of(mailed) if mailed else {}
    MailItem.objects.bulk_create(
        MailItem(
            notification=row,
            person=person,
            daily=wishes[person.pk].mail == MailChoice.DAILY,
            due_at=due_at(wishes[person.pk].mail, now, rhythms[person.pk], urgent=row.urgent),
        )
        for person, row in mailed.items()
    )
