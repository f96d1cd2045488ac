"""What stood in mail beside its words: events, other desks' numbers; and the keys that open and vouch for mail."""

from django.db import models

from leitstelle.intake.models.mail import Mailbox
from leitstelle.kernel.secrets import EncryptedField
from leitstelle.tickets.models import Message, Ticket


class MailEvent(models.Model):
    """An invitation, its change, cancellation or answer in a message; those of one event share their `uid`."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mail_events")
    method = models.CharField(max_length=20, blank=True)
    uid = models.CharField(max_length=255, blank=True, db_index=True)
    sequence = models.BigIntegerField(default=0)
    summary = models.CharField(max_length=300, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    all_day = models.BooleanField(default=False)
    zone = models.CharField(max_length=60, blank=True)
    location = models.CharField(max_length=300, blank=True)
    organizer = models.CharField(max_length=300, blank=True)
    attendee = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=20, blank=True)
    repeats = models.BooleanField(default=False)


class ExternalNumber(models.Model):
    """The number another desk has for a ticket, and who uses it: a domain, or an address of a large provider."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="external_numbers")
    value = models.CharField(max_length=60)
    sender = models.CharField(max_length=254)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("sender", "value", "ticket"), name="external_number_once")
        ]


class MailKey(models.Model):
    """A certificate (S/MIME) or public key (OpenPGP) that counts; with its secret key it opens mail to a mailbox."""

    mailbox = models.ForeignKey(
        Mailbox, null=True, blank=True, on_delete=models.CASCADE, related_name="mail_keys"
    )
    holder = models.CharField(max_length=254)
    fingerprint = models.CharField(max_length=64, unique=True)
    certificate = models.TextField()
    private_key = EncryptedField(blank=True, default="")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()

    @property
    def is_pgp(self) -> bool:
        """Whether it is a key of OpenPGP: its armour says so."""
        return self.certificate.startswith("-----BEGIN PGP ")
