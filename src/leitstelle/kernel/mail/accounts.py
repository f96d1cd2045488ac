"""Setting up the account of the house that sends mail."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.mail.actions import release_held
from leitstelle.kernel.mail.events import OutgoingAccountChanged
from leitstelle.kernel.mail.models import OutgoingAccount
from leitstelle.kernel.mail.queries import may_see_outbox
from leitstelle.kernel.mail.rules import parse_address
from leitstelle.kernel.mail.transports import Security, SmtpConfig
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class AccountInput:
    """The settings of the account. An empty password leaves the stored one as it is."""

    host: str
    port: int = 587
    security: str = Security.STARTTLS.value
    username: str = ""
    password: str = ""
    verify_certificate: bool = True
    address: str = ""

    def config(self, *, timeout: float = 30.0) -> SmtpConfig:
        """How to reach the server; without a password the stored one is used where the account is the same."""
        stored = OutgoingAccount.objects.first() if self.username and not self.password else None
        same = stored is not None and (stored.host, stored.username) == (self.host, self.username)
        return SmtpConfig(
            host=self.host,
            port=self.port,
            security=Security(self.security),
            username=self.username,
            password=str(stored.password) if stored and same else self.password,
            verify_certificate=self.verify_certificate,
            timeout=timeout,
        )


def may_set_up(viewer: Viewer) -> bool:
    """Administrators, and the product itself."""
    return viewer.is_system or may_see_outbox(viewer)


@unit
def save_account(
    new: AccountInput, *, version: int | None = None, by: Viewer, now: datetime
) -> OutgoingAccount:
    """Let the house send by this account, and release what waited for one; administrators only.

    `version` is the one the editor saw, 0 before there was any. Records `OutgoingAccountChanged` with the names of
    the fields. Raises NotAllowed, InvalidInput (field `address`), Conflict.
    """
    if not may_set_up(by):
        raise NotAllowed
    if new.address:
        try:
            parse_address(new.address)
        except ValueError as error:
            text = _("This is not a mail address.")
            raise InvalidInput(fields={"address": text}) from error
    row, changed = _write(new, version)
    if changed:
        record(
            OutgoingAccountChanged(changed), subject=Subject("mail_account", row.pk), actor=by.actor, at=now
        )
        release_held(actor=by.actor, now=now)
    return row


def _write(new: AccountInput, version: int | None) -> tuple[OutgoingAccount, tuple[str, ...]]:
    values = {name: value for name, value in asdict(new).items() if name != "password" or value}
    row = OutgoingAccount.objects.first()
    if row is None:
        if version:
            raise Conflict
        row = OutgoingAccount.objects.create(pk=1, **values)
        return row, tuple(sorted(values))
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return row, ()
    if (row.host, row.username) != (new.host, new.username) and "password" not in changed:
        changed["password"] = ""  # a password is never shown to another server than it was given for
    rows = OutgoingAccount.objects.filter(pk=row.pk, version=row.version if version is None else version)
    if not rows.update(**changed, version=F("version") + 1):
        raise Conflict(
            theirs={name: getattr(row, name) for name in changed if name != "password"},
            ours={name: value for name, value in changed.items() if name != "password"},
        )
    row.refresh_from_db()
    return row, tuple(sorted(changed))
