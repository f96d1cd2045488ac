"""The first try follows the event at once; further tries belong to the clock, so that no other mail waits."""

from datetime import UTC, datetime

from leitstelle.kernel.events import Event, subscribe
from leitstelle.kernel.mail.events import MailQueued, MailReleased
from leitstelle.kernel.mail.sending import send


@subscribe(MailQueued, MailReleased, name="outbox.send", network=True)
def send_mail(event: Event) -> None:
    """Try to send the mail."""
    send(event.data["mail"], datetime.now(UTC))
