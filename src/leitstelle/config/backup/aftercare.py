"""What a restored desk needs before people work with it, and how it is checked.

Cursors, claims and waiting mail are brought in order, the search index is built anew; then the journal, the files, the
clocks and the search are looked at. What is found wrong is told and stops nothing: it was so when the backup was made.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from leitstelle.config.backup.errors import Damaged
from leitstelle.config.backup.manifest import Manifest
from leitstelle.config.texts import _
from leitstelle.kernel.blobs.landing import storage
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.events import Actor, Event, verify
from leitstelle.kernel.mail.actions import hold_after_restore
from leitstelle.kernel.search import search
from leitstelle.kernel.search.projecting import CURSOR, reindex
from leitstelle.kernel.work.cursors import Position, forget_transactions, move_cursor
from leitstelle.kernel.work.restoring import free_claims
from leitstelle.sla.actions.clocks import ticket_columns
from leitstelle.sla.queries import compute_clocks
from leitstelle.tickets.models import ONGOING, Ticket

ACTOR = Actor.system("restore")
CLOCKS_COMPARED = 1000
SEARCHES = 20
Progress = Callable[[str, int, int], None]


@dataclass
class Care:
    """Figures of a restored desk, and what is wrong with it."""

    rows: int = 0
    files: int = 0
    file_bytes: int = 0
    tickets: int = 0
    events: int = 0
    mails_held: int = 0
    indexed: int = 0
    clocks: int = 0
    searches: int = 0
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def take_care(
    manifest: Manifest, now: datetime, progress: Progress, *, hold_mail: bool, keys_fit: bool
) -> Care:
    """Bring a desk that was just filled in order and check it. Raises Damaged for files under foreign names."""
    files = manifest.files
    care = Care(manifest.rows, files.count, files.bytes, Ticket.objects.count())
    progress("check", 0, 1)
    _check_files(care)
    _check_journal(care, progress, keys_fit=keys_fit)
    _check_clocks(care, now)
    forget_transactions(now)
    free_claims()
    if hold_mail:
        care.mails_held = hold_after_restore(actor=ACTOR, now=now)
    for care.indexed in reindex():
        progress("index", care.indexed, max(care.indexed, care.tickets))
    move_cursor(CURSOR, Position(0, Event.objects.aggregate(last=Max("id"))["last"] or 0))
    _check_search(care)
    return care


def _check_files(care: Care) -> None:
    """Every file the rows speak of is there; a row that names another place than its digest is no row of ours."""
    lacking = 0
    for digest, key in Blob.objects.values_list("digest", "key").iterator(2000):
        if key != f"{digest[:2]}/{digest[2:4]}/{digest}":
            raise Damaged(_("A file in the archive claims a place that is not its own."))
        lacking += not storage().exists(key)
    if lacking:
        text = _("%(count)s files are not in the archive: they were missing or damaged when it was made.")
        care.problems.append(text % {"count": lacking})


def _check_journal(care: Care, progress: Progress, *, keys_fit: bool) -> None:
    report = verify(lambda events: progress("journal", events, events))
    care.events = report.events
    # Checkpoints are signed with the key; without it nothing can be said about them.
    found = [problem for problem in report.problems if keys_fit or problem.subject is not None]
    care.problems += [_("Journal: %(problem)s") % {"problem": problem} for problem in found[:10]]


def _check_clocks(care: Care, now: datetime) -> None:
    """The deadlines of the latest open tickets, computed from the journal, are those that were cached."""
    differing = 0
    for ticket in Ticket.objects.filter(ONGOING).order_by("-pk")[:CLOCKS_COMPARED]:
        computed = ticket_columns(compute_clocks(ticket, now).clocks)
        differing += any(getattr(ticket, name) != value for name, value in computed.items())
        care.clocks += 1
    if differing:
        text = _(
            "%(count)s tickets have other deadlines than their journal gives; `leitstelle sla rebuild` sets them."
        )
        care.problems.append(text % {"count": differing})


def _check_search(care: Care) -> None:
    """The latest tickets are found by their number."""
    lost = []
    for ticket in Ticket.objects.order_by("-pk")[:SEARCHES]:
        hits = search(f"#{ticket.number}", {"ticket": Q()}).hits
        care.searches += 1
        if all(hit.object_id != ticket.pk for hit in hits):
            lost.append(f"#{ticket.number}")
    if lost:
        text = _("The search does not find %(tickets)s; `leitstelle manage reindex` builds the index anew.")
        care.problems.append(text % {"tickets": ", ".join(lost[:5])})
