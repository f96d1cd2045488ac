"""Reads about messages that did not arrive: their mail in the outbox, and addresses that get none any more."""

from collections.abc import Collection, Sequence

from leitstelle.accounts.models import ContactPoint
from leitstelle.kernel.mail import OutboxMail
from leitstelle.tickets.choices import Direction
from leitstelle.tickets.models import Message

# What a message says of a recipient who, as far as anybody knows, did not get it.
FAILED_STATES = ("failed", "unknown")


def outbox_of(message: Message) -> OutboxMail | None:
    """The mail a message became; None where it never did."""
    if not message.rfc_message_id:
        return None
    return OutboxMail.objects.filter(message_id=f"<{message.rfc_message_id}>").first()


def suspended_among(addresses: Collection[str]) -> list[ContactPoint]:
    """Those of the addresses that mail came back from for good. One query."""
    wanted = {address.lower() for address in addresses}
    rows = ContactPoint.objects.filter(normalised__in=wanted, suspended_at__isnull=False)
    return list(rows.select_related("person").order_by("pk"))


def not_arrived(messages: Sequence[Message]) -> dict[int, list[str]]:
    """Addresses a message of ours did not reach, by message; reads recipients that are loaded already."""
    found = {}
    for message in messages:
        if message.direction == Direction.OUTBOUND:
            rows = [one.email for one in message.recipients.all() if one.delivery_state in FAILED_STATES]
            if rows:
                found[message.pk] = rows
    return found
