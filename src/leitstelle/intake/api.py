"""Telephone calls over the API, by the queries of the log."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime

from leitstelle.intake.choices import PhoneDirection, PhoneOutcome
from leitstelle.intake.queries.shown_calls import shown_calls
from leitstelle.intake.queries.telephony import recent_calls
from leitstelle.intake.schemas import PhoneCallOut
from leitstelle.kernel.api import CursorPage, Scope, needs, paginate, viewer_of
from leitstelle.kernel.api.reading import Cursor, Limit

router = Router(tags=["Calls"])


class PhoneCallFilters(Schema):
    """What narrows the list of calls."""

    direction: PhoneDirection | None = None
    outcome: PhoneOutcome | None = None
    since: AwareDatetime | None = None
    cursor: Cursor
    limit: Limit


@router.get(
    "/phone-calls",
    response=CursorPage[PhoneCallOut],
    operation_id="listPhoneCalls",
    summary="List telephone calls",
    **needs(Scope.READ),
)
def list_phone_calls(request: HttpRequest, filters: Query[PhoneCallFilters]) -> dict[str, Any]:
    """Calls that telephone systems told of, newest first; empty for whoever does not work on the desk."""
    viewer = viewer_of(request)
    rows = recent_calls(viewer)
    if filters.direction is not None:
        rows = rows.filter(direction=filters.direction)
    if filters.outcome is not None:
        rows = rows.filter(outcome=filters.outcome)
    if filters.since is not None:
        rows = rows.filter(started_at__gte=filters.since)
    found = paginate(rows, filters.cursor, ["-started_at", "-pk"], filters.limit)
    return found | {"items": [PhoneCallOut.of(one) for one in shown_calls(viewer, found["items"])]}
