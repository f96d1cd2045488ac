"""Taking reports of webhooks: kept raw first, understood once, and mapped to a ticket of their matter."""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from django.db import transaction

from leitstelle.accounts.queries import find_by_email
from leitstelle.automation.choices import ReportReason, ReportState
from leitstelle.automation.events import ReportTaken
from leitstelle.automation.models import HookMatter, HookReport, InboundHook
from leitstelle.automation.policies import require_administrator
from leitstelle.automation.rules.drafting import Draft, draft_of
from leitstelle.automation.rules.mapping import NotReadable, read
from leitstelle.catalog.models import ResolutionCode
from leitstelle.kernel.db import insert_ignore, retry_transient
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.events import Actor, Subject, record, unit
from leitstelle.kernel.ids import uuid7
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import RetryLater
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Audience, Channel, Direction, Kind
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries import living
from leitstelle.tickets.rules.inputs import NewMessage

ACTOR = Actor.system("webhook")
SOLVED = "solved"
ATTEMPTS = 3


@retry_transient
def keep_report(
    hook: InboundHook,
    body: bytes,
    *,
    key: str = "",
    state: ReportState = ReportState.KEPT,
    reason: str = "",
    now: datetime,
) -> tuple[HookReport, bool]:
    """Store a report as it came, before anybody tries to understand it; returns it and whether it is new.

    `key` is the sender's number of the delivery: the same again is the report that is here already. When this
    returns, the report is durable.
    """
    row = {
        "public_id": uuid7(),
        "hook_id": hook.pk,
        "key": sha256(key.encode()).hexdigest() if key else uuid4().hex,
        "received_at": now,
        "body": body,
        "state": state,
        "reason": reason,
    }
    is_new = insert_ignore(HookReport, row)
    return HookReport.objects.get(hook=hook, key=row["key"]), is_new


def take_report(kept: HookReport, hook: InboundHook, *, now: datetime) -> HookReport:
    """Apply a kept report, again where another of the same matter came between; what is still kept waits its turn."""
    for _attempt in range(ATTEMPTS):
        try:
            return apply_report(kept, hook, now=now)
        except RetryLater:
            continue
    return kept


@retry_transient
@unit()
def apply_report(kept: HookReport, hook: InboundHook, *, now: datetime) -> HookReport:
    """Understand a kept report and bring the ticket of its matter up to date; once, whoever tries.

    Event `inbound_hook.report_taken`, and what the ticket's actions record. What cannot be understood or is not wanted
    is noted at the report with its reason. Raises `RetryLater` where another report of the matter is applied just now.
    """
    # Whoever moves it off "kept" works on it; a second one waits here and finds it done.
    if not HookReport.objects.filter(pk=kept.pk, state=ReportState.KEPT).update(state=ReportState.IGNORED):
        kept.refresh_from_db()
        return kept
    try:
        draft = draft_of(hook, read(bytes(kept.body)))
    except NotReadable:
        return _settle(kept, ReportState.MALFORMED, ReportReason.NOT_JSON, None, now)
    if not draft.is_wanted:
        return _settle(kept, ReportState.IGNORED, ReportReason.NOT_WANTED, None, now)
    if not draft.subject:
        return _settle(kept, ReportState.MALFORMED, ReportReason.NO_SUBJECT, None, now)
    try:
        with transaction.atomic():
            state, reason, ticket = _follow(_Report(hook, draft, kept.received_at), now)
    except DomainError:
        return _settle(kept, ReportState.MALFORMED, ReportReason.NOT_POSSIBLE, None, now)
    return _settle(kept, state, reason, ticket, now)


def replay_report(kept: HookReport, hook: InboundHook, *, by: Viewer, now: datetime) -> HookReport:
    """Take a report that came to nothing once more, under the mapping as it is now. Administrators.

    What became a ticket stays so. Raises `NotAllowed`.
    """
    require_administrator(by)
    again = (ReportState.MALFORMED, ReportState.IGNORED)
    if HookReport.objects.filter(pk=kept.pk, state__in=again).update(state=ReportState.KEPT, reason=""):
        kept.refresh_from_db()
    return take_report(kept, hook, now=now)


@dataclass(frozen=True)
class _Report:
    hook: InboundHook
    draft: Draft
    at: datetime


