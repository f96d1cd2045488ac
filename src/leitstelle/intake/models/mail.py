"""Mailboxes, the raw mail they accepted, known message ids, guests' unconfirmed reports, and calls."""

from typing import Self

from django.db import models
from django.db.models.functions import Coalesce

from leitstelle.accounts.models import Organisation, Person, Team
from leitstelle.catalog.models import Category
from leitstelle.intake.choices import (
    InboundState,
    MailboxFetch,
    MailboxState,
    OAuthGrant,
    OAuthProvider,
    SignIn,
    TlsMode,
)
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.ids import PublicIdField
from leitstelle.kernel.secrets import EncryptedField
from leitstelle.tickets.models import Message, Ticket, VendorCase

SECRETS = ("imap_password", "smtp_password")


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    """Mailboxes without their passwords where nobody signs in: a lost key must not stop mail from being accepted."""

    def without_secrets(self) -> Self:
        return self.defer(*SECRETS)


class Mailbox(models.Model):
    """An address of the desk: where its mail comes from, where its tickets go, how it answers."""

    public_id = PublicIdField()
    address = models.CharField(max_length=254, unique=True)
    sender_name = models.CharField(max_length=120, blank=True)
    fetch = models.CharField(max_length=4, choices=MailboxFetch.choices, default=MailboxFetch.PIPE)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(max_length=5, default="de")
    signature = models.TextField(blank=True)
    acknowledge = models.BooleanField(default=True)
    # The name under which the house's mail server writes what it found out about senders; empty: nothing is checked.
    mail_server = models.CharField(max_length=253, blank=True)
    # What leaves from here is signed (S/MIME) with the key of this mailbox, as long as one fits.
    sign_mail = models.BooleanField(default=False)
    # The server mail is fetched from, by IMAP or POP3.
    # Mail that the mail server marked as spam is kept apart; otherwise it makes tickets as any other.
    sort_spam = models.BooleanField(default=True)
    imap_host = models.CharField(max_length=253, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_tls = models.CharField(max_length=8, choices=TlsMode.choices, default=TlsMode.TLS)
    imap_user = models.CharField(max_length=254, blank=True)
    imap_auth = models.CharField(max_length=8, choices=SignIn.choices, default=SignIn.PASSWORD)
    imap_password = EncryptedField(blank=True, default="")
    imap_folder = models.CharField(max_length=120, default="INBOX")
    # Where mail goes once it is durable here; empty: it stays and is marked as seen.
    imap_done_folder = models.CharField(max_length=120, blank=True)
    imap_verify = models.BooleanField(default=True)
    # POP3 knows no folders: what is durable here is deleted there, or stays and is known by its UIDL.
    pop_delete = models.BooleanField(default=False)
    smtp_host = models.CharField(max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(default=587)
    smtp_tls = models.CharField(max_length=8, choices=TlsMode.choices, default=TlsMode.STARTTLS)
    smtp_user = models.CharField(max_length=254, blank=True)
    smtp_auth = models.CharField(max_length=8, choices=SignIn.choices, default=SignIn.PASSWORD)
    smtp_password = EncryptedField(blank=True, default="")
    smtp_verify = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=MailboxState.choices, default=MailboxState.UNKNOWN)
    checked_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    # Which worker fetches, so that two do not read the same mailbox at once.
    fetcher = models.CharField(max_length=120, blank=True)
    fetcher_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        ordering = ("address",)
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.address


class PopMail(models.Model):
    """A mail that lies on a POP3 server and is durable here, by its UIDL; forgotten once it lies there no more."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="pop_mails")
    uidl = models.CharField(max_length=70)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("mailbox", "uidl"), name="pop_mail_once")]


class MailOAuth(models.Model):
    """How a mailbox gets tokens for its servers (OAuth2), and the tokens it has.

    The row without a mailbox is that of the house's own account for outgoing mail.
    """

    mailbox = models.OneToOneField(
        Mailbox, null=True, blank=True, on_delete=models.CASCADE, related_name="oauth"
    )
    provider = models.CharField(max_length=10, choices=OAuthProvider.choices, default=OAuthProvider.MICROSOFT)
    grant = models.CharField(max_length=8, choices=OAuthGrant.choices, default=OAuthGrant.REFRESH)
    tenant = models.CharField(max_length=120, blank=True)
    client_id = models.CharField(max_length=200)
    client_secret = EncryptedField(blank=True, default="")
    # Only of other providers; those of the known ones are in `rules.mail.oauth`.
    authorize_url = models.CharField(max_length=500, blank=True)
    token_url = models.CharField(max_length=500, blank=True)
    scope = models.CharField(max_length=1000, blank=True)
    refresh_token = EncryptedField(blank=True, default="")
    access_token = EncryptedField(blank=True, default="")
    expires_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        # Empty values are not equal to a database: the house would have two.
        constraints = [models.UniqueConstraint(Coalesce("mailbox", 0), name="mail_oauth_once")]


class InboundMailQuerySet(models.QuerySet["InboundMail"]):
    """Inbound mail together with what processing and pages need of it."""

    def complete(self) -> Self:
        secrets = [f"mailbox__{name}" for name in SECRETS]
        return self.select_related("mailbox", "raw").defer(*secrets)


class InboundMail(models.Model):
    """One accepted mail: raw source first, then what became of it and why (the flight recorder)."""

    public_id = PublicIdField()
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="inbound")
    acceptance_key = models.CharField(max_length=80)
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=60)
    raw = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=11, choices=InboundState.choices, default=InboundState.ACCEPTED)
    reason_code = models.CharField(max_length=40, blank=True)
    reason_detail = models.TextField(blank=True)
    # The traceback of a failure, apart from the reason people read.
    error_trace = models.TextField(blank=True)
    decisions = models.JSONField(default=list)
    attempts = models.PositiveIntegerField(default=0)
    processed_at = models.DateTimeField(null=True, blank=True)
    ticket = models.ForeignKey(
        Ticket, null=True, blank=True, on_delete=models.SET_NULL, related_name="inbound"
    )
    entry = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="inbound"
    )

    objects = InboundMailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("mailbox", "acceptance_key"), name="mail_accepted_once")
        ]
        indexes = [models.Index(fields=("state", "-received_at", "-id"), name="inbound_state")]


class MailReference(models.Model):
    """A Message-ID known to belong to a ticket: its own mails and all ids they referred to.

    With a `vendor_case` it belongs to the private thread there: what answers it is never public.
    """

    value = models.CharField(max_length=255)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="mail_references")
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    vendor_case = models.ForeignKey(
        VendorCase, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    is_own = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("value", "ticket"), name="mail_reference_once")]
        indexes = [
            models.Index(fields=("value",), name="mail_reference_value"),
            models.Index(
                fields=("vendor_case",),
                name="mail_reference_vendor",
                condition=models.Q(vendor_case__isnull=False),
            ),
        ]


class GuestReport(models.Model):
    """What a guest wrote in the portal; becomes a ticket when they confirm their address."""

    public_id = PublicIdField()
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5, default="de")
    report = models.JSONField()
    files = models.ManyToManyField(Blob, through="GuestFile", related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")


class GuestFile(models.Model):
    """A file of a guest's report with the name it was given."""

    report = models.ForeignKey(GuestReport, on_delete=models.CASCADE, related_name="attached")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)


class Call(models.Model):
    """What a call or visit left beside its message: who it was where nobody is known, and a callback wished.

    `once` comes from the form, so that pressing twice enters one call. What was said about the caller is kept as
    typed; it stays when a person is found later.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="call")
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    once = models.UUIDField()
    caller_name = models.CharField(max_length=200, blank=True)
    caller_number = models.CharField(max_length=60, blank=True)
    caller_email = models.CharField(max_length=254, blank=True)
    caller_organisation = models.CharField(max_length=200, blank=True)
    callback_number = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("entered_by", "once"), name="call_entered_once")]
