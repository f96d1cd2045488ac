"""Checks of mail and of the background processes; Django is set up and the tables exist."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings

from leitstelle.accounts.models import Person
from leitstelle.config.backup import shelf
from leitstelle.config.doctor.findings import Check, Finding, error, ok, warning
from leitstelle.config.texts import _
from leitstelle.intake.choices import InboundState, MailboxState
from leitstelle.intake.models import InboundMail, Mailbox, MailOAuth
from leitstelle.intake.queries.signing import unsigned_words
from leitstelle.kernel.blobs.errors import FileStoreDown
from leitstelle.kernel.blobs.landing import landing
from leitstelle.kernel.mail.choices import AccountSignIn
from leitstelle.kernel.mail.models import OutgoingAccount
from leitstelle.kernel.mail.queries import alarms, held_after_restore
from leitstelle.kernel.mail.transports import resolve_transport
from leitstelle.kernel.work.beats import alive
from leitstelle.kernel.work.models import ClockLease, Delivery, DeliveryState, ScheduleRow

LATE = timedelta(minutes=10)
# A night and a morning: one missed backup shows, a late start of the machine does not.
OLD_BACKUP = timedelta(hours=36)


def administrator() -> Iterator[Finding]:
    """Somebody can administer the desk."""
    if Person.objects.filter(is_superuser=True, is_active=True).exists():
        yield ok("administrator", _("There is an administrator."))
    else:
        yield warning("administrator", _("There is no administrator."), _("`leitstelle init` creates one."))


def outgoing_mail() -> Iterator[Finding]:
    """Mail that belongs to no mailbox can leave."""
    if resolve_transport("default") is not None or settings.SMTP is not None:
        yield ok("smtp", _("A server for outgoing mail is configured."))
    else:
        what = _("No server for outgoing mail is configured: mail is held.")
        yield warning("smtp", what, _("Set LEITSTELLE_SMTP_URL, or SMTP on the default mailbox."))
    if OutgoingAccount.objects.filter(auth=AccountSignIn.OAUTH2).exists():
        yield from _house_tokens()


def _house_tokens() -> Iterator[Finding]:
    where = _("See the sign-in by token under Administration, Outgoing mail.")
    row = MailOAuth.objects.filter(mailbox=None).only("last_error").first()
    if row is None:
        yield error("smtp", _("The sign-in by token of outgoing mail is not set up: no mail leaves."), where)
    elif row.last_error:
        what = _("The account for outgoing mail gets no token: %(reason)s") % {"reason": row.last_error}
        yield error("smtp", what, where)


def mailboxes() -> Iterator[Finding]:
    """Mailboxes exist and work."""
    active = list(Mailbox.objects.filter(is_active=True).order_by("address"))
    if not active:
        yield warning("mailboxes", _("No mailbox is set up."), _("Add one under Administration, Mailboxes."))
    for mailbox in active:
        if mailbox.state == MailboxState.FAILING:
            what = _("Mailbox %(address)s: %(reason)s") % {
                "address": mailbox.address,
                "reason": mailbox.last_error,
            }
            yield error(
                "mailboxes", what, _("Check server, user and password under Administration, Mailboxes.")
            )
        else:
            yield ok("mailboxes", mailbox.address)
        if words := unsigned_words(mailbox, datetime.now(UTC)):
            what = _("Mailbox %(address)s: %(reason)s") % {"address": mailbox.address, "reason": words}
            advice = _("Add a key under Administration, Signed and encrypted mail, or switch signing off.")
            yield warning("mailboxes", what, advice)


def quarantine() -> Iterator[Finding]:
    """Nothing waits to be looked at by a person."""
    count = InboundMail.objects.filter(state=InboundState.QUARANTINED).count()
    if count:
        what = _("%(count)s messages are in quarantine.") % {"count": count}
        yield warning("quarantine", what, _("Look at them under Quarantine and process or discard them."))
    else:
        yield ok("quarantine", _("The quarantine is empty."))


def loops() -> Iterator[Finding]:
    """No automatic mail was stopped because it went to and fro with another machine."""
    count = alarms(datetime.now(UTC))["loops"]
    if count:
        what = _("%(count)s automatic mails were stopped: too many in an hour to one recipient or ticket.")
        advice = _("See under Administration, Outgoing mail, who answers by machine, and switch one off.")
        yield warning("mail_loops", what % {"count": count}, advice)
    else:
        yield ok("mail_loops", _("No automatic mail goes to and fro."))


def worker() -> Iterator[Finding]:
    """A worker was heard lately and keeps up."""
    now = datetime.now(UTC)
    if alive("worker", now):
        yield ok("worker", _("A worker is running."))
    else:
        yield warning(
            "worker", _("No worker is running."), _("Start `leitstelle up` or `leitstelle worker`.")
        )
    late = Delivery.objects.filter(state=DeliveryState.READY, next_try__lt=now - LATE).count()
    if late:
        what = _("%(count)s deliveries are late.") % {"count": late}
        yield warning("worker", what, _("See the log of the worker; start a second one if it is only slow."))
    failed = Delivery.objects.filter(state=DeliveryState.FAILED).count()
    if failed:
        what = _("%(count)s deliveries have failed for good.") % {"count": failed}
        yield warning("worker", what, _("See the log of the worker for the reason."))


def clock() -> Iterator[Finding]:
    """One clock holds the lease, and schedules succeed."""
    lease = ClockLease.objects.filter(expires__gt=datetime.now(UTC)).exclude(holder="").first()
    if lease:
        yield ok("clock", lease.holder)
    else:
        yield warning("clock", _("No clock is running."), _("Start `leitstelle up` or `leitstelle clock`."))
    for row in ScheduleRow.objects.filter(failures__gt=0).order_by("name"):
        what = _("%(name)s fails: %(reason)s") % {"name": row.name, "reason": row.last_error.strip()[-200:]}
        yield warning("clock", what, _("See the log of the worker for the reason."))


def backups() -> Iterator[Finding]:
    """There is a backup that was read back, and it is not old."""
    best = shelf.last_good()
    if best is None:
        what = _("There is no verified backup in %(place)s.") % {"place": shelf.directory()}
        advice = _("`leitstelle backup` makes one; set LEITSTELLE_BACKUP_DIR for one every night.")
        yield warning("backup", what, advice)
    elif (age := datetime.now(UTC) - best.made_at) > OLD_BACKUP:
        what = _("The latest verified backup is %(days)s days old.") % {"days": age.days}
        yield warning("backup", what, _("`leitstelle backup` makes one; see the log of the worker."))
    else:
        yield ok("backup", best.name)
    if best is not None and best.note is not None and best.note.missing_files:
        what = _("The latest backup lacks %(count)s files.") % {"count": best.note.missing_files}
        yield error(
            "backup", what, _("`leitstelle manage blobs check` names what is missing on this machine.")
        )
    if held := held_after_restore():
        what = _("%(count)s mails are on hold since the desk was restored.") % {"count": held}
        yield warning("outbox", what, _("Send or drop them under Administration, Backups."))


def files() -> Iterator[Finding]:
    """The bucket of files can be used, and nothing waits long to be taken there."""
    if settings.S3 is None:
        yield ok("files", _("Files lie in the data directory."))
        return
    place = landing()
    try:
        place.bucket.try_out()
    except FileStoreDown as problem:
        what = _("The bucket %(bucket)s cannot be used: %(reason)s") % {
            "bucket": settings.S3.bucket,
            "reason": problem,
        }
        yield error(
            "files", what, _("Check the variables LEITSTELLE_S3_…; until then files wait on this machine.")
        )
    else:
        yield ok("files", _("The bucket %(bucket)s can be used.") % {"bucket": settings.S3.bucket})
    waiting = place.waiting()
    if waiting and datetime.now(UTC).timestamp() - waiting[0][1] > LATE.total_seconds():
        what = _("%(count)s files wait on this machine to be taken to the bucket.") % {"count": len(waiting)}
        yield warning("files", what, _("The worker takes them there as soon as the bucket answers."))


CHECKS: tuple[Check, ...] = (
    administrator,
    outgoing_mail,
    mailboxes,
    quarantine,
    files,
    loops,
    worker,
    clock,
    backups,
)
