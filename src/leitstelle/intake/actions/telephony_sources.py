"""Setting up telephone systems and their lines: administrators only."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.queries.callers import dial_countries
from leitstelle.intake.actions.settings import need_administrator
from leitstelle.intake.choices import TelephonyKind
from leitstelle.intake.errors import DialSecretMissing, KeyNotPublic, NobodysLine, SourceNameTaken
from leitstelle.intake.events import TelephonySourceChanged, TelephonySourceCreated
from leitstelle.intake.models import TelephonyLine, TelephonySource
from leitstelle.intake.rules.telephony.calls import line_key
from leitstelle.intake.rules.telephony.proof import public_key_of
from leitstelle.kernel.errors import Conflict
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.outbound.actions import check_address
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class TelephonySourceInput:
    """The settings of a telephone system; its secret and its lines are set apart.

    An empty `dial_secret` leaves the stored one as it is, for the same address only.
    """

    name: str
    kind: str = TelephonyKind.GENERIC
    team: Team | None = None
    missed_tickets: bool = True
    public_key: str = ""
    dial_kind: str = ""
    dial_address: str = ""
    dial_user: str = ""
    dial_secret: str = ""
    is_active: bool = True


@unit()
def create_source(new: TelephonySourceInput, *, by: Viewer, now: datetime) -> TelephonySource:
    """Add a telephone system. Administrators. Records `TelephonySourceCreated`.

    Raises `NotAllowed`, `SourceNameTaken`, `KeyNotPublic`, `AddressNotCallable`, `AddressIsPrivate`,
    `DialSecretMissing`.
    """
    need_administrator(by)
    _check(new, secret_needed=True)
    try:
        with transaction.atomic():
            source = TelephonySource.objects.create(created_at=now, **_columns(new))
    except IntegrityError as error:
        raise SourceNameTaken(fields={"name": SourceNameTaken.default_message}) from error
    record(TelephonySourceCreated(kind=source.kind), subject=_subject(source), actor=by.actor, at=now)
    return source


@unit()
def change_source(
    source: TelephonySource, new: TelephonySourceInput, *, version: int, by: Viewer, now: datetime
) -> TelephonySource:
    """Change a telephone system. Administrators. Records `TelephonySourceChanged` where something did.

    Raises as `create_source`, and `Conflict` where somebody else changed it meanwhile.
    """
    need_administrator(by)
    _check(new, secret_needed=new.dial_address != source.dial_address)
    values = {name: value for name, value in _columns(new).items() if name != "dial_secret" or value}
    if not new.dial_kind:
        values["dial_secret"] = ""
    changed = tuple(sorted(name for name, value in values.items() if getattr(source, name) != value))
    if not changed:
        return source
    rows = TelephonySource.objects.filter(pk=source.pk, version=version)
    try:
        with transaction.atomic():
            moved = rows.update(version=F("version") + 1, **values)
    except IntegrityError as error:
        raise SourceNameTaken(fields={"name": SourceNameTaken.default_message}) from error
    if not moved:
        raise Conflict()
    _told(source, changed, by=by, now=now)
    return TelephonySource.objects.get(pk=source.pk)


@unit()
def make_secret(source: TelephonySource, *, by: Viewer, now: datetime) -> str:
    """Give a telephone system a new secret and return it, this once; the one before is worth nothing from now on.

    Administrators. Records `TelephonySourceChanged`. Raises `NotAllowed`.
    """
    need_administrator(by)
    secret = secrets.token_urlsafe(24)
    source.secret, source.secret_at = secret, now
    source.save(update_fields=["secret", "secret_at"])
    _told(source, ("secret",), by=by, now=now)
    return secret


@unit()
def set_line(
    source: TelephonySource, key: str, *, person: Person | None, team: Team | None, by: Viewer, now: datetime
) -> TelephonyLine:
    """Say whose telephone an extension, user id or own number is; the same key again replaces what was said.

    Administrators. Records `TelephonySourceChanged`. Raises `NotAllowed`, `NobodysLine`.
    """
    need_administrator(by)
    folded = line_key(key, dial_countries()[0])
    if not folded or (person is None and team is None):
        raise NobodysLine(fields={"person": NobodysLine.default_message})
    line, _created = TelephonyLine.objects.update_or_create(
        source=source, key=folded, defaults={"person": person, "team": team}
    )
    _told(source, ("lines",), by=by, now=now)
    return line


@unit()
def remove_line(source: TelephonySource, line_id: int, *, by: Viewer, now: datetime) -> None:
    """Forget whose telephone a line is. Administrators. Records `TelephonySourceChanged`. Raises `NotAllowed`."""
    need_administrator(by)
    if TelephonyLine.objects.filter(source=source, pk=line_id).delete()[0]:
        _told(source, ("lines",), by=by, now=now)


def _check(new: TelephonySourceInput, *, secret_needed: bool) -> None:
    if new.public_key:
        try:
            public_key_of(new.public_key)
        except ValueError as error:
            raise KeyNotPublic(fields={"public_key": KeyNotPublic.default_message}) from error
    if not new.dial_kind:
        return
    check_address(new.dial_address, field="dial_address")
    if secret_needed and not new.dial_secret:
        raise DialSecretMissing(fields={"dial_secret": DialSecretMissing.default_message})


def _columns(new: TelephonySourceInput) -> dict[str, object]:
    return {name: getattr(new, name) for name in new.__dataclass_fields__}


def _subject(source: TelephonySource) -> Subject:
    return Subject("telephony_source", source.pk)


def _told(source: TelephonySource, fields: tuple[str, ...], *, by: Viewer, now: datetime) -> None:
    record(TelephonySourceChanged(fields=fields), subject=_subject(source), actor=by.actor, at=now)