def _settle(
    kept: HookReport, state: ReportState, reason: str, ticket: Ticket | None, now: datetime
) -> HookReport:
    kept.state, kept.reason, kept.ticket = state, reason, ticket
    kept.save(update_fields=["state", "reason", "ticket"])
    data = ReportTaken(report_id=kept.pk, state=state, ticket_id=ticket.pk if ticket else None)
    record(data, subject=Subject("inbound_hook", kept.hook_id), actor=ACTOR, at=now)
    return kept


def _follow(report: _Report, now: datetime) -> tuple[ReportState, str, Ticket | None]:
    draft = report.draft
    if not draft.matter:
        if draft.is_over:
            return ReportState.IGNORED, ReportReason.NOTHING_OPEN, None
        return ReportState.OPENED, "", _open(report, now)
    key = sha256(draft.matter.casefold().encode()).hexdigest()
    insert_ignore(HookMatter, {"hook_id": report.hook.pk, "key": key, "last_text": "", "moves": 0})
    matter = HookMatter.objects.select_related("ticket").get(hook=report.hook, key=key)
    # The matter keeps its own ticket: reports go on where that was merged to, and come back when that is undone.
    own = matter.ticket
    ticket = living(own) if own is not None else None
    if ticket is not None and not ticket.is_ongoing:
        ticket = None
    is_merged = own is not None and ticket is not None and own.pk != ticket.pk
    if ticket is None and draft.is_over:
        return ReportState.IGNORED, ReportReason.NOTHING_OPEN, None
    text = sha256(f"{draft.is_over}{draft.subject}\n{draft.text}".encode()).hexdigest()
    if ticket is not None and text == matter.last_text:
        return ReportState.REPEATED, "", ticket
    state = ReportState.ADDED
    if ticket is None:
        ticket, state = _open(report, now), ReportState.OPENED
    elif draft.is_over and not is_merged:  # the other ticket may be about more than this
        state = _over(report, ticket, now)
    else:
        _note(report, ticket, now, meant=own.pk if own is not None and is_merged else None)
    # Two reports of one matter at the same moment would open two tickets: the second one fails here and tries again.
    mine = HookMatter.objects.filter(pk=matter.pk, moves=matter.moves)
    if not mine.update(ticket=own if is_merged else ticket, last_text=text, moves=matter.moves + 1):
        raise RetryLater(1, "another report of the same matter is applied")
    return state, "", ticket


def _open(report: _Report, now: datetime) -> Ticket:
    hook, draft = report.hook, report.draft
    person = find_by_email(draft.requester) if "@" in draft.requester else None
    own = hook.organisation_id or (person.organisation_id if person is not None else None)
    wanted = tickets.NewTicket(
        subject=draft.subject,
        channel=Channel.API,
        requester_id=person.pk if person is not None else None,
        organisation_id=own,
        kind=Kind.INCIDENT,
        category_id=hook.category_id,
        impact=hook.impact,
        urgency=hook.urgency,
        team_id=hook.team_id,
        device_label=draft.device,
        opened_at=report.at,
    )
    return tickets.open_ticket(wanted, _said(report, Audience.PUBLIC), by=Viewer.system(), now=now)


def _said(report: _Report, audience: Audience) -> NewMessage:
    draft = report.draft
    return NewMessage(
        text=draft.text or draft.subject,
        direction=Direction.INBOUND if audience is Audience.PUBLIC else Direction.INTERNAL,
        channel=Channel.API,
        audience=audience,
        from_name=report.hook.name,
        from_email=draft.requester[:254] if "@" in draft.requester else "",
        at=report.at,
    )


def _note(report: _Report, ticket: Ticket, now: datetime, *, meant: int | None = None) -> None:
    """`meant`: the ticket it was for, where that was merged into this one."""
    note = replace(_said(report, Audience.INTERNAL), written_to=meant)
    tickets.add_message(ticket, note, by=Viewer.system(), now=now)


def _over(report: _Report, ticket: Ticket, now: datetime) -> ReportState:
    """Note that it is over; a ticket that nobody has begun with is solved where the webhook says so."""
    is_untouched = ticket.assignee_id is None and not ticket.messages.filter(author_is_agent=True).exists()
    _note(report, ticket, now)
    known = ResolutionCode.objects.filter(pk=SOLVED, is_active=True).exists()
    if report.hook.resolves and is_untouched and known:
        tickets.resolve_ticket(ticket, code=SOLVED, by=Viewer.system(), now=now)
    return ReportState.ENDED
