"""Who speaks: a person with a session of the web pages, or a token in `Authorization: Bearer`.

The viewer is found once per request and kept on it. Tokens themselves belong to accounts.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja.security import APIKeyCookie, HttpBearer

from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.limits import check
from leitstelle.kernel.viewer import (
    Viewer,
    resolve,
    resolve_token,
)
from leitstelle.kernel.viewer import (
    register_token_resolver as register_token_resolver,
)

PER_MINUTE = 600
_KEPT = "_leitstelle_api_viewer"


class Scope(StrEnum):
    """What a token must have been given for an operation; the person behind it sets the other limit."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class ScopeMissing(NotAllowed):
    """The token was not given the scope this operation needs."""

    code = "scope_missing"
    default_message = _("This token may not do that: it was made without the scope “%(scope)s”.")


def needs(
    scope: Scope,
    *,
    if_match: Literal["", "optional", "required"] = "",
    answers: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what an operation needs, as keywords of a router's decorator, and what the document says of it.

    The scope of a token; whether the operation answers with an entity tag and compares `If-Match`; and the content of
    the answer by media type where it is not JSON.
    """
    said: dict[str, Any] = {"x-token-scope": str(scope), "x-if-match": if_match}
    if answers is not None:
        said["responses"] = {200: {"content": answers}}
    return {"auth": [TokenAuth(scope), SessionAuth()], "openapi_extra": said}


def authenticate(request: HttpRequest) -> Viewer | None:
    """Return who speaks, `None` for nobody; a token counts before a session. Raises TooMany above the rate."""
    if not hasattr(request, _KEPT):
        viewer = _viewer(request)
        if viewer is not None:
            _count(viewer)
        setattr(request, _KEPT, viewer)
        if viewer is not None:
            request.viewer = viewer  # type: ignore[attr-defined]
    found: Viewer | None = getattr(request, _KEPT)
    return found


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer of an authenticated request; a guest where the operation allows nobody."""
    return authenticate(request) or Viewer.guest()


def bearer_token(request: HttpRequest) -> str:
    """The token of the request, empty where it has none."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _viewer(request: HttpRequest) -> Viewer | None:
    if "Authorization" in request.headers:
        token = bearer_token(request)
        return resolve_token(request, token) if token else None
    viewer = getattr(request, "viewer", None) or resolve(request)
    return viewer if viewer.person_id is not None else None


def _count(viewer: Viewer) -> None:
    limit: int = getattr(settings, "API_REQUESTS_PER_MINUTE", PER_MINUTE)
    actor = viewer.actor
    check("api", f"{actor.kind}:{actor.id}", limit=limit, per=timedelta(minutes=1), now=datetime.now(UTC))


class TokenAuth(HttpBearer):
    """A token made in the settings of a person; an operation may ask for one of its scopes."""

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        viewer = authenticate(request)
        scopes = viewer.token_scopes if viewer is not None else None
        if self.scope and scopes is not None and self.scope not in scopes:
            raise ScopeMissing(scope=self.scope)
        return viewer


class SessionAuth(APIKeyCookie):
    """The session of the web pages; writing needs the CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Viewer | None:
        # With a token the cookie says nothing: neither does it sign in nor does its CSRF protection matter.
        return None if "Authorization" in request.headers else super().__call__(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Viewer | None:
        return authenticate(request)
