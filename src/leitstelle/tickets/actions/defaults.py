"""Shipped statuses and transitions, laid down once; what a house changes stays."""

from leitstelle.kernel.events import unit
from leitstelle.tickets.choices import ClockEffect, StatusType, Verb
from leitstelle.tickets.models import Status, Transition

RUN, PAUSE, ASK, STOP, LEAVE = (
    ClockEffect.RUN,
    ClockEffect.PAUSE,
    ClockEffect.AGREEMENT,
    ClockEffect.STOP,
    ClockEffect.LEAVE,
)

# key, German, English, type, response clock, resolution clock, needs reason, needs date
STATUSES = (
    ("new", "Neu", "New", StatusType.NEW, RUN, RUN, False, False),
    ("in_progress", "In Arbeit", "In progress", StatusType.OPEN, RUN, RUN, False, False),
    (
        "waiting_requester",
        "Wartet auf Kontakt",
        "Waiting for requester",
        StatusType.WAITING,
        PAUSE,
        PAUSE,
        True,
        False,
    ),
    (
        "waiting_vendor",
        "Wartet auf Hersteller",
        "Waiting for vendor",
        StatusType.WAITING,
        RUN,
        ASK,
        True,
        False,
    ),
    (
        "waiting_third",
        "Wartet auf Dritte",
        "Waiting for third party",
        StatusType.WAITING,
        RUN,
        ASK,
        True,
        False,
    ),
    ("scheduled", "Terminiert", "Scheduled", StatusType.SCHEDULED, PAUSE, PAUSE, False, True),
    ("resolved", "Gelöst", "Resolved", StatusType.RESOLVED, STOP, STOP, False, False),
    ("closed", "Geschlossen", "Closed", StatusType.CLOSED, STOP, STOP, False, False),
    ("merged", "Zusammengeführt", "Merged", StatusType.MERGED, LEAVE, LEAVE, False, False),
    ("rejected", "Abgewiesen", "Rejected", StatusType.REJECTED, LEAVE, LEAVE, True, False),
)
WAITING = ("waiting_requester", "waiting_vendor", "waiting_third")
WORKABLE = ("new", "in_progress", *WAITING, "scheduled")


def _transitions() -> list[tuple[str, str, Verb, bool]]:
    """from, to, verb, whether the requester may take it too."""
    rows = [("new", "in_progress", Verb.START, False)]
    for start in WORKABLE:
        rows += [(start, waiting, Verb.WAIT, False) for waiting in WAITING if waiting != start]
        rows += [(start, "scheduled", Verb.SCHEDULE, False)]
        rows += [(start, "resolved", Verb.RESOLVE, False), (start, "rejected", Verb.REJECT, False)]
    rows += [(start, "in_progress", Verb.CONTINUE, False) for start in (*WAITING, "scheduled")]
    rows += [("resolved", "closed", Verb.CONFIRM, True), ("resolved", "closed", Verb.CLOSE, False)]
    rows += [
        (ended, "in_progress", Verb.REOPEN, ended != "rejected")
        for ended in ("resolved", "closed", "rejected")
    ]
    return rows


@unit()
def ensure_defaults() -> None:
    """Create the shipped statuses and transitions that are not there yet."""
    for order, (key, german, english, kind, response, resolution, reason, until) in enumerate(
        STATUSES, start=1
    ):
        Status.objects.get_or_create(
            key=key,
            defaults={
                "name_de": german,
                "name_en": english,
                "type": kind,
                "response_clock": response,
                "resolution_clock": resolution,
                "needs_reason": reason,
                "needs_until": until,
                "order": order,
            },
        )
    if Transition.objects.exists():
        return
    Transition.objects.bulk_create(
        Transition(from_status_id=start, to_status_id=end, verb=verb, by_requester=by_requester)
        for start, end, verb, by_requester in _transitions()
    )
