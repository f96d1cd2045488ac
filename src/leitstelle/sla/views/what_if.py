"""A past period under another agreement or other service hours, side by side; nothing stored changes.

The page works through the period in slices of a second: each answer shows how far it is and asks for the next one.
"""

import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from leitstelle.accounts.policies import require
from leitstelle.calendars.queries import hours_in_use
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import page, viewer_of
from leitstelle.sla.choices import Metric
from leitstelle.sla.forms import WhatIfForm
from leitstelle.sla.labels import METRIC, OUTCOME
from leitstelle.sla.models import Agreement
from leitstelle.sla.policies import can_edit_agreements
from leitstelle.sla.queries import promise_kept
from leitstelle.sla.queries.what_if import MOST_SHOWN, OUTCOMES, Alternative, Tally, period, retell
from leitstelle.sla.queries.which import in_force
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets

SLICE_SECONDS = 1.0
_SALT = "sla.what_if"


@dataclass
class Progress:
    """How far it is: carried by the page itself, signed."""

    at: int = 0
    done: int = 0
    total: int = 0
    before: dict[str, dict[str, int]] = field(default_factory=dict)
    after: dict[str, dict[str, int]] = field(default_factory=dict)
    differing: list[tuple[int, str, str, str]] = field(default_factory=list)
    differing_count: int = 0


@require_http_methods(["GET", "POST"])
def what_if(request: HttpRequest) -> HttpResponse:
    """Ask for a period and an alternative; a slice of the work with each POST."""
    viewer, now = viewer_of(request), timezone.now()
    require(can_edit_agreements(viewer))
    today = timezone.localtime(now).date()
    initial = {"begin": today - timedelta(days=90), "end": today}
    form = WhatIfForm(request.POST or None, viewer=viewer, initial=initial)
    context: dict[str, Any] = {"form": form, "progress": None}
    if request.method == "POST" and form.is_valid():
        progress = _go_on(_progress(request), form, viewer, now)
        context |= _shown(progress, viewer)
    if request.headers.get("HX-Request") and context["progress"]:
        return page(request, "sla/_what_if.html", context)
    return page(request, "sla/what_if.html", context, status=422 if form.errors else 200)


def _progress(request: HttpRequest) -> Progress:
    carried = request.POST.get("progress", "")
    if not carried:
        return Progress()
    try:
        return Progress(**signing.loads(carried, salt=_SALT))
    except (signing.BadSignature, TypeError) as error:
        raise NotFound from error


def _go_on(progress: Progress, form: WhatIfForm, viewer: Viewer, now: datetime) -> Progress:
    asked = form.cleaned_data
    here = timezone.get_current_timezone()
    begin = datetime.combine(asked["begin"], wall_time(), tzinfo=here).astimezone(UTC)
    end = datetime.combine(asked["end"] + timedelta(days=1), wall_time(), tzinfo=here).astimezone(UTC)
    organisation = asked["organisation"].pk if asked["organisation"] else None
    tickets = period(visible_tickets(viewer), begin, end, organisation)
    if not progress.total:
        progress.total = tickets.count()
    until = time.monotonic() + SLICE_SECONDS
    slice_tally = Tally()
    for ticket, tally in retell(tickets.filter(pk__gt=progress.at), _alternative(asked, now), now):
        slice_tally, progress.at = tally, ticket.pk
        if time.monotonic() > until:
            break
    progress.done += slice_tally.tickets
    _gather(progress.before, slice_tally.before)
    _gather(progress.after, slice_tally.after)
    progress.differing_count += len(slice_tally.differing)
    room = MOST_SHOWN - len(progress.differing)
    progress.differing += [
        (one.ticket.pk, one.metric.value, one.before, one.after) for one in slice_tally.differing[:room]
    ]
    return progress


def _alternative(asked: dict[str, Any], now: datetime) -> Alternative:
    agreement: Agreement | None = asked["agreement"]
    version = in_force(agreement, now) if agreement is not None else None
    return Alternative(
        promise=promise_kept(version) if version is not None else None,
        hours=hours_in_use(asked["calendar"].pk) if asked["calendar"] else None,
    )


def _gather(into: dict[str, dict[str, int]], more: dict[str, dict[str, int]]) -> None:
    for metric, counts in more.items():
        known = into.setdefault(metric, dict.fromkeys(OUTCOMES, 0))
        for outcome, count in counts.items():
            known[outcome] += count


def _shown(progress: Progress, viewer: Viewer) -> dict[str, Any]:
    none = dict.fromkeys(OUTCOMES, 0)
    finished = progress.done >= progress.total
    rows = visible_tickets(viewer).in_bulk([one[0] for one in progress.differing]) if finished else {}
    return {
        "progress": progress,
        "finished": finished,
        "percent": round(progress.done * 100 / progress.total) if progress.total else 100,
        "carried": "" if finished else signing.dumps(asdict(progress), salt=_SALT, compress=True),
        "outcomes": [OUTCOME[one] for one in OUTCOMES],
        "table": [
            (
                METRIC[metric],
                [
                    (progress.before.get(metric, none)[one], progress.after.get(metric, none)[one])
                    for one in OUTCOMES
                ],
            )
            for metric in Metric.values
            if metric in progress.before or metric in progress.after
        ],
        "differing": _differing(progress, rows),
    }


def _differing(progress: Progress, rows: dict[int, Ticket]) -> list[tuple[Ticket, Any, Any, Any]]:
    return [
        (rows[pk], METRIC[metric], OUTCOME.get(before, "–"), OUTCOME.get(after, "–"))
        for pk, metric, before, after in progress.differing
        if pk in rows
    ]
