"""Setting up mailboxes: administrators only."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from leitstelle.accounts.models import Organisation, Team
from leitstelle.accounts.policies import can_administer
from leitstelle.accounts.rules import normalise_email
from leitstelle.catalog.models import Category
from leitstelle.intake.choices import MailboxFetch, MailboxState, SignIn, TlsMode
from leitstelle.intake.errors import AddressInUse, NotAnAddress
from leitstelle.intake.events import MailboxChanged, MailboxCreated
from leitstelle.intake.models import SECRETS, Mailbox
from leitstelle.kernel.errors import Conflict, NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer

_PLACE = ("imap_host", "imap_folder", "imap_user", "fetch")


@dataclass(frozen=True, kw_only=True)
class MailboxInput:
    """The settings of a mailbox. An empty password leaves the stored one as it is."""

    address: str
    sender_name: str = ""
    fetch: str = MailboxFetch.PIPE
    team: Team | None = None
    category: Category | None = None
    organisation: Organisation | None = None
    language: str = "de"
    signature: str = ""
    acknowledge: bool = True
    mail_server: str = ""
    sort_spam: bool = True
    sign_mail: bool = False
    imap_host: str = ""
    imap_port: int = 993
    imap_tls: str = TlsMode.TLS
    imap_user: str = ""
    imap_auth: str = SignIn.PASSWORD
    imap_password: str = ""
    imap_folder: str = "INBOX"
    imap_done_folder: str = ""
    imap_verify: bool = True
    pop_delete: bool = False
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: str = TlsMode.STARTTLS
    smtp_user: str = ""
    smtp_auth: str = SignIn.PASSWORD
    smtp_password: str = ""
    smtp_verify: bool = True
    is_default: bool = False
    is_active: bool = True

    def columns(self) -> dict[str, Any]:
        """Values of the row. Raises `NotAnAddress`."""
        values = {name: getattr(self, name) for name in asdict(self)}
        try:
            values["address"] = normalise_email(self.address)
        except ValueError as error:
            raise NotAnAddress(fields={"address": NotAnAddress.default_message}) from error
        for name in SECRETS:
            if not values[name]:
                del values[name]
        return values


@unit()
def create_mailbox(new: MailboxInput, *, by: Viewer, now: datetime) -> Mailbox:
    """Set up a mailbox; the first one becomes the default. Administrators. Records `MailboxCreated`.

    Raises `NotAllowed`, `NotAnAddress`, `AddressInUse`.
    """
    need_administrator(by)
    values = new.columns()
    values["is_default"] = new.is_default or not Mailbox.objects.exists()
    try:
        with transaction.atomic():
            box = Mailbox.objects.create(created_at=now, **values)
    except IntegrityError as error:
        raise AddressInUse(fields={"address": AddressInUse.default_message}) from error
    _only_default(box)
    record(MailboxCreated(), subject=Subject("mailbox", box.pk), actor=by.actor, at=now)
    return box


@unit()
def edit_mailbox(
    box: Mailbox, new: MailboxInput, *, by: Viewer, now: datetime, version: int | None = None
) -> Mailbox:
    """Change the settings; the worker reconnects with them. Administrators. Records `MailboxChanged`.

    `version` is the one the editor saw. Raises `NotAllowed`, `NotAnAddress`, `AddressInUse`, `Conflict`.
    """
    need_administrator(by)
    values = new.columns()
    changed = tuple(
        sorted(name for name, value in values.items() if name in SECRETS or getattr(box, name) != value)
    )
    if not changed:
        return box
    if set(changed) & set(_PLACE):
        values |= {"uid_validity": 0, "last_uid": 0}  # another folder: positions of the old one mean nothing
    values["state"] = MailboxState.UNKNOWN
    rows = Mailbox.objects.filter(pk=box.pk, version=box.version if version is None else version)
    try:
        with transaction.atomic():
            moved = _write(rows, values)
    except IntegrityError as error:
        raise AddressInUse(fields={"address": AddressInUse.default_message}) from error
    if not moved:
        box.refresh_from_db()
        differ = [name for name in changed if name not in SECRETS and getattr(box, name) != values[name]]
        raise Conflict(
            theirs={name: getattr(box, name) for name in differ}, ours={name: values[name] for name in differ}
        )
    box.refresh_from_db()
    _only_default(box)
    record(MailboxChanged(fields=changed), subject=Subject("mailbox", box.pk), actor=by.actor, at=now)
    return box


def _write(rows: Any, values: dict[str, Any]) -> int:
    return int(rows.update(**values, version=F("version") + 1))


def _only_default(box: Mailbox) -> None:
    if box.is_default:
        Mailbox.objects.exclude(pk=box.pk).filter(is_default=True).update(is_default=False)


def need_administrator(by: Viewer) -> None:
    """Raise `NotAllowed` for everybody but administrators."""
    if not can_administer(by):
        raise NotAllowed()
