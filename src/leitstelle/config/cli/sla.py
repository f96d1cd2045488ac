"""`leitstelle sla explain TICKET`: how deadlines come about. `leitstelle sla rebuild`: compute all caches anew.

Exit codes: 0 done, 1 no such ticket. Moments are ISO 8601 in UTC.
"""

import argparse
import json
import sys
from datetime import datetime
from typing import Any

from django.utils import timezone

from leitstelle.config.cli.table import DONE, WRONG
from leitstelle.config.texts import _
from leitstelle.sla.actions import update_clocks
from leitstelle.sla.models import TicketClock
from leitstelle.sla.queries import compute_clocks
from leitstelle.sla.rules.clocks import Clock
from leitstelle.tickets.models import ONGOING, Ticket
from leitstelle.tickets.queries import by_number

HELP = "explain a ticket's deadlines, or compute all of them anew"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    explain = commands.add_parser("explain", help="the stretches a deadline is made of")
    explain.add_argument("ticket", type=_number, help="ticket number, with or without #")
    explain.add_argument("--json", action="store_true", help="one JSON object")
    rebuild = commands.add_parser("rebuild", help="compute the cached clocks of open tickets anew")
    rebuild.add_argument("--all", action="store_true", help="of closed tickets too")


def run(args: argparse.Namespace) -> int:
    return _explain(args) if args.command == "explain" else _rebuild(everything=args.all)


def _number(text: str) -> int:
    return int(text.removeprefix("#"))


def _explain(args: argparse.Namespace) -> int:
    ticket = by_number(args.ticket)
    if ticket is None:
        sys.stderr.write(_("There is no ticket #%(number)s.") % {"number": args.ticket} + "\n")
        return WRONG
    promise, clocks = compute_clocks(ticket, timezone.now())
    agreement = f"{promise.version.agreement.name}, version {promise.version.number}" if promise else ""
    told = {
        "ticket": ticket.number,
        "agreement": agreement,
        "clocks": {metric.value: _plain(clock) for metric, clock in clocks.items()},
    }
    if args.json:
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        sys.stdout.writelines(_lines(told))
    return DONE


def _plain(clock: Clock) -> dict[str, Any]:
    return {
        "state": clock.state.value,
        "target_seconds": clock.target_seconds,
        "consumed_seconds": round(clock.consumed_seconds),
        "due_at": _moment(clock.due_at),
        "breached_at": _moment(clock.breached_at),
        "stretches": [
            {
                "begin": _moment(one.begin),
                "end": _moment(one.end),
                "runs": one.runs,
                "service_seconds": round(one.worked),
                "since": one.what,
            }
            for one in clock.stretches
        ],
    }


def _moment(value: datetime | None) -> str | None:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def _lines(told: dict[str, Any]) -> list[str]:
    lines = [f"#{told['ticket']}  {told['agreement']}\n"]
    for metric, clock in told["clocks"].items():
        lines.append(
            f"{metric}: {clock['state']}, {clock['consumed_seconds']} of {clock['target_seconds']} s, "
            f"due {clock['due_at'] or '-'}, breached {clock['breached_at'] or '-'}\n"
        )
        for one in clock["stretches"]:
            kind = "runs  " if one["runs"] else "paused"
            lines.append(
                f"  {kind} {one['begin']} – {one['end'] or 'now'}  {one['service_seconds']} s ({one['since']})\n"
            )
    return lines


def _rebuild(*, everything: bool) -> int:
    tickets = Ticket.objects.all() if everything else Ticket.objects.filter(ONGOING)
    before = dict(TicketClock.objects.values_list("pk", "due_at"))
    now, total = timezone.now(), 0
    for ticket in tickets.order_by("pk").iterator(chunk_size=500):
        update_clocks(ticket, now)
        total += 1
    moved = sum(before.get(pk) != due for pk, due in TicketClock.objects.values_list("pk", "due_at"))
    sys.stdout.write(
        _("%(total)s tickets computed, %(moved)s deadlines differed.") % {"total": total, "moved": moved}
        + "\n"
    )
    return DONE
