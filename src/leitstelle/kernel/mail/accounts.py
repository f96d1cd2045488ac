"""Setting up the account of the house that sends mail."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.mail.actions import release_held
from leitstelle.kernel.mail.choices import AccountSignIn
from leitstelle.kernel.mail.events import OutgoingAccountChanged
from leitstelle.kernel.mail.models import OutgoingAccount
from leitstelle.kernel.mail.queries import may_see_outbox
from leitstelle.kernel.mail.rules import parse_address
from leitstelle.kernel.mail.transports import Security
from leitstelle.kernel.viewer import Viewer

# There is one account, so its key is known before there is any.
ONLY = 1


@dataclass(frozen=True, kw_only=True)
class AccountInput:
    """The settings of the account. An empty password leaves the stored one as it is."""

    host: str
    port: int = 587
    security: str = Security.STARTTLS.value
    auth: str = AccountSignIn.PASSWORD.value
    username: str = ""
    password: str = ""
    verify_certificate: bool = True
    address: str = ""


def may_set_up(viewer: Viewer) -> bool:
    """Administrators, and the product itself."""
    return viewer.is_system or may_see_outbox(viewer)


@unit
def save_account(
    new: AccountInput, *, version: int | None = None, by: Viewer, now: datetime
) -> OutgoingAccount:
    """Let the house send by this account, and release what waited for one; administrators only.

    `version` is the one the editor saw, 0 before there was any. Records `OutgoingAccountChanged` with the names of
    the fields. Raises NotAllowed, InvalidInput (fields `address`, `username`), Conflict.
    """
    if not may_set_up(by):
        raise NotAllowed
    if new.address:
        try:
            parse_address(new.address)
        except ValueError as error:
            text = _("This is not a mail address.")
            raise InvalidInput(fields={"address": text}) from error
    if new.auth == AccountSignIn.OAUTH2 and not (new.username or new.address):
        text = _("A token belongs to a user: please enter one, or a sender address.")
        raise InvalidInput(fields={"username": text})
    row, changed = _write(new, version)
    if changed:
        record(
            OutgoingAccountChanged(changed), subject=Subject("mail_account", row.pk), actor=by.actor, at=now
        )
        release_held(actor=by.actor, now=now)
    return row


@unit
def note_tokens(fields: tuple[str, ...], *, by: Viewer, now: datetime) -> None:
    """Record that the account gets its tokens by other settings, which a domain keeps; administrators only.

    Records `OutgoingAccountChanged` with the names in `fields`. Raises NotAllowed.
    """
    if not may_set_up(by):
        raise NotAllowed
    record(OutgoingAccountChanged(fields), subject=Subject("mail_account", ONLY), actor=by.actor, at=now)


def _write(new: AccountInput, version: int | None) -> tuple[OutgoingAccount, tuple[str, ...]]:
    values = {name: value for name, value in asdict(new).items() if name != "password" or value}
    row = OutgoingAccount.objects.first()
    if row is None:
        if version:
            raise Conflict
        row = OutgoingAccount.objects.create(pk=ONLY, **values)
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
