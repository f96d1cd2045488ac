"""Accepting mail: durable first, understood later, each mail once per mailbox."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError

from leitstelle.intake.choices import InboundState, Reason
from leitstelle.intake.events import MailAccepted, MailQuarantined
from leitstelle.intake.models import InboundMail, Mailbox
from leitstelle.intake.rules.mail.acceptance import acceptance_key, header_part, same_content_digest, summary
from leitstelle.kernel.blobs import read_blob, store
from leitstelle.kernel.events import Actor, Subject, record, unit

ACTOR = Actor.system("mail")
SIZE_FACTOR = 3  # a mail is a third larger than its files, and may carry several


@dataclass(frozen=True)
class _Arrival:
    mailbox: Mailbox
    raw: bytes
    key: str
    received_at: datetime
    source: str
    reason: str = ""
    detail: str = ""


def max_mail_bytes() -> int:
    """The size above which only the headers of a mail are kept."""
    return int(settings.MAX_UPLOAD) * SIZE_FACTOR


def accept_raw(
    mailbox: Mailbox, raw: bytes, *, received_at: datetime, source: str, now: datetime
) -> InboundMail:
    """Store a mail durably; once this returns it is never lost. `received_at` (aware) is its arrival.

    The same mail again returns the row it has already. A mail that reuses the Message-ID of another one goes to
    quarantine for a person to decide, as does one that is too large (its headers are kept). Records
    `MailAccepted` or `MailQuarantined`. Raises what database and disk raise: then nothing was accepted.
    """
    received_at = min(received_at, now)
    if len(raw) > max_mail_bytes():
        return accept_oversize(
            mailbox, header_part(raw), len(raw), received_at=received_at, source=source, now=now
        )
    key = acceptance_key(raw)
    known = _known(mailbox, key)
    if known is None:
        return _insert(_Arrival(mailbox, raw, key, received_at, source), now)
    digest = same_content_digest(raw)
    if same_content_digest(read_blob(known.raw)) == digest or known.reason_code == Reason.TOO_LARGE:
        return known
    other = f"{key}:{digest[:12]}"
    again = _known(mailbox, other)
    if again is not None:
        return again
    detail = f"first seen as mail {known.pk}"
    return _insert(_Arrival(mailbox, raw, other, received_at, source, Reason.ID_REUSED, detail), now)


def accept_oversize(
    mailbox: Mailbox, headers: bytes, size: int, *, received_at: datetime, source: str, now: datetime
) -> InboundMail:
    """Keep the headers of a mail that is too large, in quarantine with the reason. Records `MailQuarantined`."""
    key = acceptance_key(headers)
    known = _known(mailbox, key)
    if known is not None:
        return known
    detail = f"{size} B > {max_mail_bytes()} B"
    return _insert(
        _Arrival(mailbox, headers, key, min(received_at, now), source, Reason.TOO_LARGE, detail), now
    )


def _known(mailbox: Mailbox, key: str) -> InboundMail | None:
    rows = InboundMail.objects.filter(mailbox=mailbox, acceptance_key=key)
    # Nearly every mail is new, and asking for one column costs half of asking for the row.
    known = rows.values_list("pk", flat=True).first()
    return InboundMail.objects.select_related("raw").get(pk=known) if known is not None else None


def _insert(arrival: _Arrival, now: datetime) -> InboundMail:
    blob = store(arrival.raw, declared_type="message/rfc822")
    outline = summary(arrival.raw)
    state = InboundState.QUARANTINED if arrival.reason else InboundState.ACCEPTED
    try:
        with unit():
            mail = InboundMail.objects.create(
                mailbox=arrival.mailbox,
                acceptance_key=arrival.key,
                message_id=outline.message_id[:255],
                sender=outline.sender[:254],
                subject=outline.subject[:300],
                source=arrival.source[:60],
                raw=blob,
                received_at=arrival.received_at,
                state=state,
                reason_code=arrival.reason,
                reason_detail=arrival.detail,
            )
            data = (
                MailQuarantined(reason=arrival.reason)
                if arrival.reason
                else MailAccepted(mailbox_id=arrival.mailbox.pk, source=arrival.source[:60])
            )
            record(data, subject=Subject("inbound_mail", mail.pk), actor=ACTOR, at=now)
            return mail
    except IntegrityError:
        known = _known(arrival.mailbox, arrival.key)  # another process accepted the same mail just now
        if known is None:
            raise
        return known
