"""Keys that machines use in a person's name."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from leitstelle.accounts import labels, policies, rules
from leitstelle.accounts.choices import TokenScope
from leitstelle.accounts.events import ApiTokenCreated, ApiTokenRevoked
from leitstelle.accounts.models import ApiToken, Person
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer

PREFIX = "lst_"


@unit
def create_api_token(
    person: Person,
    name: str,
    scopes: Collection[TokenScope],
    *,
    by: Viewer,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token and return it with its text, which is never shown again: only its digest is kept.

    Agents for themselves, administrators for everybody; never with a token. Event
    `person.api_token_created`. Raises `NotAllowed`, `InvalidInput`.
    """
    policies.require(policies.can_create_token(by, person))
    called = rules.clean_name(name, limit=100)
    if not called:
        raise InvalidInput(fields={"name": labels.MISSING_NAME})
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        name=called,
        prefix=text[:12],
        digest=token_digest(text),
        scopes=sorted({str(TokenScope(scope)) for scope in scopes}),
        created_at=now,
        expires_at=expires_at,
    )
    data = ApiTokenCreated(token_id=token.pk, scopes=tuple(token.scopes))
    record(data, subject=Subject("person", person.pk), actor=by.actor, at=now)
    return token, text


@unit
def revoke_api_token(token: ApiToken, *, by: Viewer, now: datetime) -> ApiToken:
    """Make a token useless for good. Its person and administrators. Event `person.api_token_revoked`.

    Raises `NotAllowed`.
    """
    policies.require(policies.can_create_token(by, token.person))
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        data = ApiTokenRevoked(token_id=token.pk)
        record(data, subject=Subject("person", token.person_id), actor=by.actor, at=now)
    token.refresh_from_db()
    return token


def note_token_use(token: ApiToken, *, now: datetime) -> None:
    """Remember that a token is in use, once an hour: it is a hint for people, not a fact of the journal."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(hours=1))
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def token_digest(text: str) -> str:
    """The SHA-256 under which a token is stored; 256 random bits need no salt."""
    return hashlib.sha256(text.encode()).hexdigest()
