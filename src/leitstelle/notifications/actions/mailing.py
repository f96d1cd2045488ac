"""Sending the mails that are due: rendered from what their reader may see at this moment.

A person's mails and the end of their waiting are one transaction with the outbox, under a Message-ID made of the
first entry: a worker that dies neither loses a mail nor sends it twice.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import primary_address
from leitstelle.intake.actions.letters import sender_of
from leitstelle.intake.queries import default_mailbox, own_addresses
from leitstelle.kernel.events import Actor, Subject, record, unit
from leitstelle.kernel.mail import OutboxMail, Outgoing, queue_mail
from leitstelle.notifications.actions.telling import TOLD_KIND
from leitstelle.notifications.choices import Dropped, MailState
from leitstelle.notifications.events import MailDropped
from leitstelle.notifications.models import MailItem, Notification
from leitstelle.notifications.queries.shown import Told, shown
from leitstelle.notifications.queries.words import because, sentence, title_of
from leitstelle.notifications.rules.bundles import HOUR, Waiting, bundles, room_again, room_left

ACTOR = Actor.system("notifications")
PEOPLE_AT_A_TIME = 100
# More of one person's waiting entries follow on the next run.
ENTRIES = 200
EXCERPT = 1200
# What the Message-IDs of these mails begin with; the id of their first entry follows.
_MARK = "notification-"


@dataclass(frozen=True)
class Group:
    """One ticket's entries in a mail: its name and address, and per entry the sentence, time and words."""

    title: str
    url: str
    reason: str
    entries: list[tuple[str, datetime, str]]


class _Overtaken(Exception):
    """Another worker settles this person's entries; what was begun here is taken back."""


def send_due(now: datetime) -> int:
    """Send what is due to everybody whom something is due to; returns how many mails left. For the worker."""
    due = MailItem.objects.filter(due_at__lte=now).order_by("due_at")
    people = dict.fromkeys(due.values_list("person_id", flat=True)[: PEOPLE_AT_A_TIME * 10])
    sent = 0
    for person_id in list(people)[:PEOPLE_AT_A_TIME]:
        with contextlib.suppress(_Overtaken):
            sent += _send_to(person_id, now)
    return sent


@unit()
def _send_to(person_id: int, now: datetime) -> int:
    """Settle what is due to one person, in the order it happened. Records what the outbox and drops record."""
    person = Person.objects.get(pk=person_id)
    waiting = MailItem.objects.filter(person=person, due_at__isnull=False).order_by("notification_id")
    items = list(waiting.select_related("notification")[:ENTRIES])
    sent = _recently_sent(person, now)
    room = room_left(sent, now)
    if room <= 0:
        later = room_again(sent, now)
        MailItem.objects.filter(pk__in=[item.pk for item in items], due_at__lte=now).update(due_at=later)
        return 0
    known = {item.pk: item for item in items}
    entries = [
        Waiting(item.pk, item.notification.ticket_id, item.due_at, item.daily)
        for item in items
        if item.due_at is not None
    ]
    plan = bundles(entries, now, room=room)
    told = {one.row.pk: one for one in shown(person, [item.notification for item in items])}
    return sum(_send(person, [known[pk] for pk in bundle], told, now) for bundle in plan)


def may_leave(mail: OutboxMail, now: datetime) -> bool:
    """Whether a mail that waits in the outbox still says only what its reader may see. Other mails may leave."""
    items = _items_of(mail)
    if not items:
        return True
    person = items[0].person
    told = shown(person, [item.notification for item in items])
    return all(_why_not(person, one, usable=True) is None for one in told)


def withdrawn(mail: OutboxMail, now: datetime) -> None:
    """Let the entries of a mail that did not leave wait anew: what may still be told goes out in another one."""
    ids = [item.pk for item in _items_of(mail)]
    MailItem.objects.filter(pk__in=ids).update(
        state=MailState.WAITING, due_at=now, sent_at=None, message_id=""
    )


def _items_of(mail: OutboxMail) -> list[MailItem]:
    """The entries a mail of this module was made of, in their order."""
    bare = mail.message_id.strip("<>")
    if not bare.startswith(_MARK):
        return []
    try:
        first = UUID(bare.removeprefix(_MARK).partition("@")[0])
    except ValueError:
        return []
    person = Notification.objects.filter(public_id=first).values("person_id")
    items = MailItem.objects.filter(person_id__in=person, sent_at__isnull=False, message_id=bare)
    return list(items.select_related("notification", "person").order_by("notification_id"))


def _recently_sent(person: Person, now: datetime) -> list[datetime]:
    """When the person's mails of the last hour left, each counted once."""
    rows = MailItem.objects.filter(person=person, sent_at__gt=now - HOUR)
    once = dict(rows.values_list("message_id", "sent_at"))
    return sorted(moment for moment in once.values() if moment is not None)


