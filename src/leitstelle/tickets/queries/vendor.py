"""Cases at vendors as pages show them: beside a ticket, with their clocks, and the table of all vendors."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from leitstelle.assets.models import Asset
from leitstelle.calendars.queries import hours_in_use
from leitstelle.contracts.choices import Standing
from leitstelle.contracts.labels import STANDING
from leitstelle.contracts.models import UnderpinningContract, Vendor
from leitstelle.contracts.policies import visible_vendors
from leitstelle.contracts.queries import contracts_for, vendors_in_use
from leitstelle.contracts.rules.clock import CaseTimes, Hours, Promise, resolution, response, used_seconds
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import Audience
from leitstelle.tickets.models import Attachment, Message, Ticket, VendorCase
from leitstelle.tickets.policies import visible_attachments, visible_messages, visible_vendor_cases
from leitstelle.tickets.queries.devices import devices_for
from leitstelle.tickets.queries.workspace import handovers_of
from leitstelle.tickets.rules.vendor import times_of

# What a pack offers to choose from, and what the table looks back at; each at most.
OFFERED = 30
MOST_CASES = 5000


@dataclass(frozen=True)
class CaseClocks:
    """What a vendor owes in one case, where anything was promised."""

    response: Promise | None
    resolution: Promise | None

    @property
    def next(self) -> Promise | None:
        """The promise to look at: the answer while it is owed, else the solution."""
        owed = (Standing.RUNNING, Standing.PAUSED, Standing.OVERDUE)
        promises = [one for one in (self.response, self.resolution) if one is not None]
        return next((one for one in promises if one.standing in owed), promises[-1] if promises else None)


def clocks_of_case(case: VendorCase, now: datetime) -> CaseClocks:
    """Return the clocks of a case at `now` (aware), from the terms it was opened with."""
    if case.calendar_id is None:
        return CaseClocks(None, None)
    times, hours = _times(case), hours_in_use(case.calendar_id)
    return CaseClocks(
        response(times, case.response_seconds, hours, now),
        resolution(times, case.resolution_seconds, hours, now),
    )


def _times(case: VendorCase) -> CaseTimes:
    return times_of(
        opened_at=case.opened_at,
        answered_at=case.answered_at,
        ended_at=case.ended_at,
        state=case.state,
        pauses=case.pauses,
    )


def shown_promise(promise: Promise | None) -> dict[str, Any] | None:
    """How a promise is drawn: state of the bar, words, used share, and when it is due."""
    if promise is None:
        return None
    states = {"overdue": "over", "missed": "over", "kept": "met", "paused": "paused", "left": "paused"}
    percent = min(100, promise.percent)
    calm = "crit" if percent >= 90 else "warn" if percent >= 75 else "calm"
    return {
        "state": states.get(promise.standing, calm),
        "text": str(STANDING[promise.standing]),
        "percent": percent,
        "due_at": promise.due_at,
        "target": promise.target,
        "used": promise.used,
    }


def cases_of(viewer: Viewer, tickets: Iterable[Ticket]) -> dict[int, list[VendorCase]]:
    """Return the visible cases by ticket, oldest first; one statement."""
    found: dict[int, list[VendorCase]] = defaultdict(list)
    rows = visible_vendor_cases(viewer).filter(ticket__in=[ticket.pk for ticket in tickets])
    for case in rows.select_related("vendor"):
        found[case.ticket_id].append(case)
    return found


def thread_of(viewer: Viewer, case: VendorCase) -> list[Message]:
    """Return the messages of a case this viewer may read, oldest first, with texts and files."""
    rows = visible_messages(viewer).filter(vendor_message__case=case).select_related("body", "author")
    files = Prefetch("attachments", Attachment.objects.select_related("blob"))
    return list(rows.prefetch_related(files, "recipients").order_by("at", "pk"))


def vendors_for(
    viewer: Viewer, ticket: Ticket, devices: Sequence[Asset]
) -> list[tuple[Vendor, list[UnderpinningContract]]]:
    """Return whom this ticket can be taken to, each with the contracts that hold today, the closest first."""
    today, kinds = timezone.localdate(), [device.kind_id for device in devices]
    return [
        (
            vendor,
            contracts_for(
                viewer, vendor, organisation_id=ticket.organisation_id, device_kinds=kinds, day=today
            ),
        )
        for vendor in vendors_in_use()
    ]


@dataclass(frozen=True)
class Pack:
    """What can be told a vendor: facts, devices, what was tried, notes and files to choose from."""

    ticket: Ticket
    first: Message | None
    devices: list[Asset] = field(default_factory=list)
    tried: list[tuple[datetime, str, str]] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)


def pack_of(viewer: Viewer, ticket: Ticket) -> Pack:
    """Gather the pack from what the viewer may read; nothing of other vendors, nothing restricted."""
    messages = visible_messages(viewer).filter(ticket=ticket).select_related("body")
    notes = messages.filter(audience=Audience.INTERNAL).order_by("-at", "-pk")[:OFFERED]
    files = visible_attachments(viewer).filter(
        message__ticket=ticket,
        message__audience__in=(Audience.PUBLIC, Audience.INTERNAL),
        is_inline=False,
    )
    return Pack(
        ticket=ticket,
        first=messages.filter(audience=Audience.PUBLIC).order_by("at", "pk").first(),
        devices=devices_for(ticket, viewer)[0],
        tried=[(one.offered_at, one.tried, one.findings) for one in handovers_of(ticket, viewer)],
        notes=list(notes)[::-1],
        files=list(files.select_related("blob").order_by("-pk")[:OFFERED]),
    )


@dataclass
class VendorRow:
    """One vendor in the table; medians in service seconds of their contract, wall time where there is none."""

    vendor: Vendor
    cases: int = 0
    ongoing: int = 0
    ours: int = 0
    overdue: int = 0
    kept: int = 0
    missed: int = 0
    responses: list[float] = field(default_factory=list)
    resolutions: list[float] = field(default_factory=list)

    @property
    def median_response(self) -> float | None:
        return median(self.responses) if self.responses else None

    @property
    def median_resolution(self) -> float | None:
        return median(self.resolutions) if self.resolutions else None

    @property
    def kept_share(self) -> float | None:
        decided = self.kept + self.missed
        return self.kept / decided if decided else None

    def add(self, case: VendorCase, now: datetime) -> None:
        """Count one case."""
        self.cases += 1
        self.ongoing += case.is_ongoing
        self.ours += case.state == "ours"
        times, hours = _times(case), _hours(case)
        if case.answered_at is not None:
            self.responses.append(used_seconds(times, case.answered_at, hours))
        if case.ended_at is not None and not times.left:
            self.resolutions.append(used_seconds(times, case.ended_at, hours))
        clocks = clocks_of_case(case, now)
        for promise in (clocks.response, clocks.resolution):
            standing = promise.standing if promise else None
            self.overdue += standing is Standing.OVERDUE
            self.kept += standing is Standing.KEPT
            self.missed += standing in (Standing.MISSED, Standing.OVERDUE)


class _AroundTheClock:
    def worked(self, start: datetime, end: datetime) -> float:
        return max(0.0, (end - start).total_seconds())

    def deadline(self, start: datetime, seconds: float) -> datetime:
        return start


def _hours(case: VendorCase) -> Hours:
    return hours_in_use(case.calendar_id) if case.calendar_id is not None else _AroundTheClock()


def league(viewer: Viewer, *, since: date, now: datetime) -> list[VendorRow]:
    """Return the vendors with what they did in visible cases opened since that day; who keeps least stands first."""
    table = {vendor.pk: VendorRow(vendor) for vendor in visible_vendors(viewer)}
    start = timezone.make_aware(datetime.combine(since, datetime.min.time()))
    rows = visible_vendor_cases(viewer).filter(opened_at__gte=start).order_by("-opened_at")
    for case in rows[:MOST_CASES]:
        table[case.vendor_id].add(case, now)
    shown = [row for row in table.values() if row.cases or row.vendor.is_active]
    return sorted(shown, key=lambda row: (row.kept_share if row.kept_share is not None else 2.0, -row.cases))


def ongoing_cases(viewer: Viewer) -> QuerySet[VendorCase]:
    """Return the visible ongoing cases, oldest first, with ticket and vendor."""
    rows = visible_vendor_cases(viewer).filter(is_ongoing=True).select_related("vendor", "ticket__team")
    return rows.order_by("opened_at", "pk")
