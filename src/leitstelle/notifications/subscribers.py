"""Telling people after the commit of what happened; each event's people in one transaction, many in several.

What they were told follows them when two records of a person become one; what they chose does not.
"""

from django.utils import timezone

from leitstelle.accounts.models import Movable, register_movable
from leitstelle.kernel.events import Event, subscribe
from leitstelle.kernel.mail import Guard, register_guard
from leitstelle.notifications.actions import go_on_telling, may_leave, tell, withdrawn
from leitstelle.notifications.events import PeopleRemain
from leitstelle.notifications.models import Follow, MailItem, Notification
from leitstelle.notifications.queries.news import TOLD


@subscribe(*TOLD, name="notifications.tell")
def tell_people(event: Event) -> None:
    """Tell whom it concerns."""
    tell(event, now=timezone.now())


@subscribe(PeopleRemain, name="notifications.go_on")
def tell_the_rest(event: Event) -> None:
    """Tell those who did not fit into the transaction before."""
    go_on_telling(event, now=timezone.now())


register_guard(Guard(may_leave, withdrawn))

for _movable in (
    Movable("notifications.follows", "person", Follow, "person", unique=("ticket_id",)),
    Movable("notifications.merged_follows", "ticket", Follow, "ticket", unique=("person_id",)),
    Movable("notifications.told", "person", Notification, "person", unique=("event_id",)),
    Movable("notifications.by", "person", Notification, "actor"),
    Movable("notifications.mails", "person", MailItem, "person", unique=("notification__event_id",)),
):
    register_movable(_movable)