def _send(person: Person, items: Sequence[MailItem], told: dict[int, Told], now: datetime) -> int:
    """Send one mail with what is still worth telling of these entries, and settle all of them."""
    address = primary_address(person) or ""
    usable = bool(address) and address.lower() not in own_addresses()
    kept = []
    for item in items:
        reason = _why_not(person, told[item.notification_id], usable=usable)
        if reason is None:
            kept.append(item)
        else:
            _drop(item, reason, now)
    if not kept:
        return 0
    message_id = f"{_MARK}{kept[0].notification.public_id.hex}@{sender_of(default_mailbox()).domain}"
    _claim(kept, message_id, now)
    mail = _mail(person, address, [told[item.notification_id] for item in kept], message_id)
    queue_mail(mail, actor=ACTOR, now=now)
    return 1


def _why_not(person: Person, told: Told, *, usable: bool) -> Dropped | None:
    """Return what speaks against mailing this now."""
    for reason, applies in (
        (Dropped.INACTIVE, not person.is_active),
        (Dropped.INVISIBLE, not told.visible),
        (Dropped.MERGED, told.merged),
        (Dropped.MOVED, told.outdated),
        (Dropped.READ, told.row.in_product and told.row.read_at is not None),
        (Dropped.NO_ADDRESS, not usable),
    ):
        if applies:
            return reason
    return None


def _drop(item: MailItem, reason: Dropped, now: datetime) -> None:
    """Settle an entry without a mail, and note it where somebody might ask why none came."""
    waiting = MailItem.objects.filter(pk=item.pk, state=MailState.WAITING)
    if waiting.update(state=MailState.DROPPED, dropped=reason, due_at=None) and reason != Dropped.READ:
        data = MailDropped(person_id=item.person_id, reason=reason)
        record(data, subject=Subject(TOLD_KIND, item.notification.event_id), actor=ACTOR, at=now)


def _claim(items: Sequence[MailItem], message_id: str, now: datetime) -> None:
    """Settle all entries at once. Raises `_Overtaken` where another worker was first."""
    ids = [item.pk for item in items]
    changed = MailItem.objects.filter(pk__in=ids, state=MailState.WAITING).update(
        state=MailState.SENT, due_at=None, sent_at=now, message_id=message_id
    )
    if changed != len(ids):
        raise _Overtaken


def _mail(person: Person, address: str, told: Sequence[Told], message_id: str) -> Outgoing:
    """Render the mail in the reader's language and time."""
    sender = sender_of(default_mailbox())
    page = f"{settings.BASE_URL}{reverse('notifications:preferences')}" if settings.BASE_URL else ""
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        groups = _groups(told)
        context = {"groups": groups, "preferences_url": page}
        text = get_template("notifications/mail/news.txt", using="jinja2").render(context)
        html = get_template("notifications/mail/news.html", using="jinja2").render(context)
        subject = _subject(groups)
    return Outgoing(
        to=[address],
        subject=subject,
        text=text,
        html=html,
        from_name=sender.name or "Leitstelle",
        from_email=sender.email,
        # An answer to a notice would reach the requester's conversation with what the notice quotes.
        reply_to=f"no-reply@{sender.domain}",
        transport=sender.transport,
        message_id=message_id,
        headers={"List-Unsubscribe": f"<{page}>"} if page else {},
        automatic=True,
    )


def _groups(told: Sequence[Told]) -> list[Group]:
    """One group per ticket, in the order of its first entry."""
    by_title: dict[int | None, list[Told]] = {}
    for one in told:
        by_title.setdefault(one.row.ticket_id, []).append(one)
    return [
        Group(
            title=title_of(part[0]),
            url=f"{settings.BASE_URL}{_page_of(part[0])}" if settings.BASE_URL else "",
            reason=because(part[0]),
            entries=[(sentence(one), one.row.created_at, _excerpt(one)) for one in part],
        )
        for part in by_title.values()
    ]


def _page_of(told: Told) -> str:
    return told.link.url if told.link is not None else reverse("notifications:list")


def _excerpt(told: Told) -> str:
    """The words of the message it is about, as far as the reader may see it; a few lines of them."""
    if told.message is None:
        return ""
    text = told.message.body.text.strip()
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()} …"


def _subject(groups: Sequence[Group]) -> str:
    """One ticket is named, with the number out of the form by which mails are threaded."""
    if len(groups) > 1:
        return ngettext("News on %(count)s matter", "News on %(count)s matters", len(groups)) % {
            "count": len(groups)
        }
    title = groups[0].title.removeprefix("#")
    if len(groups[0].entries) > 1:
        return _("News: %(ticket)s") % {"ticket": title}
    return f"{groups[0].entries[0][0].rstrip('.')}: {title}"
