"""Idempotency keys: a POST with a key it had before gets the answer it got before.

The key is claimed in a transaction of its own, so that a second request sees the first under way. The work and the
stored answer are one transaction: a process that dies in between has done nothing. Requests without the header
are as they are.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.api.auth import authenticate
from leitstelle.kernel.api.document import HEADER
from leitstelle.kernel.api.models import IdempotencyKey
from leitstelle.kernel.api.problems import UNREADABLE, from_domain_error, unreadable
from leitstelle.kernel.db import insert_ignore
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.events import unit

REPLAYED = "Idempotent-Replayed"
KEEP = timedelta(hours=48)
# Longer than any request may take; after that its process is taken for dead.
_LOCK = timedelta(minutes=2)
_KEPT_HEADERS = ("Location", "ETag")
# Answers about the moment and not about the request: asked again, they may differ.
_NOT_KEPT = frozenset({401, 403, 408, 409, 412, 425, 429})

Run = Callable[..., HttpResponse]


class KeyReused(DomainError):
    """The same key came with another request."""

    code = "idempotency_key_reused"
    status = 422
    default_message = _("This idempotency key was used for another request.")


class KeyInvalid(DomainError):
    """The key is empty, too long or not printable ASCII."""

    code = "idempotency_key_invalid"
    status = 422
    default_message = _("The idempotency key must be 1 to 200 printable ASCII characters.")


class KeyInFlight(DomainError):
    """The first request with this key is still being worked on."""

    code = "idempotency_key_in_flight"
    status = 409
    default_message = _("A request with this idempotency key is being processed.")


@dataclass(frozen=True)
class _Claim:
    row_id: int
    token: str


class _NotKept(Exception):
    """Undoes the transaction of a request whose answer is not kept."""

    def __init__(self, answer: HttpResponse) -> None:
        self.answer = answer
        super().__init__(answer.status_code)


def idempotent(run: Run) -> Run:
    """Wrap the run of an operation: POSTs of somebody known, with a key, are done once."""

    @wraps(run)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or HEADER not in request.headers:
            return run(request, *args, **kwargs)
        try:
            viewer = authenticate(request)
            if viewer is None:
                return run(request, *args, **kwargs)
            claimed = _claim(request, f"{viewer.actor.kind}:{viewer.actor.id}", datetime.now(UTC))
        except DomainError as error:
            return from_domain_error(request, error)
        except UNREADABLE as error:
            return unreadable(request, error)
        if isinstance(claimed, HttpResponse):
            return claimed
        return _run_once(claimed, lambda: run(request, *args, **kwargs), request)

    return wrapper


def _run_once(claim: _Claim, run: Callable[[], HttpResponse], request: HttpRequest) -> HttpResponse:
    try:
        with unit():
            answer = run()
            if answer.status_code >= 500 or answer.status_code in _NOT_KEPT or answer.streaming:
                raise _NotKept(answer)
            _keep(claim, answer)
        return answer
    except _NotKept as undone:
        _release(claim)
        return undone.answer
    except DomainError as error:
        return from_domain_error(request, error)
    except BaseException:
        _release(claim)
        raise


def _claim(request: HttpRequest, actor: str, now: datetime) -> _Claim | HttpResponse:
    """Claim the key, or return the answer it got before. Raises KeyReused, KeyInFlight, KeyInvalid."""
    key = request.headers[HEADER]
    if not (1 <= len(key) <= 200 and key.isascii() and key.isprintable()):
        raise KeyInvalid
    claim, fingerprint = uuid4().hex, _fingerprint(request)
    values = {
        "actor": actor,
        "key": key,
        "fingerprint": fingerprint,
        "created_at": now,
        "locked_until": now + _LOCK,
        "claim": claim,
        "headers": {},
    }
    mine = insert_ignore(IdempotencyKey, values)
    row = IdempotencyKey.objects.filter(actor=actor, key=key).first()
    if row is None:
        # Released between the two statements.
        raise KeyInFlight
    if mine:
        return _Claim(row.pk, claim)
    if row.fingerprint != fingerprint:
        raise KeyReused
    if row.status is not None:
        return _replay(row)
    taken = IdempotencyKey.objects.filter(pk=row.pk, status__isnull=True, locked_until__lt=now).update(
        claim=claim, locked_until=now + _LOCK
    )
    if not taken:
        raise KeyInFlight
    return _Claim(row.pk, claim)


def _fingerprint(request: HttpRequest) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        _add_parts(digest, request)
    else:
        digest.update(request.body)
    return digest.hexdigest()


def _add_parts(digest: "hashlib._Hash", request: HttpRequest) -> None:
    """The boundary is another one on every try, and files may be larger than what is read into memory at once."""
    for name, values in sorted(request.POST.lists()):
        digest.update(repr((name, values)).encode("utf-8", "replace"))
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, file.size)).encode("utf-8", "replace"))
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)


def _keep(claim: _Claim, answer: HttpResponse) -> None:
    kept = IdempotencyKey.objects.filter(pk=claim.row_id, claim=claim.token, status__isnull=True).update(
        status=answer.status_code,
        content_type=answer.get("Content-Type", ""),
        headers={name: answer[name] for name in _KEPT_HEADERS if name in answer},
        body=answer.content.decode("utf-8"),
        locked_until=None,
    )
    if not kept:
        # So slow that another request took over: what was done here is undone.
        raise KeyInFlight


def _release(claim: _Claim) -> None:
    IdempotencyKey.objects.filter(pk=claim.row_id, claim=claim.token, status__isnull=True).delete()


def _replay(row: IdempotencyKey) -> HttpResponse:
    answer = HttpResponse(row.body, status=row.status, content_type=row.content_type, headers=row.headers)
    answer[REPLAYED] = "true"
    return answer


def prune(now: datetime) -> int:
    """Forget keys older than two days; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=now - KEEP).delete()[0]
