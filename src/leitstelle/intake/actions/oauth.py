"""Setting up OAuth2 of a mailbox or of the house's account (administrators); keeping the tokens (the desk itself)."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from leitstelle.accounts.policies import can_administer
from leitstelle.intake.choices import OAuthGrant, OAuthProvider
from leitstelle.intake.errors import OAuthIncomplete
from leitstelle.intake.events import MailboxChanged
from leitstelle.intake.models import Mailbox, MailOAuth
from leitstelle.intake.rules.mail.oauth import Client, Tokens, endpoints, is_safe_place
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.mail.accounts import note_tokens
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class OAuthInput:
    """The settings. An empty secret leaves the stored one as it is."""

    provider: str = OAuthProvider.MICROSOFT
    grant: str = OAuthGrant.REFRESH
    tenant: str = ""
    client_id: str = ""
    client_secret: str = ""
    authorize_url: str = ""
    token_url: str = ""
    scope: str = ""


def client_of(row: MailOAuth) -> Client:
    """The desk as the provider knows it."""
    return Client(
        provider=row.provider,
        grant=row.grant,
        tenant=row.tenant,
        client_id=row.client_id,
        secret=str(row.client_secret),
        authorize_url=row.authorize_url,
        token_url=row.token_url,
        scope=row.scope,
        sends_only=row.mailbox_id is None,
    )


@unit()
def save_oauth(box: Mailbox | None, new: OAuthInput, *, by: Viewer, now: datetime) -> MailOAuth:
    """Set up how a mailbox, or without one the house's account for outgoing mail, gets tokens. Administrators.

    Tokens that came from elsewhere are forgotten. Records `MailboxChanged`, and the worker then signs in anew, or
    `OutgoingAccountChanged`. Raises `NotAllowed`, `OAuthIncomplete`.
    """
    if not can_administer(by):
        raise NotAllowed()
    _check(new)
    values: dict[str, Any] = {name: value for name, value in asdict(new).items() if name != "client_secret"}
    row = MailOAuth.objects.filter(mailbox=box).first()
    if row is None:
        row = MailOAuth.objects.create(mailbox=box, client_secret=new.client_secret, **values)
        changed = set(values)
    else:
        changed = {name for name, value in values.items() if getattr(row, name) != value}
        if new.client_secret:
            values["client_secret"] = new.client_secret
            changed.add("client_secret")
        elif changed & {"provider", "token_url"}:
            values["client_secret"] = ""  # a secret is never shown to another server than it was given for
        if not changed:
            return row
        if changed - {"client_secret"}:
            values |= {"refresh_token": "", "access_token": "", "expires_at": None}
        MailOAuth.objects.filter(pk=row.pk).update(**values, last_error="", version=F("version") + 1)
    _note_change(row, tuple(sorted(f"oauth_{name}" for name in changed)), by=by, now=now)
    row.refresh_from_db()
    return row


def _note_change(row: MailOAuth, fields: tuple[str, ...], *, by: Viewer, now: datetime) -> None:
    if row.mailbox_id is None:
        note_tokens(fields, by=by, now=now)
        return
    Mailbox.objects.filter(pk=row.mailbox_id).update(version=F("version") + 1)
    record(MailboxChanged(fields=fields), subject=Subject("mailbox", row.mailbox_id), actor=by.actor, at=now)


def _check(new: OAuthInput) -> None:
    fields: dict[str, Any] = {}
    if not new.client_id.strip():
        fields["client_id"] = OAuthIncomplete.default_message
    if new.provider == OAuthProvider.GOOGLE and new.grant == OAuthGrant.CLIENT:
        fields["grant"] = OAuthIncomplete.no_google_client
    if new.provider == OAuthProvider.MICROSOFT and new.grant == OAuthGrant.CLIENT and not new.tenant.strip():
        fields["tenant"] = OAuthIncomplete.default_message
    client = Client(
        provider=new.provider, grant=new.grant, authorize_url=new.authorize_url, token_url=new.token_url
    )
    place = endpoints(client)
    if not is_safe_place(place.token):
        fields["token_url"] = OAuthIncomplete.not_https
    if new.grant == OAuthGrant.REFRESH and not is_safe_place(place.authorize):
        fields["authorize_url"] = OAuthIncomplete.not_https
    if fields:
        raise OAuthIncomplete(fields=fields)


@unit()
def connect_oauth(row: MailOAuth, tokens: Tokens, *, by: Viewer, now: datetime) -> None:
    """Keep what a person allowed at the provider. Administrators. Records as `save_oauth` does. Raises `NotAllowed`."""
    if not can_administer(by):
        raise NotAllowed()
    keep_tokens(row, tokens, now=now)
    _note_change(row, ("oauth_refresh_token",), by=by, now=now)


def keep_tokens(row: MailOAuth, tokens: Tokens, *, now: datetime) -> None:
    """Keep fresh tokens, encrypted; a new refresh token takes the place of the old one.

    Not a fact of the desk's history: nothing is recorded. Settings changed meanwhile win.
    """
    values: dict[str, Any] = {
        "access_token": tokens.access,
        "expires_at": now + timedelta(seconds=tokens.seconds),
        "last_error": "",
    }
    if tokens.refresh:
        values["refresh_token"] = tokens.refresh
    MailOAuth.objects.filter(pk=row.pk, version=row.version).update(**values)
    for name, value in values.items():
        setattr(row, name, value)


def note_refusal(row: MailOAuth, words: str) -> None:
    """Keep why there is no token, for the page of the mailbox; the tokens stay."""
    MailOAuth.objects.filter(pk=row.pk, version=row.version).update(last_error=words[:500])
