"""What the tests of this domain share: a desk whose people are told, and short ways to look at it."""

from datetime import UTC, datetime

from django.utils import timezone

from leitstelle.accounts.models import Person
from leitstelle.intake.tests.factories import desk as make_mail_desk
from leitstelle.kernel.work import drain
from leitstelle.notifications.choices import Kind, MailChoice
from leitstelle.notifications.models import HouseDefault, Notification
from leitstelle.tickets.tests.desk import Desk, make_desk

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def make_house() -> Desk:
    """The desk of the ticket tests with a mailbox that mail leaves from; what made it is told already."""
    make_mail_desk()
    desk = make_desk()
    work()
    return desk


def work() -> None:
    """Let the worker do what is due."""
    drain(timezone.now())


def told(person: Person) -> list[tuple[str, str]]:
    """What a person was told, oldest first: kind and reason."""
    rows = Notification.objects.filter(person=person).order_by("pk")
    return [(str(row.kind), str(row.reason)) for row in rows]


def mail_everything(choice: MailChoice = MailChoice.AT_ONCE) -> None:
    """Let the house mail every kind to every agent."""
    HouseDefault.objects.all().delete()
    HouseDefault.objects.bulk_create(
        HouseDefault(role=role, kind=kind, in_product=True, mail=choice)
        for role in ("agent", "team_lead", "administrator")
        for kind in Kind
    )
