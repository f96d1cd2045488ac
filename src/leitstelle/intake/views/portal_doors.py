"""What all portal doors share: signing in first, finding a report, the caller's machine."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from leitstelle.kernel import limits
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import viewer_of
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets

Door = Callable[..., HttpResponseBase]


def signed_in(view: Door) -> Door:
    """Send strangers to sign in first; the way back is kept."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if viewer_of(request).person_id is None:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def find_report(viewer: Viewer, public_id: UUID) -> Ticket:
    """Return a report with what its page shows if the viewer may see it, else raise `Http404`."""
    rows = visible_tickets(viewer).select_related(
        "status", "assignee", "requester", "category__parent", "merged_into"
    )
    ticket = rows.filter(public_id=public_id).first()
    if ticket is None:
        raise Http404
    return ticket


def check_machine(request: HttpRequest, bucket: str, limit: int, per: timedelta, now: datetime) -> None:
    """Count a use by the caller's machine. Raises `TooMany`."""
    machine = get_adapter(request).get_client_ip(request)
    limits.check(bucket, machine, limit=limit, per=per, now=now)


def absolute(request: HttpRequest, path: str) -> str:
    """The address to write into a mail: the configured one, else the one the request came to."""
    return f"{settings.BASE_URL}{path}" if settings.BASE_URL else request.build_absolute_uri(path)


def keep_private(response: HttpResponse) -> HttpResponse:
    """Keep a page whose address is its key out of caches and search engines."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
