"""What an agent sees of a caller at once: who it is, where, numbers, notes, devices, tickets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.models import ContactPoint, Person
from leitstelle.accounts.rules import format_phone
from leitstelle.assets.models import Asset
from leitstelle.assets.queries import devices_of
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.calls import takes_call, tickets_of_caller

DEVICES = 8


@dataclass(frozen=True)
class Card:
    """A caller ready for the template; `ended` pairs tickets with whether a call still belongs to them."""

    person: Person
    numbers: list[tuple[str, str]]
    mail: str
    open: list[Ticket]
    ended: list[tuple[Ticket, bool]]
    devices: list[Asset]


def card_of(viewer: Viewer, person: Person, *, now: datetime) -> Card:
    """Return what is known of a person the viewer sees; four statements."""
    points = list(person.contact_points.all())
    known = tickets_of_caller(viewer, person.pk)
    mails = [point.value for point in points if point.kind == ContactKind.EMAIL]
    return Card(
        person=person,
        numbers=numbers_in(points),
        mail=mails[0] if mails else "",
        open=known.open,
        ended=[(ticket, takes_call(ticket, now)) for ticket in known.ended],
        devices=devices_of(viewer, [person.pk])[person.pk][:DEVICES],
    )


def numbers_in(points: Iterable[ContactPoint]) -> list[tuple[str, str]]:
    """Return the numbers among contact points as (E.164, as people write it)."""
    return [
        (point.normalised, format_phone(point.normalised))
        for point in points
        if point.kind != ContactKind.EMAIL
    ]
